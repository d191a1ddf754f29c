"""The ranking rule: its rolling state against a ranking made anew from all candles, by fractions."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql.streaming.query import StreamingQuery

from batch_candles import DAY, candle
from candlestack_core.decimals import canonical_decimal
from candlestack_core.intervals import DAY_MS, MINUTE_MS
from candlestack_core.messages import Candle, RankedPair, decode_ranking, encode
from candlestack_core.versions import supersedes
from candlestack_spark.ranking.days import DAY_MINUTES, Days
from candlestack_spark.ranking.rule import Census, Rankings, census, rank
from candlestack_spark.ranking.stream import Progress, progress_of
from candlestack_spark.ranking.supply import Supply

SUPPLY = Supply(time=DAY - 1, circulating={"BTC": "19235556", "XRP": "50395461568"})


def ranked(candles: Iterable[Candle], supply: Supply = SUPPLY) -> Rankings:
    days = Days()
    for each in candles:
        days.take(each)
    found = rank(days, supply)
    assert found is not None
    return found


def whole_day(symbol: str, first: str, last: str, **fields: Any) -> list[Candle]:
    """Return 1,440 minutes that begin with one price and end with another."""
    minutes = [candle(symbol, n, **fields) for n in range(DAY_MINUTES)]
    minutes[0] = msgspec.structs.replace(minutes[0], open=first)
    minutes[-1] = msgspec.structs.replace(minutes[-1], close=last)
    return minutes


def naive(candles: Sequence[Candle], supply: Supply) -> list[list[dict[str, object]]] | None:
    """Return gainers and losers as plain values, from the definition alone."""
    best: dict[tuple[str, int], Candle] = {}
    for each in candles:
        key = (each.symbol, each.open_time)
        if each.closed and (key not in best or supersedes(each, best[key])):
            best[key] = each
    if not best:
        return None
    newest = max(time for _, time in best)
    start = newest - DAY_MS + MINUTE_MS
    rows = []
    for symbol in sorted({symbol for symbol, _ in best}):
        if min(time for name, time in best if name == symbol) > start:
            continue
        day = [each for (name, time), each in sorted(best.items()) if name == symbol and time >= start]
        priced = [each for each in day if each.trades] or day
        if not priced or priced[0].open == "0":
            continue
        first, last = Fraction(priced[0].open), Fraction(priced[-1].close)
        percent = round((last - first) / first * 100 * 10**8)
        circulating = supply.circulating.get(symbol.removesuffix("USDT"))
        quote_volume = sum(Fraction(each.quote_volume) for each in day)
        rows.append(
            {
                "symbol": symbol,
                "price": last,
                "change_percent": Fraction(percent, 10**8),
                "volume": sum(Fraction(each.volume) for each in day),
                "quote_volume": quote_volume,
                "market_cap": None
                if circulating is None
                else (last * int(circulating) * 10**8) // 1 / Fraction(10**8),
            }
        )
    rows.sort(key=lambda row: (-row["change_percent"], -row["quote_volume"], row["symbol"]))  # type: ignore[operator]
    down = sorted(rows, key=lambda row: (row["change_percent"], -row["quote_volume"], row["symbol"]))  # type: ignore[operator]
    return [[{"rank": rank, **row} for rank, row in enumerate(order, 1)] for order in (rows, down)]


def plain(rows: Sequence[RankedPair]) -> list[dict[str, object]]:
    exact = ("price", "change_percent", "volume", "quote_volume", "market_cap")
    return [
        {
            name: value if name not in exact or value is None else Fraction(value)
            for name, value in msgspec.structs.asdict(row).items()
        }
        for row in rows
    ]


amounts = st.decimals("0", "1000000000000", places=8, allow_nan=False).map(canonical_decimal)
prices = st.one_of(
    st.sampled_from(["0", "0.00000001", "1", "65000.1"]),
    st.decimals("0", "100000000", places=8, allow_nan=False).map(canonical_decimal),
)
# Minutes around the ends of two windows, so that some leave and some come late.
minutes = st.sampled_from([0, 1, 2, 3, 700, 1437, 1438, 1439, 1440, 1441, 2000, 2880, 2881, 4400])
accounts = st.builds(
    candle,
    st.sampled_from(["BTCUSDT", "XRPUSDT", "DOGEUSDT"]),
    minutes,
    open=prices,
    close=prices,
    volume=amounts,
    quote_volume=amounts,
    trades=st.sampled_from([0, 7]),
    closed=st.sampled_from([True, True, True, False]),
    version=st.integers(0, 3),
)


@given(st.lists(accounts, max_size=40), st.randoms(use_true_random=False))
def test_the_rolling_days_rank_as_a_ranking_made_anew_in_any_order(
    given_candles: list[Candle], draw: random.Random
) -> None:
    # Two accounts of one minute and version are one record delivered twice.
    candles = list(
        {(each.symbol, each.open_time, each.closed, each.version): each for each in given_candles}.values()
    )
    expected = naive(candles, SUPPLY)
    draw.shuffle(candles)
    days = Days()
    half = len(candles) // 2
    for each in candles[:half]:
        days.take(each)
    days = Days.restored(msgspec.msgpack.decode(msgspec.msgpack.encode(days.kept()), type=type(days.kept())))
    for each in candles[half:] + candles[:3]:
        days.take(each)
    found = rank(days, SUPPLY)
    assert (None if found is None else [plain(found.gainers.rows), plain(found.losers.rows)]) == expected
    assert found is None or decode_ranking(encode(found.gainers)) == found.gainers


def test_gainers_and_losers_are_one_order_from_its_two_ends() -> None:
    found = ranked(
        [
            *whole_day("BTCUSDT", "100", "103.5"),
            *whole_day("ETHUSDT", "100", "90"),
            *whole_day("XRPUSDT", "3", "3.1"),
        ]
    )
    assert [(row.rank, row.symbol, row.change_percent) for row in found.gainers.rows] == [
        (1, "BTCUSDT", "3.5"),
        (2, "XRPUSDT", "3.33333333"),
        (3, "ETHUSDT", "-10"),
    ]
    assert [row.symbol for row in found.losers.rows] == ["ETHUSDT", "XRPUSDT", "BTCUSDT"]
    assert found.gainers.time == DAY + DAY_MS - MINUTE_MS


def test_the_market_cap_is_the_price_times_the_supply_and_unknown_where_that_is() -> None:
    found = ranked([*whole_day("BTCUSDT", "100", "65000.25"), *whole_day("ETHUSDT", "100", "90")])
    caps = {row.symbol: row.market_cap for row in found.gainers.rows}
    assert caps == {"BTCUSDT": canonical_decimal(Decimal("65000.25") * 19235556), "ETHUSDT": None}
    assert found.gainers.supply_time == SUPPLY.time
    without = ranked(whole_day("BTCUSDT", "100", "90"), Supply())
    assert [row.market_cap for row in without.losers.rows] == [None]
    assert without.losers.supply_time is None


def test_a_pair_without_a_whole_day_behind_it_is_not_ranked_until_it_has_one() -> None:
    listed_late = [candle("NEWUSDT", n) for n in range(1, DAY_MINUTES)]
    days = Days()
    for each in [*whole_day("BTCUSDT", "1", "2"), *listed_late]:
        days.take(each)
    found = rank(days, SUPPLY)
    assert found is not None
    assert [row.symbol for row in found.gainers.rows] == ["BTCUSDT"]
    assert census(days) == Census(ranked=1, without_a_day=1, minutes_missing=0)
    assert days.take(candle("NEWUSDT", DAY_MINUTES))
    found = rank(days, SUPPLY)
    assert found is not None
    assert {row.symbol for row in found.gainers.rows} == {"BTCUSDT", "NEWUSDT"}


def test_a_pair_with_holes_is_ranked_by_the_minutes_that_are_there() -> None:
    # Known before the window, then silent over its begin: as after a halt, the day begins with the first price.
    halted = [candle("ADAUSDT", -5), *(candle("ADAUSDT", n, open="4", close="5") for n in range(100, 200))]
    days = Days()
    for each in [*whole_day("BTCUSDT", "1", "2"), *halted]:
        days.take(each)
    found = rank(days, SUPPLY)
    assert found is not None
    ada = next(row for row in found.gainers.rows if row.symbol == "ADAUSDT")
    assert (ada.price, ada.change_percent, ada.volume) == ("5", "25", "300")
    assert census(days) == Census(ranked=2, without_a_day=0, minutes_missing=DAY_MINUTES - 100)


def test_a_pair_of_which_the_window_has_nothing_is_not_ranked() -> None:
    found = ranked([candle("ADAUSDT", -5), *whole_day("BTCUSDT", "1", "2")])
    assert [row.symbol for row in found.losers.rows] == ["BTCUSDT"]


def test_minutes_without_trades_do_not_make_the_first_and_last_price() -> None:
    day = whole_day("BTCUSDT", "1", "9")
    for n in (0, DAY_MINUTES - 1):
        day[n] = msgspec.structs.replace(day[n], trades=0)
    day[1] = msgspec.structs.replace(day[1], open="2")
    day[-2] = msgspec.structs.replace(day[-2], close="3")
    row = ranked(day).gainers.rows[0]
    assert (row.price, row.change_percent) == ("3", "50")


def test_a_restated_minute_changes_the_ranking_and_an_older_account_does_not() -> None:
    days = Days()
    for each in whole_day("BTCUSDT", "100", "110", version=5):
        days.take(each)
    first = candle("BTCUSDT", 0, open="50", version=6)
    assert days.take(first)
    assert not days.take(candle("BTCUSDT", 0, open="70", version=6))
    assert not days.take(candle("BTCUSDT", 0, open="80", version=9, closed=False))
    found = rank(days, SUPPLY)
    assert found is not None
    assert found.gainers.rows[0].change_percent == "120"


@pytest.mark.parametrize(("closed", "time"), [(False, None), (True, DAY)])
def test_only_a_closed_minute_makes_a_ranking(closed: bool, time: int | None) -> None:
    days = Days()
    days.take(candle("BTCUSDT", 0, closed=closed))
    found = rank(days, SUPPLY)
    assert (None if found is None else found.gainers.time) == time


def test_a_ranking_says_where_its_newest_minute_came_from() -> None:
    found = ranked([candle("BTCUSDT", 0), candle("BTCUSDT", 1, source="backfill:binance")])
    assert found.gainers.source == "binance"


def test_a_batch_done_again_after_a_restart_has_progress_though_spark_does_not_know_the_end() -> None:
    source = {"endOffset": '{"candles":{"0":7}}', "latestOffset": "None"}
    done = {"batchId": 3, "durationMs": {"triggerExecution": 250}, "sources": [source]}
    progress = progress_of(cast(StreamingQuery, SimpleNamespace(lastProgress=done)))
    assert progress == Progress(batch=3, seconds=0.25, reached={("candles", 0): 7}, end={})
    assert progress.behind() == {("candles", 0): 0}


def test_a_pair_with_an_absurd_price_is_left_out_and_costs_the_others_nothing() -> None:
    absurd = whole_day("XRPUSDT", "0.00000001", "1000000000000")
    found = ranked([*absurd, *whole_day("BTCUSDT", "100", "110")])
    assert [row.symbol for row in found.gainers.rows] == ["BTCUSDT"]
