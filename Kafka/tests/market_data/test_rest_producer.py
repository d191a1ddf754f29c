"""The REST producer against a real exchange protocol and a real broker, with everything going wrong in turn."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from candlestack_core.kafka import open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.service import Health
from candlestack_core.settings import KafkaSettings, MarketDataSettings
from candlestack_core.topics import MARKET_DATA
from candlestack_core.weight import WeightBudget
from candlestack_ingest.market_data.client import CandleClient, ExchangeAwayError, ExchangeError
from candlestack_ingest.market_data.producer import Poller
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_ingest.producers.resume import resume_market_data
from candlestack_ingest.producers.runtime import clock_ms
from candlestack_local.servers import KafkaBroker
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Exchange, Seconds, running
from platform_under_test import read_values

ROOT = Path(__file__).resolve().parents[3]
MINUTE_MS = 60_000
WITHIN_S = 300.0
FAULTY, SERVED = ("BTCUSDT", "ETHUSDT", "DOGEUSDT"), ("ADAUSDT", "XRPUSDT")
"""The pairs of each test; both use the same topic of one broker."""


@pytest.fixture
def kafka(kafka_broker: KafkaBroker) -> KafkaSettings:
    settings = KafkaSettings(kafka_bootstrap=kafka_broker.bootstrap)
    ensure_topics(settings)
    return settings


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    market = SeededMarket(7)
    async with running(market) as exchange:
        yield exchange


def held(kafka: KafkaSettings) -> dict[tuple[str, int], dict[str, Any]]:
    """Return what the topic holds last of each candle."""
    consumer = open_consumer(kafka)
    try:
        return {(value["symbol"], value["timestamp"]): value for value in read_values(consumer, MARKET_DATA)}
    finally:
        consumer.close()


async def rows_of(exchange: Exchange, symbol: str, since: int) -> list[list[Any]]:
    """Return the exchange's closed candles from a time on, by a path that no fault of these tests concerns."""
    rows: list[list[Any]] = await exchange.get(
        "/api/v3/uiKlines", symbol=symbol, interval="1m", startTime=since, limit=1000
    )
    return rows[:-1]


async def until_equal(
    kafka: KafkaSettings, exchange: Exchange, symbols: tuple[str, ...], since: int, until: int
) -> None:
    """Wait until the topic holds the exchange's own figures of every candle that closed before a time."""
    truth = {
        (symbol, row[0]): [Decimal(figure) for figure in row[1:6]]
        for symbol in symbols
        for row in await rows_of(exchange, symbol, since)
        if row[0] < until
    }
    assert truth
    async with asyncio.timeout(WITHIN_S):
        while True:
            found = await asyncio.to_thread(held, kafka)
            figures = {
                key: [Decimal(str(found[key][name])) for name in ("open", "high", "low", "close", "volume")]
                for key in truth.keys() & found.keys()
            }
            if figures == truth:
                return
            await asyncio.sleep(0.2)


async def until_forming(kafka: KafkaSettings, minute: int) -> None:
    """Wait until the topic holds a candle of a minute, or of a later one, that had not closed."""
    async with asyncio.timeout(WITHIN_S):
        while not any(timestamp >= minute for _, timestamp in await asyncio.to_thread(held, kafka)):
            await asyncio.sleep(0.2)


class Producing:
    """A poller with its own Kafka client; leaving it is a kill: nothing is flushed."""

    def __init__(self, kafka: KafkaSettings, exchange: Exchange, begin: int) -> None:
        self._kafka = kafka
        self._begin = begin
        self._client = CandleClient(f"http://{exchange.address}", WeightBudget(6_000))

    async def __aenter__(self) -> Producing:
        health, refusals = Health(), Refusals()
        self._producer = open_producer(self._kafka, max_pending=10_000, on_refused=refusals)
        outbox = Outbox(self._producer, health, clock_ms, refusals)
        await self._client.open()
        settings = MarketDataSettings(market_data_every_s=0.5)
        poller = Poller(self._client, Market("simulator", FAULTY), settings, outbox, health)
        sent = await asyncio.to_thread(
            resume_market_data, self._kafka, frozenset(FAULTY), "simulator", stopping=threading.Event()
        )
        poller.resume(sent, self._begin)
        self._tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(poller.run())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await self._client.close()
        self._producer.close()


async def test_no_closed_candle_is_lost_over_faults_and_kills(
    kafka: KafkaSettings, exchange: Exchange
) -> None:
    async def now() -> int:
        return int((await exchange.get("/api/v3/time"))["serverTime"])

    async def minutes_later(minutes: int) -> int:
        """Let the exchange's clock go ahead; return the time before which all candles are closed."""
        fault = {"kind": "clock_offset", "offset_ms": minutes * MINUTE_MS, "duration_s": 600}
        assert (await exchange.post("/sim/faults", fault)).status == 201
        return await now() // MINUTE_MS * MINUTE_MS - MINUTE_MS

    begin = await now() // MINUTE_MS * MINUTE_MS - 10 * MINUTE_MS
    async with Producing(kafka, exchange, begin):
        await until_equal(kafka, exchange, FAULTY, begin, await now() // MINUTE_MS * MINUTE_MS - MINUTE_MS)
        await until_forming(kafka, await now() // MINUTE_MS * MINUTE_MS)
        for fault in (
            {"kind": "rest_error", "paths": ["klines"], "status": 429, "retry_after_s": 1, "count": 1},
            {"kind": "rest_error", "paths": ["klines"], "status": 418, "retry_after_s": 1, "count": 1},
            {"kind": "rest_error", "paths": ["klines"], "status": 500, "count": 1},
        ):
            assert (await exchange.post("/sim/faults", fault)).status == 201
        await until_equal(kafka, exchange, FAULTY, begin, await minutes_later(3))
    away_until = await minutes_later(5)
    async with Producing(kafka, exchange, begin):
        await until_equal(kafka, exchange, FAULTY, begin, away_until)
    values = {key: value for key, value in (await asyncio.to_thread(held, kafka)).items() if key[0] in FAULTY}
    assert {value["source"] for value in values.values()} == {"simulator"}
    assert min(timestamp for _, timestamp in values) == begin


async def test_the_service_catches_up_and_stops_gracefully(
    kafka: KafkaSettings, exchange: Exchange, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP": kafka.kafka_bootstrap,
        "EXCHANGE_REST_URL": f"http://{exchange.address}",
        "SYMBOLS": ",".join(SERVED),
        "BACKFILL_HOURS": "1",
        "MARKET_DATA_EVERY_S": "0.5",
    }
    now = (await exchange.get("/api/v3/time"))["serverTime"]
    with (tmp_path / "rest-producer.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "Kafka/rest_producer.py", cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        closed = now // MINUTE_MS * MINUTE_MS - MINUTE_MS
        await until_equal(kafka, exchange, SERVED, now - 50 * MINUTE_MS, closed)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), WITHIN_S) == 0
    finally:
        if process.returncode is None:
            process.kill()


OPENED = 1_700_000_040_000
ROW = [OPENED, "1", "2", "0.5", "1.5", "10.00000001", 1_700_000_099_999, "15", 3, "4", "6", "0"]
NONSENSE: tuple[bytes, ...] = (
    b"",
    b"<html>busy</html>",
    b"null",
    b"7",
    b'{"rows": 1}',
    b'["a", "b"]',
    b"[[]]",
    b"[[1700000040000]]",
    json.dumps([[*ROW[:1], "1e5", *ROW[2:]]]).encode(),
    json.dumps([[*ROW[:1], "-1", *ROW[2:]]]).encode(),
    json.dumps([[*ROW[:2], "0.1", *ROW[3:]]]).encode(),
    json.dumps([[OPENED + 1, *ROW[1:]]]).encode(),
    json.dumps([ROW, ROW]).encode(),
)


@asynccontextmanager
async def answering(
    answer: Callable[[], web.Response], budget: WeightBudget, monotonic: Callable[[], float]
) -> AsyncIterator[CandleClient]:
    """Give an opened client of an exchange whose answers to requests for candles a test chooses."""
    async with running(SeededMarket(7)) as real:
        info = await real.get("/api/v3/exchangeInfo")

    async def exchange_info(_request: web.Request) -> web.Response:
        return web.json_response(info)

    async def klines(_request: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_get("/api/v3/exchangeInfo", exchange_info)
    app.router.add_get("/api/v3/klines", klines)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = CandleClient(f"http://127.0.0.1:{runner.addresses[0][1]}", budget, monotonic)
    try:
        await client.open()
        yield client
    finally:
        await client.close()
        await runner.cleanup()


async def test_every_digit_comes_through_and_nonsense_is_refused_by_name() -> None:
    bodies = [json.dumps([ROW]).encode(), *NONSENSE]

    def answer() -> web.Response:
        return web.Response(body=bodies.pop(0), content_type="application/json")

    async with answering(answer, WeightBudget(6_000), time.monotonic) as client:
        [candle] = await client.candles("BTCUSDT", "1m", OPENED)
        assert (candle.open_time, candle.volume) == (OPENED, Decimal("10.00000001"))
        for nonsense in NONSENSE:
            try:
                candles = await client.candles("BTCUSDT", "1m", OPENED)
            except ExchangeError:
                continue
            assert candles == [], nonsense
    assert not bodies


async def test_the_time_that_a_refusal_names_is_kept() -> None:
    refusals = [web.Response(status=429, headers={"Retry-After": "7"}), web.json_response([ROW])]
    budget, now = WeightBudget(6_000), Seconds()
    async with answering(lambda: refusals.pop(0), budget, now) as client:
        with pytest.raises(ExchangeAwayError, match="slow down for 7 s"):
            await client.candles("BTCUSDT", "1m", OPENED)
        assert budget.delay(1, now()) == 7.0
        now.now += 7.0
        assert len(await client.candles("BTCUSDT", "1m", OPENED)) == 1
