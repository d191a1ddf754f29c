"""What the producers share: opening the markets, waiting for Kafka, the feeds, the graceful stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from candlestack_core.kafka import KafkaError, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run_async
from candlestack_core.settings import ExchangeSettings, KafkaSettings, SimulatorSettings, load
from candlestack_core.weight import USDM_ADDRESS_WEIGHT, WeightBudget
from candlestack_ingest.exchange.binance.budgets import connection_budget
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest
from candlestack_ingest.producers.carrier import Carrier
from candlestack_ingest.producers.feed import Context, DepthContext, Feed
from candlestack_ingest.producers.listings import send_listings
from candlestack_ingest.producers.market import open_futures, open_market
from candlestack_ingest.producers.outbox import COMPONENT as KAFKA
from candlestack_ingest.producers.outbox import Outbox, Refusals

EXCHANGE = "exchange"
FLUSH_S = 7.0
READINESS_EVERY_S = 1.0

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Feeds:
    """What a producer carries: feeds of spot, and those of USD-M, which spot never waits for."""

    spot: Callable[[Context], Sequence[Feed]]
    usdm: Callable[[DepthContext], Sequence[Feed]] | None = None
    listings: bool = False
    """Whether this producer also says how the exchange lists the pairs; one of them does."""


def run_producer(name: str, feeds: Feeds) -> None:
    """Run a stream producer until it is told to stop; ends the process with its exit code."""

    async def main(service: Service, stopping: asyncio.Event) -> None:
        await until_stopped(stopping, _produce(service, feeds))

    run_async(name, main, components=(EXCHANGE, KAFKA))


async def until_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
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


async def _produce(service: Service, feeds: Feeds) -> None:
    exchange, kafka, simulator = load(ExchangeSettings), load(KafkaSettings), load(SimulatorSettings)
    spot, usdm = Endpoints.spot(exchange, simulator), Endpoints.usdm(exchange, simulator)
    connections = connection_budget(exchange.connections_per_5_minutes)
    service.health.not_ready(EXCHANGE, f"waiting for {spot.rest}")
    async with aiohttp.ClientSession() as session:
        rest = SpotRest(session, spot.rest, WeightBudget(exchange.rest_weight_per_minute))
        market = await beating(service, open_market(rest, exchange))

        async def until_kafka_answers(ask: Callable[[], _Result]) -> _Result:
            return await beating(service, once_kafka_answers(service, kafka, ask))

        await until_kafka_answers(lambda: ensure_topics(kafka))
        refusals = Refusals()
        producer = await until_kafka_answers(
            lambda: open_producer(kafka, max_pending=exchange.producer_buffer_messages, on_refused=refusals)
        )
        outbox = Outbox(producer, service.health, clock_ms, refusals)

        async def carry(endpoints: Endpoints, feed: Feed) -> None:
            await once_kafka_answers(service, kafka, lambda: feed.resume(service.stopping))
            await Carrier(feed, endpoints, exchange, connections, outbox).run()

        async def carry_usdm(tasks: asyncio.TaskGroup) -> None:
            if feeds.usdm is None or not exchange.futures_symbols:
                return
            budget = WeightBudget(exchange.rest_weight_per_minute, USDM_ADDRESS_WEIGHT)
            usdm_rest = UsdmRest(session, usdm.rest, budget)
            futures = await open_futures(usdm_rest, exchange.futures_symbols, market.source)
            if futures is not None:
                for feed in feeds.usdm(DepthContext(futures, usdm_rest, outbox, clock_ms)):
                    tasks.create_task(carry(usdm, feed))

        try:
            context = Context(exchange, kafka, market, rest, outbox, clock_ms)
            carried = feeds.spot(context)
            for feed in carried:
                await until_kafka_answers(lambda feed=feed: feed.resume(service.stopping))  # type: ignore[misc]
            carriers = [Carrier(feed, spot, exchange, connections, outbox) for feed in carried]
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(outbox.run())
                tasks.create_task(_watch_connections(service, carriers))
                tasks.create_task(carry_usdm(tasks))
                if feeds.listings:
                    tasks.create_task(send_listings(context))
                for carrier in carriers:
                    tasks.create_task(carrier.run())
        finally:
            await outbox.close(FLUSH_S)


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


async def beating(service: Service, work: Awaitable[_Result]) -> _Result:
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


async def once_kafka_answers(
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


async def _watch_connections(service: Service, carriers: Sequence[Carrier]) -> None:
    """Say whether spot can be heard; futures that are away keep nothing else from being served."""
    while True:
        down = sum(carrier.pool.down() for carrier in carriers)
        if down:
            connections = sum(carrier.pool.connections for carrier in carriers)
            service.health.not_ready(EXCHANGE, f"{down} of {connections} connections are down")
        else:
            service.health.ready(EXCHANGE)
        await asyncio.sleep(READINESS_EVERY_S)
