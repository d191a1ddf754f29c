"""Candles folded by the API are the ones that the roll-ups store: judged by the roll-ups' own kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import NOON, candle
from app.candles.fold import fold, fold_all
from app.candles.schemas import OhlcCandle
from candlestack_core.decimals import from_scaled
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_spark.rollups.kernel import roll_up
from candlestack_spark.stores.documents import date_of, minutes_of, parent_documents

PARENTS = (Interval.M5, Interval.H1, Interval.H4, Interval.D1)
MIDNIGHT = NOON - 12 * 60 * MINUTE_MS
AMOUNTS = st.integers(0, 10**24).map(from_scaled)


@st.composite
def minutes(draw: st.DrawFn, minute: int) -> Candle:
    """Draw a closed 1m candle, `minute` minutes after midnight."""
    trades = draw(st.integers(0, 3))
    low, one, other, high = sorted(draw(st.lists(st.integers(1, 10**20), min_size=4, max_size=4)))
    names = ("volume", "quote_volume", "taker_buy_volume", "taker_buy_quote_volume")
    amounts: dict[str, Any] = {name: draw(AMOUNTS) if trades else "0" for name in names}
    source = draw(st.sampled_from(("simulator", "simulator", "backfill:simulator", "binance")))
    return candle(
        "FOLDUSDT",
        minute - 12 * 60,
        open=from_scaled(one),
        high=from_scaled(high),
        low=from_scaled(low),
        close=from_scaled(other),
        trades=trades,
        source=source,
        completeness=draw(st.sampled_from(("complete", "complete", "backfilled", "partial"))),
        version=MIDNIGHT + draw(st.integers(0, 10**6)),
        **amounts,
    )


@dataclass
class Family:
    """An interval and 1m candles of some of its windows, ascending."""

    interval: Interval
    children: list[Candle]


@st.composite
def families(draw: st.DrawFn) -> Family:
    interval = draw(st.sampled_from(PARENTS))
    # Of one whole window at most, and some more minutes anywhere: a day of drawn candles takes too long.
    whole = set(range(5)) if interval is Interval.M5 and draw(st.booleans()) else set()
    numbers = sorted(whole | draw(st.sets(st.integers(0, 3 * interval.minutes - 1), min_size=1, max_size=5)))
    return Family(interval, [draw(minutes(number)) for number in numbers])


def stored(candles: list[Candle]) -> list[dict[str, Any]]:
    """Return 1m candles as documents of the store."""
    documents = [msgspec.structs.asdict(each) for each in candles]
    for document in documents:
        document |= {name: date_of(document[name]) for name in ("open_time", "close_time")}
    return documents


def rolled_up(family: Family) -> list[dict[str, Any]]:
    """Return what the roll-up job would store."""
    parents = roll_up(minutes_of(stored(family.children)).candles, family.interval.ms)
    documents = list(parent_documents(parents, "FOLDUSDT", family.interval))
    for document in documents:
        del document["_id"]
        document |= {name: round(document[name].timestamp() * 1000) for name in ("open_time", "close_time")}
        if document["completeness"] != "partial":
            del document["children"], document["expected_children"]
    return documents


def as_document(parent: OhlcCandle) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(parent)
    return document


@settings(max_examples=40, deadline=None)
@given(families())
def test_a_closed_candle_is_folded_into_exactly_what_the_roll_up_stores(family: Family) -> None:
    newest = family.children[-1].open_time + 3 * family.interval.ms
    folded = fold_all(family.children, family.interval, newest)
    assert [as_document(parent) for parent in folded] == rolled_up(family)


@pytest.mark.parametrize("interval", PARENTS)
def test_a_whole_window_is_complete_and_closes_with_its_last_minute(interval: Interval) -> None:
    children = [candle("FOLDUSDT", minute - 12 * 60) for minute in range(interval.minutes)]
    last = children[-1].open_time
    whole = fold(children, interval, last)
    assert as_document(whole) == rolled_up(Family(interval, children))[0]
    assert (whole.closed, whole.completeness, whole.volume) == (
        True,
        "complete",
        {5: "10.625", 60: "127.5", 240: "510", 1440: "3060"}[interval.minutes],
    )
    forming = fold([*children[:-1], msgspec.structs.replace(children[-1], closed=False)], interval, last)
    assert (forming.closed, forming.completeness) == (False, "complete")
    short = fold(children[:-1], interval, last)
    assert (short.closed, short.completeness) == (True, "partial")
    assert (short.children, short.expected_children) == (interval.minutes - 1, interval.minutes)


def test_a_forming_candle_is_complete_as_long_as_every_minute_so_far_is_there() -> None:
    children = [candle("FOLDUSDT", minute, closed=minute < 3) for minute in range(4)]
    assert fold(children, Interval.H1, NOON + 3 * MINUTE_MS).completeness == "complete"
    holed = fold([children[0], *children[2:]], Interval.H1, NOON + 3 * MINUTE_MS)
    assert (holed.closed, holed.completeness, holed.children, holed.expected_children) == (
        False,
        "partial",
        3,
        4,
    )


def test_a_minute_that_never_closed_keeps_its_candle_from_being_called_closed() -> None:
    children = [candle("FOLDUSDT", minute, closed=minute != 2) for minute in range(5)]
    assert not fold(children, Interval.M5, NOON + 60 * MINUTE_MS).closed
