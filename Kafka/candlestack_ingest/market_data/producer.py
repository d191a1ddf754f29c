"""The REST producer: polls every pair in turn, for ever, and sends what has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiohttp

from candlestack_core import metrics
from candlestack_core.kafka import open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.logging import get_logger
from candlestack_core.messages import MarketData, decode_market_data, encode
from candlestack_core.pauses import Pauses
from candlestack_core.service import Health, Service, run_async
from candlestack_core.settings import (
    ExchangeSettings,
    KafkaSettings,
    MarketDataSettings,
    SimulatorSettings,
    load,
)
from candlestack_core.topics import MARKET_DATA
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import KLINES_LIMIT, SpotRest
from candlestack_ingest.market_data.client import CandleClient, ExchangeAwayError, ExchangeError
from candlestack_ingest.market_data.series import Ohlcv, Series
from candlestack_ingest.producers.market import Market, open_market
from candlestack_ingest.producers.outbox import COMPONENT as KAFKA
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_ingest.producers.resume import resume_market_data
from candlestack_ingest.producers.runtime import (
    EXCHANGE,
    FLUSH_S,
    beating,
    clock_ms,
    once_kafka_answers,
    until_stopped,
)

_LOG = get_logger(__name__)

HOUR_MS = 3_600_000


class Poller:
    """Polls the pairs of a market and hands what has changed to Kafka."""

    def __init__(
        self,
        client: CandleClient,
        market: Market,
        settings: MarketDataSettings,
        outbox: Outbox,
        health: Health,
    ) -> None:
        self._client = client
        self._market = market
        self._timeframe = settings.market_data_timeframe
        self._every_s = settings.market_data_every_s
        self._outbox = outbox
        self._health = health
        self._pauses = Pauses(first=0.5, longest=30.0)
        self._series: dict[str, Series] = {}
        outbox.refusals.listen(MARKET_DATA, self._refused)

    def resume(self, sent: Mapping[str, Mapping[int, MarketData]], begin_ms: int) -> None:
        """Go on after what Kafka holds of each pair; pairs of which it holds nothing begin at a time, in ms."""
        length_ms = self._client.length_ms(self._timeframe)
        for symbol in self._market.symbols:
            rows = {open_time: _row(data) for open_time, data in sent.get(symbol, {}).items()}
            self._series[symbol] = (
                Series.resumed(symbol, length_ms, rows) if rows else Series(symbol, length_ms, begin_ms)
            )

    async def run(self) -> None:
        """Poll until cancelled: one pair after the other, a pause after every failure.

        A pair that failed is asked for again in the next round, so that one pair cannot keep the others waiting.
        """
        while True:
            began = time.monotonic()
            for series in self._series.values():
                await self._poll(series)
            await asyncio.sleep(max(0.0, began + self._every_s - time.monotonic()))

    async def _poll(self, series: Series) -> None:
        try:
            await self._catch_up(series)
        except ExchangeError as error:
            pause = self._pauses.next()
            away = isinstance(error, ExchangeAwayError)
            metrics.MARKET_DATA_POLLS.labels(outcome="away" if away else "refused").inc()
            _LOG.warning(
                "no candles, trying again", symbol=series.symbol, reason=str(error), seconds=round(pause, 1)
            )
            if away:
                self._health.not_ready(EXCHANGE, str(error))
            await asyncio.sleep(pause)
        else:
            self._pauses.reset()
            self._health.ready(EXCHANGE)
            metrics.MARKET_DATA_POLLS.labels(outcome="answered").inc()
            metrics.MARKET_DATA_CLOSED.labels(symbol=series.symbol).set(series.owed_from / 1000)

    async def _catch_up(self, series: Series) -> None:
        """Send what is owed, page by page.

        Raises:
            ExchangeError: when the exchange gives no usable answer.
        """
        while True:
            since = series.owed_from
            server_time = await self._client.server_time()
            rows = await self._client.candles(series.symbol, self._timeframe, since)
            for row in series.take(rows, server_time):
                value = encode(_data(row, series.symbol, self._market.source))
                await self._outbox.send(MARKET_DATA, series.symbol, value, received_ms=clock_ms())
            if len(rows) < KLINES_LIMIT or series.owed_from == since:
                return

    def _refused(self, value: bytes) -> None:
        data = decode_market_data(value)
        self._series[data.symbol].lost(data.timestamp)


def _data(row: Ohlcv, symbol: str, source: str) -> MarketData:
    return MarketData(
        symbol=symbol,
        timestamp=row.open_time,
        open=row.open,
        high=row.high,
        low=row.low,
        close=row.close,
        volume=row.volume,
        source=source,
    )


def _row(data: MarketData) -> Ohlcv:
    return Ohlcv(data.timestamp, data.open, data.high, data.low, data.close, data.volume)


async def _opened(client: CandleClient, health: Health) -> int:
    """Learn the pairs and the time of an exchange that may be away; return its time in ms."""
    pauses = Pauses()
    while True:
        try:
            await client.open()
            return await client.server_time()
        except ExchangeError as error:
            pause = pauses.next()
            health.not_ready(EXCHANGE, str(error))
            _LOG.warning("waiting for the exchange", reason=str(error), seconds=round(pause, 1))
            await asyncio.sleep(pause)


async def _produce(service: Service) -> None:
    exchange, kafka, simulator = load(ExchangeSettings), load(KafkaSettings), load(SimulatorSettings)
    settings = load(MarketDataSettings)
    address = Endpoints.spot(exchange, simulator).rest
    budget = WeightBudget(exchange.rest_weight_per_minute)
    service.health.not_ready(EXCHANGE, f"waiting for {address}")
    async with aiohttp.ClientSession() as session:
        market = await beating(service, open_market(SpotRest(session, address, budget), exchange))
    client = CandleClient(address, budget)
    try:
        now = await beating(service, _opened(client, service.health))
        await beating(service, once_kafka_answers(service, kafka, lambda: ensure_topics(kafka)))
        sent = await beating(
            service,
            once_kafka_answers(
                service,
                kafka,
                lambda: resume_market_data(
                    kafka, frozenset(market.symbols), market.source, stopping=service.stopping
                ),
            ),
        )
        refusals = Refusals()
        producer = await beating(
            service,
            once_kafka_answers(
                service,
                kafka,
                lambda: open_producer(
                    kafka, max_pending=exchange.producer_buffer_messages, on_refused=refusals
                ),
            ),
        )
        outbox = Outbox(producer, service.health, clock_ms, refusals)
        poller = Poller(client, market, settings, outbox, service.health)
        poller.resume(sent, now - exchange.backfill_hours * HOUR_MS)
        _LOG.info("resumed from Kafka", pairs=len(sent))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(outbox.run())
                tasks.create_task(poller.run())
        finally:
            await outbox.close(FLUSH_S)
    finally:
        await client.close()


def main() -> None:
    """Run the REST producer."""

    async def body(service: Service, stopping: asyncio.Event) -> None:
        await until_stopped(stopping, _produce(service))

    run_async("rest-producer", body, components=(EXCHANGE, KAFKA))
