"""The command against a real exchange protocol, the real writers and stores: whole after it, the same after two."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
import redis
from pymongo.database import Database

from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import (
    JOB_HISTORY_FETCH,
    JOB_RUNS,
    KLINE_1M,
    backfill_source,
    latest_candle_key,
    trades_key,
    window_candle_key,
    window_candle_prefix,
)
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import ROOT, Platform
from waiting import eventually

SYMBOLS = ("BTCUSDT", "ETHUSDT")
HOURS = 2
WINDOW_HOURS = 1


@pytest.fixture(scope="module")
def platform(
    kafka_broker: KafkaBroker,
    mongo_server: MongoServer,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Platform]:
    """An exchange and the writers, and no producer: nothing arrives but by the command."""
    with redis.Redis(port=redis_server.port) as store:
        store.flushdb()
    settings = {
        "SYMBOLS": ",".join(SYMBOLS),
        "FUTURES_SYMBOLS": "BTCUSDT",
        "REALTIME_WINDOW_HOURS": str(WINDOW_HOURS),
        "KAFKA_TOPIC": "history-fetch",
        "SIMULATOR_SEED": "7",
    }
    with Platform(
        broker=kafka_broker,
        mongo=mongo_server,
        redis=redis_server,
        log_dir=tmp_path_factory.mktemp("logs"),
        database="history-fetch",
        settings=settings,
    ) as platform:
        platform.start("simulator", "candle-writer", "redis-writer")
        for program in platform.programs.values():
            eventually(program.ready, f"{program.name} is ready")
        yield platform


@pytest.fixture
def candles(platform: Platform, mongo_server: MongoServer) -> Iterator[Database[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongo_server.uri, tz_aware=True) as client:
        yield client[platform.database]


@pytest.fixture
def store(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis(port=redis_server.port) as client:
        yield client


def history_fetch(platform: Platform, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "Kafka/history_fetch.py", *arguments],
        cwd=ROOT,
        env=platform.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def whole(platform: Platform, *arguments: str) -> list[dict[str, Any]]:
    """Run the command, which has to succeed, and return what it logged."""
    done = history_fetch(platform, f"--hours={HOURS}", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(candles: Database[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {document["_id"]: document for document in candles[KLINE_1M].find()}


def window_of(store: redis.Redis, symbol: str) -> dict[int, bytes | str]:
    """Return the window's candles of a pair by their open time."""
    prefix = window_candle_prefix(symbol).encode()
    keys = [key for key in store.scan_iter(prefix + b"*") if key.removeprefix(prefix).isdigit()]
    return {int(key.removeprefix(prefix)): value for key in keys if (value := store.get(key)) is not None}


def test_it_fills_both_stores_with_what_the_exchange_has_and_run_again_changes_nothing(
    platform: Platform, candles: Database[dict[str, Any]], store: redis.Redis
) -> None:
    whole(platform)
    first = stored(candles)
    assert len(first) == len(SYMBOLS) * HOURS * 60
    for symbol in SYMBOLS:
        own = [document for document in first.values() if document["symbol"] == symbol]
        times = [int(document["open_time"].timestamp() * 1000) for document in own]
        query = f"symbol={symbol}&interval=1m&startTime={min(times)}&endTime={max(times)}&limit=1000"
        rows = platform.simulator(f"/api/v3/klines?{query}")
        prices = ("open", "high", "low", "close", "volume")
        assert [[document[name] for name in prices] for document in own] == [
            [canonical(figure) for figure in row[1:6]] for row in rows
        ]
        assert {document["source"] for document in own} == {backfill_source("simulator")}
        assert {document["completeness"] for document in own} == {"backfilled"}
        window = window_of(store, symbol)
        assert sorted(window) == sorted(times)[-WINDOW_HOURS * 60 :]
        assert json.loads(store.get(latest_candle_key(symbol)) or b"{}")["open_time"] == max(times)

    logged = whole(platform)
    runs = list(candles[JOB_RUNS].find({"job": JOB_HISTORY_FETCH}, sort=[("started_at", 1)]))
    assert [(run["outcome"], run["symbols"]) for run in runs] == [("succeeded", list(SYMBOLS))] * 2
    assert runs[0]["rows_in"] == runs[0]["rows_out"] == len(first)
    assert runs[0]["end"] - runs[0]["start"] == timedelta(hours=HOURS)
    again = stored(candles)
    # A minute may have closed meanwhile; what was there is the same to the last bit.
    assert {key: again[key] for key in first} == first
    assert {line["event"] for line in logged} >= {"history is whole", "cleared"}


def test_holes_in_both_stores_are_filled_and_no_reader_sees_less_meanwhile(
    platform: Platform, candles: Database[dict[str, Any]], store: redis.Redis
) -> None:
    whole(platform)
    before = stored(candles)
    window = window_of(store, "BTCUSDT")
    newest = max(window)
    lost = [key for key in before if key.startswith("BTCUSDT")][10:20]
    candles[KLINE_1M].delete_many({"_id": {"$in": lost}})
    missing = [newest - n * MINUTE_MS for n in (1, 2, 30)]
    store.delete(*(window_candle_key("BTCUSDT", open_time) for open_time in missing))
    spoilt = newest - 5 * MINUTE_MS
    store.set(window_candle_key("BTCUSDT", spoilt), "no candle")
    expired, foreign = window_candle_key("BTCUSDT", newest - 120 * MINUTE_MS), trades_key("DOGEUSDT")
    store.set(expired, "x")
    store.lpush(foreign, "x")

    least = len(window_of(store, "BTCUSDT"))
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(len(window_of(store, "BTCUSDT")))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        whole(platform)
    finally:
        done.set()
        reader.join()
    assert seen
    # What has left the window by its age is not missed by its readers: one such key was planted.
    assert min(seen) >= least - 1

    healed = stored(candles)
    figures = {"open", "high", "low", "close", "volume", "trades", "open_time", "symbol"}
    for key in lost:
        assert {name: healed[key][name] for name in figures} == {name: before[key][name] for name in figures}
    filled = window_of(store, "BTCUSDT")
    assert all(json.loads(filled[open_time])["open_time"] == open_time for open_time in [*missing, spoilt])
    assert not store.exists(expired, foreign)


def test_a_pair_that_is_not_the_platforms_is_refused_in_one_line(platform: Platform) -> None:
    done = history_fetch(platform, "--symbols=DOGEUSDT")
    assert done.returncode == 2
    assert "DOGEUSDT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("hours", ["0", "169", "many"])
def test_hours_out_of_bounds_are_refused(platform: Platform, hours: str) -> None:
    done = history_fetch(platform, f"--hours={hours}")
    assert done.returncode == 2
    assert "--hours" in done.stderr


def test_a_store_that_is_away_is_said_and_ends_the_command(platform: Platform, tmp_path: Path) -> None:
    environment = {**platform.environment, "MONGO_URI": "mongodb://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "Kafka" / "history_fetch.py")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "cannot go on"
