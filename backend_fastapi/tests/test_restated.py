"""Kept candles: the same bytes as long as nothing has changed, and never those of before a write."""

from __future__ import annotations

import threading
import time
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import NOON, candle
from api_under_test import Api
from api_world import World
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from waiting import eventually

KEPT, LIVE, RACED, GROWN, WIPED = "KEPTUSDT", "KEPTLIVEUSDT", "RACEDUSDT", "GROWNUSDT", "WIPEDUSDT"
VERSIONS = count(NOON + 10 * 24 * 60 * MINUTE_MS)


def restated(symbol: str, minute: int) -> Candle:
    """Return an account of a minute that wins over all before."""
    version = next(VERSIONS)
    return candle(symbol, minute, version=version, close=f"100.{version % 1000:03d}1")


def accounts(answer: Any) -> list[tuple[int, int, str]]:
    """Return minute, version and close of each candle of an answer."""
    assert answer.status == 200
    return [
        ((each["open_time"] - NOON) // MINUTE_MS, each["version"], each["close"])
        for each in answer.json["candles"]
    ]


writes = st.lists(st.integers(-190, 10), min_size=0, max_size=4)
ranges = st.tuples(st.none() | st.integers(-220, 20), st.none() | st.integers(0, 240), st.integers(1, 250))


@settings(max_examples=40)
@given(
    symbol=st.sampled_from((KEPT, LIVE)), steps=st.lists(st.tuples(writes, ranges), min_size=1, max_size=4)
)
def test_whatever_was_written_before_a_request_is_in_its_answer(
    api: Api,
    world: World,
    symbol: str,
    steps: list[tuple[list[int], tuple[int | None, int | None, int]]],
) -> None:
    stored = STORED[symbol]
    if symbol == LIVE and not stored:
        world.publish(candle(LIVE, 30, closed=False))
        eventually(lambda: api.ask("/latest", symbol=LIVE).status == 200, "the pair is live")
    if not stored:
        put(world, *(candle(symbol, minute) for minute in (-200, -100)))
    for minutes, (start, length, limit) in steps:
        put(world, *(restated(symbol, minute) for minute in minutes))
        end = None if length is None else (-220 if start is None else start) + length
        query = {"startTime": start, "endTime": end}
        times = {name: NOON + at * MINUTE_MS for name, at in query.items() if at is not None}
        wanted = [
            account
            for minute, account in sorted(stored.items())
            if (start is None or minute >= start) and (end is None or minute <= end)
        ]
        if symbol == LIVE and (start is None or start <= 30) and (end is None or end >= 30):
            wanted.append((30, NOON + 30 * MINUTE_MS + MINUTE_MS // 2, "100.5"))
        wanted = wanted[-limit:] if start is None else wanted[:limit]
        for _ in range(2):  # the second time from what was kept
            assert accounts(api.ask("/ohlc", symbol=symbol, limit=limit, **times)) == wanted


STORED: dict[str, dict[int, tuple[int, int, str]]] = {KEPT: {}, LIVE: {}}


def put(world: World, *candles: Candle) -> None:
    """Write candles into MongoDB, and remember what is there."""
    world.store_in_mongo(*candles)
    for each in candles:
        minute = (each.open_time - NOON) // MINUTE_MS
        STORED[each.symbol][minute] = minute, each.version, each.close


def test_no_answer_is_older_than_what_was_acknowledged_before_its_request(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(RACED, minute) for minute in range(-120, 0)))
    acknowledged, stop, stale = [0], threading.Event(), list[tuple[int, int]]()

    def ask(limit: int) -> None:
        while not stop.is_set():
            known = acknowledged[0]
            answer = accounts(api.ask("/ohlc", symbol=RACED, endTime=NOON, limit=limit))
            seen = next(version for minute, version, _ in answer if minute == -7)
            if seen < known:
                stale.append((seen, known))

    readers = [threading.Thread(target=ask, args=(limit,)) for limit in (10, 60, 90, 120)]
    for reader in readers:
        reader.start()
    until = time.monotonic() + 2
    while not acknowledged[0] or time.monotonic() < until:
        newer = restated(RACED, -7)
        world.store_in_mongo(newer)
        acknowledged[0] = newer.version
    stop.set()
    for reader in readers:
        reader.join()
    assert acknowledged[0]
    assert stale == []


def test_a_tag_stands_for_an_answer_until_a_candle_in_it_is_restated(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(GROWN, minute) for minute in range(-90, 0)))
    asked = {"symbol": GROWN, "startTime": NOON - 60 * MINUTE_MS, "endTime": NOON - MINUTE_MS}
    first = api.ask("/ohlc", **asked)
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    unchanged = api.ask_with({"If-None-Match": f'"other", {tag}'}, "/ohlc", **asked)
    assert (unchanged.status, unchanged.body, unchanged.headers["etag"]) == (304, b"", tag)
    world.store_in_mongo(restated(GROWN, -70))
    assert api.ask_with({"If-None-Match": tag}, "/ohlc", **asked).status == 304, "it is not of this range"
    world.store_in_mongo(restated(GROWN, -30))
    changed = api.ask_with({"If-None-Match": tag}, "/ohlc", **asked)
    assert changed.status == 200
    assert changed.headers["etag"] != tag
    assert changed.body != first.body


def test_compressed_an_answer_is_the_same(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(GROWN, minute) for minute in range(-90, 0)))
    plain = api.ask("/ohlc", symbol=GROWN)
    for path in ("/ohlc", "/ohlc", "/openapi.json"):
        query = {"symbol": GROWN} if path == "/ohlc" else {}
        zipped = api.ask_with({"Accept-Encoding": "gzip"}, path, **query)
        assert zipped.headers["content-encoding"] == "gzip"
        assert zipped.unzipped() == api.ask(path, **query).body
    assert len(zipped.body) < len(plain.body)
    few = api.ask_with({"Accept-Encoding": "gzip"}, "/ohlc", symbol=GROWN, limit=1)
    assert "content-encoding" not in few.headers


def test_a_page_names_the_next_one_and_together_they_are_everything(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(GROWN, minute) for minute in range(-90, 0)))
    for bounds in ({"startTime": NOON - 88 * MINUTE_MS, "endTime": NOON - 5 * MINUTE_MS}, {"limit": 20}):
        target: str | None = api.target("/ohlc", symbol=GROWN, **{"limit": 20, **bounds})
        minutes: list[int] = []
        while target is not None:
            page = api.ask(target)
            minutes += [minute for minute, _, _ in accounts(page)]
            link = page.headers.get("link")
            target = None if link is None else link.partition("<")[2].partition(">")[0]
        assert sorted(minutes) == list(range(-88, -4) if "startTime" in bounds else range(-90, 0))
        assert len(set(minutes)) == len(minutes)


def test_more_writes_than_can_be_told_apart_are_noticed_as_well(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(WIPED, minute) for minute in range(-100, 0)))
    assert len(accounts(api.ask("/ohlc", symbol=WIPED, limit=1500))) == 100
    world.store_in_mongo(*(candle(WIPED, minute) for minute in range(-2_600, -100)))
    assert len(accounts(api.ask("/ohlc", symbol=WIPED, limit=1500))) == 1500
    world.store_in_mongo(restated(WIPED, -50))
    version = accounts(api.ask("/ohlc", symbol=WIPED, limit=50))[0][1]
    assert version > NOON + 24 * 60 * MINUTE_MS


def test_another_database_in_its_place_is_noticed(api: Api, world: World) -> None:
    world.store_in_mongo(*(candle(WIPED, minute) for minute in range(-100, 0)))
    assert len(accounts(api.ask("/ohlc", symbol=WIPED, limit=100))) == 100
    world.forget_minutes()
    assert accounts(api.ask("/ohlc", symbol=WIPED, limit=100)) == []
