"""Every way in which the exchange misbehaves, one after the other: the platform says so, and ends whole."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
import redis

from candlestack_core.names import COMPLETENESS
from candlestack_local.servers import SHORT_LIVED_JVM, KafkaBroker, MongoServer, RedisServer, free_port
from candlestack_simulator.faults.scenarios import scenarios
from platform_under_test import Platform, get_json, post_json
from soak.comparison import Running, Truth
from waiting import eventually

SYMBOLS = ("BTCUSDT", "ETHUSDT")
FUTURES = ("BTCUSDT",)
SERVICES = (
    "candle-producer",
    "trade-producer",
    "redis-writer",
    "candle-writer",
    "orderbook-builder",
    "completeness-ledger",
)
MOVED = {
    "starved-klines": ("candle-producer", "btcusdt@kline_1m"),
    "starved-trades": ("trade-producer", "btcusdt@trade"),
    "starved-depth": ("trade-producer", "btcusdt@depth@100ms"),
    "acknowledged-and-silent": ("trade-producer", "btcusdt@depth@100ms"),
}
"""The stream that a scenario silences, and the producer that moves it to another connection."""
HARMFUL = ("outage", "frozen")
"""Scenarios that last until the books have said that they may not be believed."""
STRUCK = 5
"""Frames or requests that a fault harms before it is taken away, or as many as it may."""
STRIKES_WITHIN_S = 10.0
WHOLE_WITHIN_S = 300.0


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis in which no other test's books and candles are."""
    with RedisServer(port=free_port(), data_dir=tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def platform(
    mongo_server: MongoServer, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("scenarios")
    broker = KafkaBroker(
        port=free_port(),
        controller_port=free_port(),
        data_dir=folder / "kafka",
        jvm_options=SHORT_LIVED_JVM,
        session_timeout_ms=120_000,
    )
    with (
        broker,
        Platform(
            broker=broker,
            mongo=mongo_server,
            redis=own_redis,
            log_dir=folder,
            database="SCENARIOS",
            settings={
                "BACKFILL_HOURS": "1",
                "SYMBOLS": ",".join(SYMBOLS),
                "FUTURES_SYMBOLS": ",".join(FUTURES),
                "STREAMS_PER_CONNECTION": "2",
            },
        ) as platform,
    ):
        platform.start("simulator", *SERVICES)
        for name in SERVICES:
            eventually(platform[name].ready, f"{name} is ready")
        yield platform


@pytest.fixture(scope="module")
def running(platform: Platform, mongo_server: MongoServer, own_redis: RedisServer) -> Iterator[Running]:
    with pymongo.MongoClient[dict[str, Any]](mongo_server.uri, tz_aware=True) as client:
        running = Running(
            truth=Truth(platform.simulator_url),
            symbols=SYMBOLS,
            futures=FUTURES,
            database=client[platform.database],
            store=redis.Redis(port=own_redis.port),
            history_hours=1,
        )
        eventually(lambda: not running.harm(), "books and candles before any fault", WHOLE_WITHIN_S)
        yield running


def moved(platform: Platform, scenario: str) -> int:
    """Return how often the stream of a scenario was moved, of all markets."""
    producer, stream = MOVED[scenario]
    pattern = rf'^candlestack_streams_moved_total\{{stream="[^"]*{re.escape(stream)}"\}} (\S+)$'
    return sum(int(float(count)) for count in re.findall(pattern, platform[producer].metrics(), re.MULTILINE))


def clear(platform: Platform) -> None:
    request = urllib.request.Request(f"{platform.simulator_url}/sim/faults", method="DELETE")
    with urllib.request.urlopen(request, timeout=60):
        pass


def play(platform: Platform, name: str) -> set[int]:
    """Play a scenario and nothing else; return the numbers of its faults."""
    clear(platform)
    begun = post_json(f"{platform.simulator_url}/sim/scenarios/{name}", {})["faults"]
    return {fault["id"] for fault in begun}


def strikes(platform: Platform, name: str) -> bool:
    """Play a scenario; tell whether each of its faults did harm soon.

    One that came while a producer was just not connected may have found nothing to harm.
    """
    mine = play(platform, name)
    deadline = time.monotonic() + STRIKES_WITHIN_S
    while time.monotonic() < deadline:
        faults = [
            fault
            for fault in get_json(f"{platform.simulator_url}/sim/faults")["faults"]
            if fault["id"] in mine  # others, long over, are told of too
        ]
        if all(fault["affected"] >= min(STRUCK, fault.get("count") or 1) for fault in faults):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("name", scenarios())
def test_after_a_fault_of_the_exchange_every_book_is_the_truth_and_every_candle_moves(
    platform: Platform, running: Running, name: str
) -> None:
    for producer in ("candle-producer", "trade-producer"):
        eventually(platform[producer].ready, f"{producer} is connected")
    try:
        if name in MOVED:
            before = moved(platform, name)
            play(platform, name)
            eventually(lambda: moved(platform, name) > before, "the silent stream is moved")
        elif name in HARMFUL:
            play(platform, name)
            eventually(running.untrusted, "the harm is said")
        elif name == "clock-ahead":
            play(platform, name)
        else:
            eventually(lambda: strikes(platform, name), "the fault has struck", WHOLE_WITHIN_S)
    finally:
        clear(platform)
    assert eventually(lambda: not running.harm(), f"whole after {name}", WHOLE_WITHIN_S)


def test_an_exchange_that_ends_and_starts_again_costs_no_book_and_no_candle(
    platform: Platform, running: Running
) -> None:
    platform["simulator"].kill()
    eventually(running.untrusted, "the harm is said")
    platform["simulator"].start()
    assert eventually(lambda: not running.harm(), "whole after the exchange's return", WHOLE_WITHIN_S)


def test_after_all_faults_no_candle_and_no_trade_is_lost_and_the_ledger_knows_each_hole_and_its_filling(
    running: Running,
) -> None:
    last = running.last_minute()
    eventually(lambda: not running.compare(last), "nothing lost, nothing doubled", WHOLE_WITHIN_S)

    def fillings() -> set[tuple[str, str | None]]:
        ledger = running.database[COMPLETENESS].find({"holes": {"$ne": []}})
        return {(minute["stream"], hole["how"]) for minute in ledger for hole in minute["holes"]}

    wanted = {("trade", "rest"), ("depth", "snapshot")}
    assert eventually(lambda: wanted <= fillings(), "the ledger tells how holes were filled")
