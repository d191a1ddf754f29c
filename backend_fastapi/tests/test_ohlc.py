"""Candles longer than 1m on the real stores: rolled up, not rolled up yet, and forming."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import NOON, candle
from api_under_test import Api, until_read
from api_world import World
from app.candles.fold import fold_all
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle

PAIR = "PARENTUSDT"
OLDEST, NEWEST = -700, 7
"""Minutes after noon: from 00:20 until 12:07."""
HOLE = range(-178, -170)
ROLLED_UP_UNTIL = {"5m": NOON - 20 * MINUTE_MS, "1h": NOON - 120 * MINUTE_MS, "4h": NOON - 240 * MINUTE_MS}


def minute(number: int) -> Candle:
    """Return a minute unlike its neighbours; every seventh without a trade."""
    traded = number % 7 != 0
    amounts = {} if traded else dict.fromkeys(("volume", "quote_volume"), "0")
    return candle(
        PAIR,
        number,
        high=f"{101 + number % 13}",
        low=f"{90 - number % 11}.{5 + number % 4}",
        open=f"{95 + number % 3}",
        close=f"{96 + number % 4}",
        trades=3 if traded else 0,
        closed=number < NEWEST,
        source="backfill:simulator" if number % 50 == 0 else "simulator",
        **amounts,
    )


def as_json(records: Any) -> list[Any]:
    """Return records as they are on the wire."""
    return [json.loads(msgspec.json.encode(record)) for record in records]


@pytest.fixture(scope="module")
def parents(api: Api, world: World) -> dict[str, list[Any]]:
    """Twelve hours of a pair, rolled up to some time before the end; by interval what is to be answered.

    The store lacks the last ten minutes, of which Redis has all and the topic the last three.
    """
    minutes = [minute(number) for number in range(OLDEST, NEWEST + 1) if number not in HOLE]
    world.store_in_mongo(*minutes[:-10])
    world.store_in_redis(*minutes[-30:])
    world.publish(*minutes[-3:])
    newest = minutes[-1].open_time
    expected: dict[str, list[Any]] = {}
    for interval in (Interval.M5, Interval.H1, Interval.H4, Interval.D1):
        answered = list(fold_all(minutes, interval, newest))
        for number, parent in enumerate(answered):
            if parent.open_time < ROLLED_UP_UNTIL.get(interval.value, 0):
                # As no fold would have it, so that it is seen where it comes from.
                answered[number] = msgspec.structs.replace(parent, version=1)
                counted = parent.children if isinstance(parent.children, int) else None
                fields = {name: getattr(answered[number], name) for name in Candle.__struct_fields__}
                world.store_parent(Candle(**fields), counted)
        expected[interval.value] = as_json(answered)

    until_read(api, minutes[-1])
    return expected


@pytest.mark.parametrize("interval", ["5m", "1h", "4h", "1d"])
def test_the_newest_candles_end_with_the_forming_one_folded_from_minutes(
    api: Api, parents: dict[str, list[Any]], interval: str
) -> None:
    answer = api.ask("/ohlc", symbol=PAIR, interval=interval)
    assert answer.json == {"symbol": PAIR, "interval": interval, "candles": parents[interval]}
    closed = [each["closed"] for each in answer.json["candles"]]
    assert closed == [True] * (len(closed) - 1) + [False]


def test_where_parents_are_partial_they_say_how_many_minutes_they_have(
    api: Api, parents: dict[str, list[Any]]
) -> None:
    hours = api.ask("/ohlc", symbol=PAIR, interval="1h").json["candles"]
    partial = {
        (each["open_time"] - NOON) // (60 * MINUTE_MS): (each["children"], each["expected_children"])
        for each in hours
        if each["completeness"] == "partial"
    }
    # The pair begins at 00:20; the hole lies in the ninth hour; the forming hour has all its eight minutes.
    assert partial == {-12: (40, 60), -3: (52, 60)}
    assert all("children" not in each for each in hours if each["completeness"] != "partial")


@settings(max_examples=60, deadline=None)
@given(
    interval=st.sampled_from(["5m", "1h", "4h", "1d"]),
    start=st.none() | st.integers(NOON - 800 * MINUTE_MS, NOON + 20 * MINUTE_MS),
    length_and_limit=st.tuples(st.none() | st.integers(0, 800 * MINUTE_MS), st.none() | st.integers(1, 160)),
)
def test_any_range_of_any_interval_is_answered_in_full(
    api: Api,
    parents: dict[str, list[Any]],
    interval: str,
    start: int | None,
    length_and_limit: tuple[int | None, int | None],
) -> None:
    length, limit = length_and_limit
    end = None if length is None else (start or NOON - 800 * MINUTE_MS) + length
    query = {"startTime": start, "endTime": end, "limit": limit}
    answer = api.ask(
        "/ohlc",
        symbol=PAIR,
        interval=interval,
        **{name: value for name, value in query.items() if value is not None},
    )
    wanted = [
        each
        for each in parents[interval]
        if (start is None or each["open_time"] >= start) and (end is None or each["open_time"] <= end)
    ]
    count = limit or 500
    wanted = wanted[-count:] if start is None else wanted[:count]
    assert answer.status == 200
    assert answer.json["candles"] == wanted


def test_a_pair_whose_roll_ups_stand_still_is_folded_for_two_days_and_no_further(
    api: Api, world: World
) -> None:
    world.store_in_mongo(*(candle("STILLUSDT", -60 * hour) for hour in range(80)))
    answer = api.ask("/ohlc", symbol="STILLUSDT", interval="1h").json["candles"]
    assert [each["open_time"] for each in answer] == [
        NOON - 60 * hour * MINUTE_MS for hour in reversed(range(48))
    ]
    assert [each["completeness"] for each in answer] == ["partial"] * 47 + ["complete"]
    days = api.ask("/ohlc", symbol="STILLUSDT", interval="1d").json["candles"]
    assert [(each["children"], each["closed"]) for each in days] == [(24, True), (13, False)]
