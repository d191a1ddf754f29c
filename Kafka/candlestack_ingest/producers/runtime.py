"""What the producers share: opening the market, waiting for Kafka, the connections, the graceful stop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import aiohttp

from candlestack_core.kafka import KafkaError, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run_async
from candlestack_core.settings import ExchangeSettings, KafkaSettings, SimulatorSettings, load
from candlestack_ingest.exchange.binance.connection import Connection
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.exchange.binance.weight import WeightBudget
from candlestack_ingest.producers.market import Market, open_market
from candlestack_ingest.producers.outbox import COMPONENT as KAFKA
from candlestack_ingest.producers.outbox import Outbox

EXCHANGE = "exchange"
FLUSH_S = 7.0
READINESS_EVERY_S = 1.0

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Context:
    """What a feed works with."""

    exchange: ExchangeSettings
    kafka: KafkaSettings
    market: Market
    rest: SpotRest
    outbox: Outbox
    clock_ms: Callable[[], int]
    """This machine's time in ms, for headers and for finding what arrived in Kafka lately; never for windows."""


class Feed(Protocol):
    """One kind of stream on its way into Kafka."""

    @property
    def stream_suffix(self) -> str:
        """What follows `symbol@` in the names of its streams."""
        ...

    def resume(self, stopping: threading.Event) -> None:
        """Read back from Kafka where the last process stopped; blocks, until `stopping` is set at the longest.

        Raises:
            KafkaError: when the broker does not answer.
        """
        ...

    async def on_connected(self) -> None:
        """Take note that a connection was made, so that something may have been missed before."""
        ...

    async def on_frame(self, frame: bytes, received_ms: int) -> None:
        """Take one frame; waits while Kafka has no room."""
        ...

    async def run(self) -> None:
        """Do what is not driven by frames, until cancelled."""
        ...


def run_producer(name: str, feed_of: Callable[[Context], Feed]) -> None:
    """Run a stream producer until it is told to stop; ends the process with its exit code."""

    async def main(service: Service, stopping: asyncio.Event) -> None:
        await _until(stopping, _produce(service, feed_of))

    run_async(name, main, components=(EXCHANGE, KAFKA))


async def _until(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Await work until it ends or the event is set, then cancel it and let it clean up."""
    task = asyncio.create_task(work)
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def _produce(service: Service, feed_of: Callable[[Context], Feed]) -> None:
    exchange, kafka, simulator = load(ExchangeSettings), load(KafkaSettings), load(SimulatorSettings)
    endpoints = Endpoints.of(exchange, simulator)
    service.health.not_ready(EXCHANGE, f"waiting for {endpoints.rest}")
    async with aiohttp.ClientSession() as session:
        rest = SpotRest(session, endpoints.rest, WeightBudget(exchange.rest_weight_per_minute))
        market = await _beating(service, open_market(rest, exchange))

        async def until_kafka_answers(ask: Callable[[], _Result]) -> _Result:
            return await _beating(service, _until_kafka_answers(service, kafka, ask))

        await until_kafka_answers(lambda: ensure_topics(kafka))
        producer = await until_kafka_answers(
            lambda: open_producer(kafka, max_pending=exchange.producer_buffer_messages)
        )
        outbox = Outbox(producer, service.health, _clock_ms)
        feed = feed_of(Context(exchange, kafka, market, rest, outbox, _clock_ms))
        try:
            await until_kafka_answers(lambda: feed.resume(service.stopping))
            connections = _connections(endpoints, market, exchange.streams_per_connection, feed)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(outbox.run())
                tasks.create_task(feed.run())
                tasks.create_task(_watch_connections(service, connections))
                for connection in connections:
                    tasks.create_task(connection.run())
        finally:
            await outbox.close(FLUSH_S)


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000


async def _beating(service: Service, work: Awaitable[_Result]) -> _Result:
    """Await something that may take as long as others are away, and stay alive meanwhile."""

    async def beat() -> None:
        while True:
            service.health.beat()
            await asyncio.sleep(READINESS_EVERY_S)

    beats = asyncio.create_task(beat())
    try:
        return await work
    finally:
        beats.cancel()


async def _until_kafka_answers(
    service: Service, settings: KafkaSettings, ask: Callable[[], _Result]
) -> _Result:
    """Call something that blocks and needs the broker, again and again until it succeeds; return its result."""
    pauses = Pauses()
    while True:
        try:
            result = await asyncio.to_thread(ask)
        except KafkaError as error:
            pause = pauses.next()
            reason = f"no answer from {settings.kafka_bootstrap}: {error}"
            service.health.not_ready(KAFKA, reason)
            service.log.warning("waiting for Kafka", reason=reason, seconds=round(pause, 1))
            await asyncio.sleep(pause)
        else:
            service.health.ready(KAFKA)
            return result


def _connections(
    endpoints: Endpoints, market: Market, streams_per_connection: int, feed: Feed
) -> Sequence[Connection]:
    streams = [f"{symbol.lower()}@{feed.stream_suffix}" for symbol in market.symbols]
    shards = [streams[i : i + streams_per_connection] for i in range(0, len(streams), streams_per_connection)]
    return [
        Connection(
            endpoints.combined(shard), f"{feed.stream_suffix}-{number}", feed.on_frame, feed.on_connected
        )
        for number, shard in enumerate(shards)
    ]


async def _watch_connections(service: Service, connections: Sequence[Connection]) -> None:
    while True:
        down = sum(not connection.connected for connection in connections)
        if down:
            service.health.not_ready(EXCHANGE, f"{down} of {len(connections)} connections are down")
        else:
            service.health.ready(EXCHANGE)
        await asyncio.sleep(READINESS_EVERY_S)
