"""The roll-up on columns against Binance's own longer candles, on recorded data, exactly."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from batch_candles import bars_of, feather, minutes, priced, rest, thin
from candlestack_core.intervals import MINUTE_MS, Bar
from candlestack_spark.rollups.kernel import roll_up

LENGTHS = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}
PAIRS = {"BTC_USDT": "BTCUSDT", "ETH_USDT": "ETHUSDT", "BNB_USDT": "BNBUSDT"}


def prices(bar: Bar) -> tuple[Decimal, ...]:
    return bar.open, bar.high, bar.low, bar.close, bar.volume


def whole(children: list[Bar], length: int, each: int = 1) -> dict[int, Bar]:
    """Return the parents of which all minutes are there."""
    rolled = roll_up(minutes(children, children=each), length * MINUTE_MS)
    complete = rolled.column("completeness").to_pylist()
    return {
        bar.open_time: bar
        for bar, state in zip(bars_of(rolled), complete, strict=True)
        if state == "complete"
    }


@pytest.mark.parametrize("pair", PAIRS)
def test_minutes_of_busy_pairs_roll_up_to_binances_own_candles(recordings: Path, pair: str) -> None:
    children = priced(feather(recordings, pair, "1m"))
    own = {interval: feather(recordings, pair, interval) for interval in ("5m", "1h")}
    for interval in ("15m", "30m", "1h", "4h", "1d"):
        folder = recordings / "klines" / "rest" / PAIRS[pair] / interval
        if folder.is_dir():
            answered = rest(recordings, PAIRS[pair], interval)
            own[interval] = own.get(interval, {}) | {time: prices(bar) for time, bar in answered.items()}
    compared = {}
    for interval, recorded in own.items():
        parents = whole(children, LENGTHS[interval])
        both = parents.keys() & recorded.keys()
        assert {time: prices(parents[time]) for time in both} == {time: recorded[time] for time in both}
        compared[interval] = len(both)
    expected = {"5m": 2161, "15m": 2879, "30m": 1439, "1h": 719, "4h": 179, "1d": 29}
    assert compared == {interval: expected[interval] for interval in compared}
    assert {"5m", "15m", "1h", "4h", "1d"} <= compared.keys()


@pytest.mark.parametrize("pair", PAIRS.values())
def test_quarters_of_an_hour_roll_up_to_binances_own_candles_in_every_field(
    recordings: Path, pair: str
) -> None:
    children = list(rest(recordings, pair, "15m").values())
    compared = 0
    for interval in ("30m", "1h", "4h", "1d"):
        if not (recordings / "klines" / "rest" / pair / interval).is_dir():
            continue
        recorded = rest(recordings, pair, interval)
        parents = whole(children, LENGTHS[interval], each=15)
        both = parents.keys() & recorded.keys()
        assert {time: parents[time] for time in both} == {time: recorded[time] for time in both}
        compared += len(both)
    assert compared > 1_000


@pytest.mark.parametrize(("interval", "count"), [("5m", 8640), ("15m", 2879), ("1h", 719)])
def test_a_thin_pair_rolls_up_to_binances_own_candles(recordings: Path, interval: str, count: int) -> None:
    children = priced(thin(recordings, "1m"))
    assert sum(not child.trades for child in children) == 3423
    recorded = thin(recordings, interval)
    parents = bars_of(roll_up(minutes(children), LENGTHS[interval] * MINUTE_MS))
    found = {bar.open_time: prices(bar) for bar in parents if bar.open_time in recorded}
    assert found == {time: recorded[time] for time in found}
    assert len(found) == count
