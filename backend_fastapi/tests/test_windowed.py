"""The realtime window, kept: asked once, and never answered with less than Redis had when its topic last said more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from api_records import NOON, candle
from api_under_test import Api, until_read
from api_world import World
from app.candles.channel import CandleFeed
from app.candles.windowed import WindowMinutes
from app.stores.realtime import RealtimeStore
from app.stream.events import Event, Subject
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from candlestack_core.versions import supersedes
from waiting import eventually

PAIR, HALTED = "REALTIMEUSDT", "REALTIMEHALTUSDT"


class Topic:
    """Records of one pair; so many of them the writer has brought into Redis, so many the hub has heard."""

    def __init__(self, records: list[Candle]) -> None:
        self.records = records
        self.written = self.heard = self.reads = 0
        self.feed = CandleFeed(Subject(PAIR))

    def hear(self, count: int) -> None:
        news = self.records[self.heard : self.heard + count]
        self.feed.take([Event("", self.heard + number, None, each) for number, each in enumerate(news)])
        self.heard += len(news)

    async def window(self, _symbol: str, open_times: Iterable[int]) -> list[Candle]:
        """Answer as Redis does."""
        self.reads += 1
        best = accounts(self.records[: self.written])
        return [best[open_time] for open_time in open_times if open_time in best]


def accounts(records: Iterable[Candle]) -> dict[int, Candle]:
    """Return the account of each minute that wins."""
    best: dict[int, Candle] = {}
    for each in records:
        if each.open_time not in best or supersedes(each, best[each.open_time]):
            best[each.open_time] = each
    return best


RECORDS = st.lists(
    st.builds(
        lambda minute, closed, version: candle(PAIR, minute, closed=closed, version=version),
        st.integers(0, 8),
        st.booleans(),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=30,
)
STEPS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.sets(st.integers(0, 8))), min_size=1, max_size=25
)
"""By how much the writer and the hub go on, and the minutes that are asked for then."""


@given(RECORDS, STEPS)
async def test_what_both_redis_and_the_hub_have_taken_is_in_every_answer(
    records: list[Candle], steps: list[tuple[int, int, set[int]]]
) -> None:
    topic = Topic(records)
    window = WindowMinutes(cast(RealtimeStore, topic))
    for written, heard, minutes in steps:
        topic.written = min(topic.written + written, len(records))
        topic.hear(heard)
        newest = topic.feed.latest
        if newest is None:
            continue
        # The newest minute, and any after it, the hub is not in need of.
        asked = [each for minute in sorted(minutes) if (each := NOON + minute * MINUTE_MS) < newest.open_time]
        found = await window.find(PAIR, asked, topic.feed.newest_of_past)
        by_open_time = {minute.open_time: minute for minute in found.minutes}
        taken = accounts(records[: min(topic.written, topic.heard)])
        for open_time in set(asked) & set(taken):
            answered = by_open_time[open_time].candle
            assert not supersedes(taken[open_time], answered), "it is older than what both have taken"
        assert set(by_open_time) <= set(asked)
        reads = topic.reads
        again = await window.find(PAIR, asked, topic.feed.newest_of_past)
        if found.settled:
            assert [minute.json for minute in again.minutes] == [minute.json for minute in found.minutes]
            assert topic.reads == reads, "it was asked again"


async def test_of_many_pairs_those_used_least_recently_make_room() -> None:
    topic = Topic([candle(PAIR, minute) for minute in range(3)])
    topic.written = 3
    topic.hear(3)
    window = WindowMinutes(cast(RealtimeStore, topic), kept_minutes=4)
    asked = [NOON, NOON + MINUTE_MS]
    told = topic.feed.newest_of_past
    for symbol, reads in (("A", 1), ("B", 2), ("A", 2), ("C", 3), ("A", 3), ("B", 4)):
        assert len((await window.find(symbol, asked, told)).minutes) == 2
        assert topic.reads == reads, symbol


def reads(api: Api, world: World, symbol: str, *limits: int) -> int:
    """Return how often Redis is asked for candles while a client asks for some numbers of them.

    An API that does not hear of its topics, as one that is still reading them, asks at each: so tests wait for none.
    """
    before = world.redis_calls("mget")
    for limit in limits:
        assert len(api.ask("/ohlc", symbol=symbol, limit=limit).json["candles"]) == limit
    return world.redis_calls("mget") - before


def test_candles_that_only_redis_has_are_read_from_it_once(api: Api, world: World) -> None:
    closed = [candle(PAIR, minute) for minute in range(-200, 0)]
    world.publish(*closed)
    world.store_in_redis(*closed)
    until_read(api, closed[-1])
    before = api.ask("/ohlc", symbol=PAIR, limit=150)
    assert [each["open_time"] for each in before.json["candles"]] == [
        each.open_time for each in closed[-150:]
    ]
    eventually(lambda: reads(api, world, PAIR, 150, 100, 120) == 0, "Redis is not asked again")

    forming = candle(PAIR, 0, closed=False)
    world.publish(forming)
    until_read(api, forming)
    eventually(lambda: reads(api, world, PAIR, 150, 150) == 0, "nor when one minute has left the hub's")

    restated = candle(PAIR, -120, close="100.25", version=NOON, source="backfill:simulator")
    world.store_in_redis(restated)
    world.publish(restated)

    def answered() -> tuple[str, str]:
        found = api.ask("/ohlc", symbol=PAIR, limit=150).json["candles"][150 - 120 - 1]
        assert found["open_time"] == restated.open_time
        return found["close"], found["source"]

    eventually(lambda: answered() == ("100.25", "backfill:simulator"), "it is restated")


def test_a_minute_that_nobody_has_is_not_asked_for_again_until_it_is_filled(api: Api, world: World) -> None:
    closed = [candle(HALTED, minute) for minute in range(-200, 0) if minute != -100]
    world.publish(*closed)
    world.store(*closed)
    until_read(api, closed[-1])
    assert len(api.ask("/ohlc", symbol=HALTED).json["candles"]) == 199
    eventually(lambda: reads(api, world, HALTED, 150, 199) == 0, "Redis is not asked again")
    filled = candle(HALTED, -100, source="backfill:simulator", completeness="backfilled")
    world.store_in_redis(filled)
    world.publish(filled)
    eventually(lambda: len(api.ask("/ohlc", symbol=HALTED).json["candles"]) == 200, "it is filled")
