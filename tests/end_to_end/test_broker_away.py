"""The broker dies under the producers: they hold what they can, say so, and catch up by REST."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from candlestack_core.kafka import open_consumer
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import KLINE_1M, TRADES
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import Platform, read_values, trade_ids_without_a_gap
from waiting import eventually

BACKFILL_MINUTES = 60
PRODUCERS = ("candle-producer", "trade-producer")
SYMBOLS = ("BTCUSDT", "ETHUSDT", "XRPUSDT")


@pytest.fixture
def platform(
    own_kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Platform]:
    with Platform(
        broker=own_kafka_broker,
        mongo=mongo_server,
        redis=redis_server,
        log_dir=tmp_path,
        database="BROKER_AWAY",
        settings={
            "BACKFILL_HOURS": "1",
            "PRODUCER_BUFFER_MESSAGES": "100",
            "SYMBOLS": ",".join(SYMBOLS),
        },
    ) as platform:
        yield platform


def test_a_killed_broker_is_said_and_every_candle_and_trade_is_there_after_its_return(
    platform: Platform, own_kafka_broker: KafkaBroker
) -> None:
    own_kafka_broker.kill()
    platform.start("simulator", *PRODUCERS)
    for name in PRODUCERS:
        eventually(lambda name=name: "waiting for Kafka" in platform[name].output(), f"{name} says so")  # type: ignore[misc]
        assert platform[name].running()
        assert not platform[name].ready()
    own_kafka_broker.start()
    own_kafka_broker.wait_ready()
    for name in PRODUCERS:
        eventually(platform[name].ready, f"{name} is ready")

    consumer = open_consumer(KafkaSettings.model_validate({"kafka_bootstrap": own_kafka_broker.bootstrap}))
    eventually(lambda: len(read_values(consumer, TRADES)) > 30, "trades on the topic")

    own_kafka_broker.kill()
    for name in PRODUCERS:
        eventually(lambda name=name: not platform[name].ready(), f"{name} is not ready")  # type: ignore[misc]
        assert platform[name].running()
    paused = "candlestack_exchange_reading_paused 1.0"
    eventually(lambda: paused in platform["trade-producer"].metrics(), "the reading of trades is paused")
    own_kafka_broker.start()
    own_kafka_broker.wait_ready()
    for name in PRODUCERS:
        eventually(platform[name].ready, f"{name} is ready again")

    now = platform.simulator("/api/v3/time")["serverTime"]
    minute = now - now % 60_000 - 60_000
    due = set(range(minute - (BACKFILL_MINUTES - 3) * 60_000, minute + 1, 60_000))

    def all_closed() -> bool:
        closed = {symbol: set[object]() for symbol in SYMBOLS}
        for value in read_values(consumer, KLINE_1M):
            if value["closed"]:
                closed[value["symbol"]].add(value["open_time"])
        return all(due <= minutes for minutes in closed.values())

    eventually(all_closed, "every closed candle of the last hour")

    eventually(lambda: trade_ids_without_a_gap(read_values(consumer, TRADES)), "trades without a gap")
    consumer.close()
