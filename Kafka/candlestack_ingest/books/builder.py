"""The order-book builder: diffs from Kafka, snapshots from REST, books into Redis and Kafka.

Where reading begins. The books live in memory, and a snapshot is newer than any offset that could have been
committed, so the builder belongs to no consumer group and commits nothing. It reads every partition from
`REACH_BACK_S` before now: a snapshot that is served a little late still finds the diffs that bridge it, and a
pair that trades seldom need not wait for its next diff. The rest of the topic is of no use to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import aiohttp
import msgspec

from candlestack_core import metrics
from candlestack_core.kafka import Consumer, KafkaError, Producer, Record, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.names import HEADER_RECEIVED
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run_async
from candlestack_core.settings import (
    DEFAULT_SYMBOLS,
    ExchangeSettings,
    KafkaSettings,
    OrderBookSettings,
    RedisSettings,
    SimulatorSettings,
    load,
)
from candlestack_core.topics import ORDERBOOK_UPDATE
from candlestack_core.weight import USDM_ADDRESS_WEIGHT, WeightBudget
from candlestack_ingest.books.diffs import Diff, decode_diff, has_previous
from candlestack_ingest.books.kafka_outlet import KafkaOutlet
from candlestack_ingest.books.outlet import Outlet, Schedule, publish
from candlestack_ingest.books.redis_outlet import RedisOutlet, connect
from candlestack_ingest.books.shelf import Shelf
from candlestack_ingest.books.snapshots import Snapshots
from candlestack_ingest.books.tracked import Limits
from candlestack_ingest.consumers.dead_letters import DeadLetters
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest

DIFFS = "diffs"
BOOKS = "books"

REACH_BACK_S = 5.0
POLL_S = 0.02
MOST_RECORDS = 500
MEASURE_EVERY_S = 1.0
MOST_UNSENT = 500
"""Books handed to the producer and not acknowledged; beyond it the newest state of each waits instead."""
USDM_WEIGHT_PER_MINUTE = 480
"""A fifth of what USD-M allows an address: all futures books four times a minute."""
FLUSH_S = 3.0

_Result = TypeVar("_Result")


def main() -> None:
    """Run the order-book builder."""
    run_async("orderbook-builder", _build, components=(DIFFS, BOOKS, KafkaOutlet.name, RedisOutlet.name))


async def _build(service: Service, stopping: asyncio.Event) -> None:
    kafka, exchange, settings = load(KafkaSettings), load(ExchangeSettings), load(OrderBookSettings)
    clients = await _until_kafka_answers(service, stopping, lambda: _open(kafka))
    if clients is None:
        return
    consumer, producer = clients
    outlet = RedisOutlet(connect(load(RedisSettings)))
    shelf = Shelf(
        {"spot": exchange.symbols or DEFAULT_SYMBOLS, "usdm": exchange.futures_symbols},
        Limits(
            depth=settings.book_depth,
            buffer_diffs=settings.book_buffer_diffs,
            audit_every_s=settings.book_audit_every_s,
            silent_after_s=settings.book_silent_after_s,
        ),
    )
    try:
        async with aiohttp.ClientSession() as session:
            snapshots = _snapshots(session, exchange, load(SimulatorSettings))
            # Diffs come every 100 ms, one a little late and the next a little early. In Kafka the least distance is
            # shorter, so that each is published as it comes. In Redis it is longer: a book with all its levels
            # takes a millisecond to write.
            schedules: Mapping[Outlet, Schedule] = {
                KafkaOutlet(producer, _clock_ms): Schedule(settings.book_publish_every_ms / 1000),
                outlet: Schedule(settings.book_store_every_ms / 1000),
            }
            changed = [asyncio.Event() for _ in schedules]
            publishing = [
                asyncio.create_task(
                    publish(each, shelf.books, changed=event, schedule=schedule, health=service.health)
                )
                for (each, schedule), event in zip(schedules.items(), changed, strict=True)
            ]
            reader = _Reader(service, consumer, DeadLetters(producer), shelf, snapshots, changed=changed)
            reading = asyncio.create_task(reader.run(stopping))
            try:
                # Publishing never ends by itself: what ends first is told to stop, or has failed.
                await asyncio.wait({reading, *publishing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.set()
                for task in publishing:
                    task.cancel()
                await asyncio.wait({reading, *publishing})
                await snapshots.close()
        for task in (reading, *publishing):
            if not task.cancelled():
                task.result()
    finally:
        await outlet.close()
        await asyncio.to_thread(producer.flush, FLUSH_S)
        producer.close()
        await asyncio.to_thread(consumer.close)


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000


def _open(kafka: KafkaSettings) -> tuple[Consumer, Producer]:
    """Open the clients, and read from a little before now.

    Raises:
        KafkaError: when the broker does not answer.
    """
    ensure_topics(kafka)
    producer = open_producer(kafka, max_pending=MOST_UNSENT)
    consumer = open_consumer(kafka)
    try:
        since_ms = _clock_ms() - int(REACH_BACK_S * 1000)
        partitions = consumer.partitions(ORDERBOOK_UPDATE)
        consumer.assign({partition: consumer.offset_at(partition, since_ms) for partition in partitions})
    except KafkaError:
        consumer.close()
        producer.close()
        raise
    return consumer, producer


async def _until_kafka_answers(
    service: Service, stopping: asyncio.Event, ask: Callable[[], _Result]
) -> _Result | None:
    """Call what blocks and needs the broker until it succeeds; return its result, None when told to stop."""
    pauses = Pauses()
    while not stopping.is_set():
        service.health.beat()
        try:
            return await asyncio.to_thread(ask)
        except KafkaError as error:
            reason = f"no answer from the broker: {error}"
            service.health.not_ready(DIFFS, reason)
            service.log.warning("waiting for Kafka", reason=reason)
            await _wait(stopping.wait(), pauses.next())
    return None


async def _wait(event: Awaitable[object], seconds: float) -> None:
    try:
        await asyncio.wait_for(event, seconds)
    except TimeoutError:
        return


def _snapshots(
    session: aiohttp.ClientSession, exchange: ExchangeSettings, simulator: SimulatorSettings
) -> Snapshots:
    spot, usdm = Endpoints.spot(exchange, simulator), Endpoints.usdm(exchange, simulator)
    usdm_weight = WeightBudget(
        min(USDM_WEIGHT_PER_MINUTE, exchange.rest_weight_per_minute), USDM_ADDRESS_WEIGHT
    )
    return Snapshots(
        {
            "spot": SpotRest(session, spot.rest, WeightBudget(exchange.rest_weight_per_minute)),
            "usdm": UsdmRest(session, usdm.rest, usdm_weight),
        },
        time.monotonic,
    )


class _Reader:
    """Reads diffs and gives them to their books, until told to stop."""

    def __init__(
        self,
        service: Service,
        consumer: Consumer,
        dead_letters: DeadLetters,
        shelf: Shelf,
        snapshots: Snapshots,
        *,
        changed: Sequence[asyncio.Event],
    ) -> None:
        self._service = service
        self._consumer = consumer
        self._dead_letters = dead_letters
        self._shelf = shelf
        self._snapshots = snapshots
        self._changed = changed
        self._pauses = Pauses(first=0.25, longest=5.0)
        self._measure_at = 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._service.health.beat()
            try:
                records = await asyncio.to_thread(self._consumer.poll, POLL_S, MOST_RECORDS)
            except KafkaError as error:
                self._service.health.not_ready(DIFFS, str(error))
                self._service.log.warning("kafka refuses", reason=str(error))
                await _wait(stopping.wait(), self._pauses.next())
                continue
            for record in records:
                self._take(record)
            now = time.monotonic()
            self._shelf.watch(now)
            for event in self._changed:
                event.set()
            self._snapshots.start_wanted(self._shelf.books())
            if self._dead_letters.waiting():
                self._dead_letters.settle(0.0)
            if now >= self._measure_at:
                self._measure_at = now + MEASURE_EVERY_S
                self._say()

    def _take(self, record: Record) -> None:
        metrics.RECORDS_CONSUMED.labels(topic=record.topic).inc()
        try:
            diff = decode_diff(record.value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._dead_letters.put(record, str(error))
            return
        if not has_previous(diff) or diff.first_update_id > diff.final_update_id:
            self._dead_letters.put(record, "its update ids are not those of a diff")
            return
        self._give(diff, record)

    def _give(self, diff: Diff, record: Record) -> None:
        now = time.monotonic()
        # A diff that waited in Kafka is no news: what lags behind is as silent as what says nothing.
        waited_s = max(_clock_ms() - record.timestamp, 0) / 1000
        with metrics.BOOK_APPLY_SECONDS.labels(market=diff.market).time():
            self._shelf.take(diff, now - waited_s, now, record.time_header(HEADER_RECEIVED))

    def _say(self) -> None:
        """Publish the metrics, and whether there is something to serve."""
        health = self._service.health
        if self._consumer.assignment():
            health.ready(DIFFS)
            self._pauses.reset()
        else:
            health.not_ready(DIFFS, "no partition is read")
        if self._shelf.synced():
            health.ready(BOOKS)
        else:
            health.not_ready(BOOKS, f"none of {len(list(self._shelf.books()))} books is synced")
        self._shelf.measure()
