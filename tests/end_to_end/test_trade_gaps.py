"""A gap in a pair's trades on its way through the feed: the exchange may be given up, the broker never."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from candlestack_core.kafka import open_consumer, open_producer
from candlestack_core.kafka.create_topics import wait_and_ensure_topics
from candlestack_core.service import Health
from candlestack_core.settings import ExchangeSettings, KafkaSettings
from candlestack_core.topics import TRADES
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.producers import trade_refill
from candlestack_ingest.producers.feed import Context
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox
from candlestack_ingest.producers.trades import TradeFeed
from candlestack_local.servers import KafkaBroker
from candlestack_simulator import wire
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.source import Emission, Trade
from candlestack_simulator.testing import Clock, running, until
from platform_under_test import read_values
from waiting import PATIENCE_S as BROKER_PATIENCE_S

SYMBOL, STREAM = "BTCUSDT", "btcusdt@trade"
MISSED_TRADES = 400
BUFFER = 100
PATIENCE_S = 3.0
"""For the exchange alone, which answers at once, but for a process that stands still meanwhile."""


def frame_of(trade: Trade) -> bytes:
    return wire.combined(STREAM, wire.stream_payload(Emission(STREAM, trade.time_ms, trade)))


async def take(feed: TradeFeed, trade: Trade) -> None:
    waiting = feed.on_frame(frame_of(trade), 0)
    if waiting is not None:
        await waiting


async def test_a_gap_is_filled_whole_however_long_the_broker_is_away_meanwhile(
    lasting_kafka_broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trade_refill, "FILL_TIMEOUT_S", PATIENCE_S)
    market = SeededMarket(7, clock=Clock(1_773_500_040_000))
    traded = market.last_trades(SYMBOL, MISSED_TRADES + 2)
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": lasting_kafka_broker.bootstrap})
    wait_and_ensure_topics(kafka, BROKER_PATIENCE_S)
    producer = open_producer(kafka, max_pending=BUFFER)
    outbox = Outbox(producer, Health(), lambda: time.time_ns() // 1_000_000)
    async with running(market) as exchange, aiohttp.ClientSession() as session:
        feed = TradeFeed(
            Context(
                ExchangeSettings(),
                kafka,
                Market("simulator", (SYMBOL,)),
                SpotRest(session, f"http://{exchange.address}", WeightBudget(6_000)),
                outbox,
                lambda: time.time_ns() // 1_000_000,
            )
        )
        working = [asyncio.create_task(outbox.run()), asyncio.create_task(feed.run())]
        for trade in traded[:2]:
            await take(feed, trade)
        consumer = open_consumer(kafka)
        await until(lambda: len(read_values(consumer, TRADES)) == 2)
        lasting_kafka_broker.suspend()
        await take(feed, traded[-1])
        await until(lambda: producer.pending() == BUFFER)
        await asyncio.sleep(1.5 * PATIENCE_S)  # what would be given up is given up by now
        lasting_kafka_broker.resume()
        expected = [trade.trade_id for trade in traded]

        def told() -> list[int]:
            return [value["trade_id"] for value in read_values(consumer, TRADES)]

        await until(lambda: len(told()) == len(expected) or any(map(asyncio.Task.done, working)))
        assert told() == expected
        consumer.close()
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        await outbox.close(5.0)
