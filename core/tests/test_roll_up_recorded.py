"""The roll-up rule against Binance's own longer candles, on recorded data."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyarrow.feather import read_table

from candlestack_core.intervals import DAY_MS, MINUTE_MS, Bar, Interval, roll_up

NOTHING = Decimal(0)
Prices = tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
"""Open, high, low, close and base volume: what the recordings without trade counts have."""


def exact(figure: float) -> Decimal:
    """Return the decimal that was recorded: the shortest one that reads back as this float."""
    return Decimal(repr(figure))


def figures(bar: Bar) -> Prices:
    return bar.open, bar.high, bar.low, bar.close, bar.volume


def bar_of(open_time: int, prices: Prices) -> Bar:
    """Return a bar of a recording that counts no trades: volume 0 stands for none."""
    open_, high, low, close, volume = prices
    trades = 1 if volume else 0
    return Bar(open_time, open_, high, low, close, volume, NOTHING, trades, NOTHING, NOTHING)


def windows(bars: Iterable[Bar], parent: Interval) -> Iterator[list[Bar]]:
    for _, window in itertools.groupby(bars, key=lambda bar: parent.open_time(bar.open_time)):
        yield list(window)


def feather(recordings: Path, pair: str, interval: str, since: int = 0) -> dict[int, Prices]:
    table = read_table(recordings / "klines" / "spot_1m" / f"{pair}-{interval}.feather")
    times = [int(nanoseconds) // 1_000_000 for nanoseconds in table["date"].cast("int64").to_pylist()]
    columns = [table[name].to_pylist() for name in ("open", "high", "low", "close", "volume")]
    rows = zip(times, zip(*columns, strict=True), strict=True)
    return {time: tuple(map(exact, row)) for time, row in rows if time >= since}  # type: ignore[misc]


@cache
def thin(recordings: Path, interval: str) -> dict[int, Prices]:
    text = gzip.decompress((recordings / "klines" / "thin" / f"ADA_BTC-{interval}.json.gz").read_bytes())
    return {row[0]: tuple(map(exact, row[1:])) for row in json.loads(text)}  # type: ignore[misc]


def rest(recordings: Path, pair: str, interval: str) -> list[Bar]:
    """Return the closed candles of recorded REST answers, with all their figures."""
    rows: dict[int, list[Any]] = {}
    files = sorted((recordings / "klines" / "rest" / pair / interval).glob("20*.json.gz"))
    for path in files:
        rows.update({row[0]: row for row in json.loads(gzip.decompress(path.read_bytes()))})
    last = max(rows)  # unfinished
    return [
        Bar(
            open_time=row[0],
            open=Decimal(row[1]),
            high=Decimal(row[2]),
            low=Decimal(row[3]),
            close=Decimal(row[4]),
            volume=Decimal(row[5]),
            quote_volume=Decimal(row[7]),
            trades=int(row[8]),
            taker_buy_volume=Decimal(row[9]),
            taker_buy_quote_volume=Decimal(row[10]),
        )
        for open_time, row in sorted(rows.items())
        if open_time != last
    ]


def compare(children: Iterable[Bar], recorded: dict[int, Prices], parent: Interval) -> int:
    """Return how many parents with all their minutes were compared; each equals the exchange's own."""
    compared = 0
    for window in windows(children, parent):
        rolled = roll_up(window, parent)
        expected = recorded.get(rolled.bar.open_time)
        if rolled.complete and expected is not None:
            assert figures(rolled.bar) == expected
            compared += 1
    return compared


@pytest.mark.parametrize(("parent", "count"), [(Interval.M5, 2161), (Interval.H1, 132)])
@pytest.mark.parametrize("pair", ["BTC_USDT", "ETH_USDT", "BNB_USDT"])
def test_busy_pairs_roll_up_to_binances_own_candles(
    recordings: Path, pair: str, parent: Interval, count: int
) -> None:
    recorded = feather(recordings, pair, parent.value)
    minutes = feather(recordings, pair, "1m", since=min(recorded))
    children = [bar_of(open_time, prices) for open_time, prices in minutes.items()]
    assert compare(children, recorded, parent) == count


@pytest.mark.parametrize(("parent", "count"), [(Interval.M5, 8640), (Interval.H1, 719)])
def test_a_thin_pair_rolls_up_to_binances_own_candles(recordings: Path, parent: Interval, count: int) -> None:
    children = [bar_of(open_time, prices) for open_time, prices in thin(recordings, "1m").items()]
    assert sum(not child.trades for child in children) == 3423
    recorded = thin(recordings, parent.value)
    assert len(recorded) == count
    assert compare(children, recorded, parent) == count


def test_without_the_rule_a_thin_pair_would_be_wrong(recordings: Path) -> None:
    # Every minute counts as traded: the rule is switched off, and the exchange's candles are missed.
    recorded = thin(recordings, "5m")
    prices = thin(recordings, "1m").items()
    children = [
        Bar(open_time, open_, high, low, close, volume, NOTHING, 1, NOTHING, NOTHING)
        for open_time, (open_, high, low, close, volume) in prices
    ]
    rolled = (roll_up(window, Interval.M5).bar for window in windows(children, Interval.M5))
    right = sum(recorded.get(bar.open_time) == figures(bar) for bar in rolled)
    assert right == 8365


def test_a_halt_leaves_a_partial_parent_that_says_how_much_is_there(recordings: Path) -> None:
    prices = thin(recordings, "1m")
    start = min(Interval.H1.open_time(open_time) for open_time in prices) + Interval.H1.ms
    # The halt of 2023-03-24 left no rows from the 40th minute on; here the same minutes are taken out.
    hour = [bar_of(start + minute * MINUTE_MS, prices[start + minute * MINUTE_MS]) for minute in range(60)]
    rolled = roll_up(hour[:40], Interval.H1)
    assert (rolled.children, rolled.expected, rolled.complete) == (40, 60, False)
    assert roll_up(hour, Interval.H1).complete


@pytest.mark.parametrize("pair", ["BTCUSDT", "ETHUSDT", "BNBUSDT"])
@pytest.mark.parametrize(
    ("child", "parent", "least"),
    [("15m", Interval.H1, 1000), ("1h", Interval.H4, 300), ("4h", Interval.D1, 100)],
)
def test_amounts_and_trade_counts_roll_up_exactly(
    recordings: Path, pair: str, child: str, parent: Interval, least: int
) -> None:
    # No 1m candles are recorded with trade counts; longer children follow the same rule.
    children = rest(recordings, pair, child)
    per_parent = parent.ms // (children[1].open_time - children[0].open_time)
    recorded = {bar.open_time: bar for bar in rest(recordings, pair, parent.value)}
    compared = 0
    for window in windows(children, parent):
        expected = recorded.get(parent.open_time(window[0].open_time))
        if len(window) == per_parent and expected is not None:
            assert roll_up(window, parent).bar == expected
            compared += 1
    assert compared >= least


def test_recorded_candles_start_where_their_interval_says(recordings: Path) -> None:
    for interval, name in ((Interval.H1, "1h"), (Interval.H4, "4h"), (Interval.D1, "1d")):
        bars = rest(recordings, "BTCUSDT", name)
        assert all(interval.open_time(bar.open_time) == bar.open_time for bar in bars)
        steps = {later.open_time - bar.open_time for bar, later in itertools.pairwise(bars)}
        assert min(steps) == interval.ms <= DAY_MS
