"""The status of every stream: how old its newest record is, how late it came, and whether it may be believed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from api_records import NOON, book, candle, trade
from api_under_test import Api
from api_world import World
from waiting import eventually

PAIR, REPLAYED, FUTURE = "STATUSUSDT", "STATUSREPLAYUSDT", "STATUSFUTUREUSDT"


@pytest.fixture(scope="module")
def streams(api: Api, world: World) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The streams of three pairs, by pair, market and kind, once all their records were read."""
    now = time.time_ns() // 1_000_000
    world.publish(
        candle(PAIR, 0, closed=False, version=now - 60_000),
        trade(PAIR, 1, time=now - 30_000),
        book(PAIR, 1, event_time=now),
        book(PAIR, 1, market="usdm", event_time=now - 3_600_000),
        candle(REPLAYED, 0, source="backfill:replay"),
        book(FUTURE, 1, market="usdm", event_time=now, state="starved", source="binance"),
        arrival_time=now,
    )

    def look() -> dict[tuple[str, str, str], dict[str, Any]] | None:
        found = {
            (each["symbol"], each["market"], each["stream"]): each
            for each in api.ask("/status").json["streams"]
        }
        ours = {key: each for key, each in found.items() if key[0].startswith("STATUS")}
        known = [each for each in ours.values() if each["time"] is not None]
        return ours if len(known) == 6 else None

    return eventually(look, "six records were read")


def test_each_stream_tells_its_age_its_lag_and_its_source(
    streams: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    forming = streams[PAIR, "spot", "kline_1m"]
    now = time.time_ns() // 1_000_000
    assert (forming["source"], forming["simulated"], forming["state"]) == ("simulator", True, None)
    assert forming["lag"] == 60_000
    assert 60_000 <= forming["age"] <= now - forming["time"]
    assert streams[PAIR, "spot", "trade"]["lag"] == 30_000
    assert streams[FUTURE, "usdm", "depth"]["simulated"] is False


def test_a_book_says_its_trust_state_and_one_whose_builder_is_silent_is_stale(
    streams: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    assert streams[PAIR, "spot", "depth"]["state"] == "synced"
    assert streams[PAIR, "usdm", "depth"]["state"] == "stale"
    assert streams[FUTURE, "usdm", "depth"]["state"] == "starved"


def test_what_was_never_seen_is_there_with_nothing_known_and_a_replay_has_no_age(
    streams: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    assert streams[REPLAYED, "spot", "trade"] == {
        "market": "spot",
        "stream": "trade",
        "symbol": REPLAYED,
        "source": None,
        "simulated": None,
        "time": None,
        "age": None,
        "lag": None,
        "state": None,
    }
    replayed = streams[REPLAYED, "spot", "kline_1m"]
    assert (replayed["source"], replayed["age"], replayed["lag"]) == ("replay", None, None)
    assert replayed["time"] == NOON + 60_000
    assert (FUTURE, "spot", "trade") not in streams


def test_one_pair_can_be_asked_for(api: Api, streams: dict[tuple[str, str, str], dict[str, Any]]) -> None:
    answer = api.ask("/status", symbol=PAIR)
    kinds = [(each["symbol"], each["market"], each["stream"]) for each in answer.json["streams"]]
    assert kinds == [
        (PAIR, "spot", "kline_1m"),
        (PAIR, "spot", "trade"),
        (PAIR, "spot", "depth"),
        (PAIR, "usdm", "depth"),
    ]
    up = {"state": "up", "reason": None}
    # A busy broker may be called away in between.
    eventually(
        lambda: api.ask("/status", symbol=PAIR).json["ready"]["components"]["kafka"] == up, "Kafka is up"
    )
    assert api.ask("/status", symbol="NOPEUSDT").status == 404
    assert api.ask("/status", symbol="B").status == 422
