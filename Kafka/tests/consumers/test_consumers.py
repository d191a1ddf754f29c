"""The consumers as processes: stores away, malformed records, and the graceful stop."""

from __future__ import annotations

import json
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
import redis

from candlestack_core.kafka import Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import decode_dead_letter
from candlestack_core.names import KLINE_1M, trades_key
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, TRADES
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import Platform, eventually, read_values
from records import candle, record, trade

WAIT_S = 30.0


@pytest.fixture
def kafka(kafka_broker: KafkaBroker) -> KafkaSettings:
    settings = KafkaSettings.model_validate(
        {"kafka_bootstrap": kafka_broker.bootstrap, "kafka_topic": f"consumed-{uuid.uuid4().hex}"}
    )
    ensure_topics(settings)
    return settings


@pytest.fixture
def producer(kafka: KafkaSettings) -> Iterator[Producer]:
    producer = open_producer(kafka, max_pending=100_000)
    yield producer
    producer.close()


@pytest.fixture
def platform(
    kafka_broker: KafkaBroker,
    kafka: KafkaSettings,
    own_mongo_server: MongoServer,
    own_redis_server: RedisServer,
    tmp_path: Path,
) -> Iterator[Platform]:
    with Platform(
        broker=kafka_broker,
        mongo=own_mongo_server,
        redis=own_redis_server,
        log_dir=tmp_path,
        database="CONSUMED",
        settings={"KAFKA_TOPIC": kafka.kafka_topic},
    ) as platform:
        yield platform


def send_candles(producer: Producer, topic: str, minutes: range) -> None:
    for minute in minutes:
        made = candle(minute, version=1)
        producer.send(topic, made.symbol, record(made).value)
    assert producer.flush(WAIT_S) == 0


def test_mongodb_away_at_start_and_in_between_is_said_and_costs_no_candle(
    platform: Platform, kafka: KafkaSettings, producer: Producer, own_mongo_server: MongoServer
) -> None:
    own_mongo_server.kill()
    platform.start("candle-writer")
    writer = platform["candle-writer"]
    eventually(lambda: "the store is away" in writer.output(), "word that MongoDB is away")
    assert not writer.ready()
    send_candles(producer, kafka.kafka_topic, range(100))
    own_mongo_server.start()
    own_mongo_server.wait_ready()
    with pymongo.MongoClient[dict[str, object]](own_mongo_server.uri) as client:
        candles = client["CONSUMED"][KLINE_1M]
        eventually(lambda: candles.count_documents({}) == 100, "the candles sent meanwhile")
        eventually(writer.ready, "the writer is ready")

        own_mongo_server.kill()
        send_candles(producer, kafka.kafka_topic, range(100, 150))
        eventually(lambda: not writer.ready(), "the writer says that MongoDB is away")
        assert writer.running()
        writer.kill_and_restart()
        own_mongo_server.start()
        own_mongo_server.wait_ready()
        eventually(lambda: candles.count_documents({}) == 150, "all candles after the second absence")


def test_redis_away_in_between_is_said_and_costs_no_trade(
    platform: Platform, producer: Producer, own_redis_server: RedisServer
) -> None:
    symbol = f"R{uuid.uuid4().hex[:12].upper()}"
    platform.start("redis-writer")
    writer = platform["redis-writer"]
    eventually(writer.ready, "the writer is ready")
    own_redis_server.kill()
    for trade_id in range(100):
        producer.send(TRADES, symbol, record(trade(trade_id, symbol)).value)
    assert producer.flush(WAIT_S) == 0
    eventually(lambda: not writer.ready(), "the writer says that Redis is away")
    own_redis_server.start()
    own_redis_server.wait_ready()
    with redis.Redis(port=own_redis_server.port) as store:
        eventually(lambda: store.llen(trades_key(symbol)) == 100, "the trades sent meanwhile")
        ids = [json.loads(value)["trade_id"] for value in store.lrange(trades_key(symbol), 0, -1)]
        assert ids == list(range(99, -1, -1))


def test_malformed_records_become_dead_letters_and_the_rest_is_written(
    platform: Platform, kafka: KafkaSettings, producer: Producer, own_mongo_server: MongoServer
) -> None:
    platform.start("candle-writer")
    eventually(platform["candle-writer"].ready, "the writer is ready")
    marks = [f"not a candle {uuid.uuid4().hex}".encode() for _ in range(2)]
    for mark in marks:
        producer.send(kafka.kafka_topic, "BTCUSDT", mark)
    send_candles(producer, kafka.kafka_topic, range(10))
    with pymongo.MongoClient[dict[str, object]](own_mongo_server.uri) as client:
        eventually(lambda: client["CONSUMED"][KLINE_1M].count_documents({}) == 10, "the good candles")
    consumer = open_consumer(kafka)
    letters = [decode_dead_letter(json.dumps(value)) for value in read_values(consumer, DEAD_LETTER)]
    consumer.close()
    buried = {letter.original(): letter for letter in letters}
    for mark in marks:
        assert "malformed" in buried[mark].reason
        assert buried[mark].origin.startswith(f"topic:{kafka.kafka_topic}/")


def test_told_to_stop_a_writer_commits_and_a_new_one_reads_nothing_again(
    platform: Platform, kafka: KafkaSettings, producer: Producer, own_mongo_server: MongoServer
) -> None:
    platform.start("candle-writer")
    writer = platform["candle-writer"]
    eventually(writer.ready, "the writer is ready")
    send_candles(producer, kafka.kafka_topic, range(20))
    with pymongo.MongoClient[dict[str, object]](own_mongo_server.uri) as client:
        eventually(lambda: client["CONSUMED"][KLINE_1M].count_documents({}) == 20, "the candles")
        assert writer.signal(signal.SIGTERM) == 0
        client["CONSUMED"][KLINE_1M].delete_many({})
        writer.start()
        eventually(writer.ready, "the writer is ready again")
        send_candles(producer, kafka.kafka_topic, range(20, 25))
        eventually(lambda: client["CONSUMED"][KLINE_1M].count_documents({}) >= 5, "the new candles")
        assert client["CONSUMED"][KLINE_1M].count_documents({}) == 5
