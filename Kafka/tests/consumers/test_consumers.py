"""The consumers as processes: killed, stopped, with the broker and the stores away, and fed with bad records."""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
import redis

from candlestack_core.kafka import Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import decode_dead_letter
from candlestack_core.names import KLINE_1M, trades_key, window_candle_key
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, TRADES
from candlestack_ingest import init_stores
from candlestack_local.servers import LOOPBACK, KafkaBroker, MongoServer, RedisServer, free_port
from platform_under_test import Platform, Program, read_values
from records import START, candle, record, trade
from waiting import eventually

WAIT_S = 180.0
DATABASE = f"CONSUMED_{uuid.uuid4().hex}"
REDIS_WRITER, CANDLE_WRITER = "redis-writer", "candle-writer"

Candles = pymongo.collection.Collection[dict[str, object]]


def kafka_of(broker: KafkaBroker) -> KafkaSettings:
    """Return settings with a candle topic of its own; the others are shared."""
    return KafkaSettings.model_validate(
        {"kafka_bootstrap": broker.bootstrap, "kafka_topic": f"consumed-{uuid.uuid4().hex}"}
    )


@pytest.fixture
def kafka(kafka_broker: KafkaBroker) -> KafkaSettings:
    settings = kafka_of(kafka_broker)
    ensure_topics(settings)
    return settings


@pytest.fixture
def producer(kafka: KafkaSettings) -> Iterator[Producer]:
    producer = open_producer(kafka, max_pending=100_000)
    yield producer
    producer.close()


def platform_on(
    kafka: KafkaSettings, broker: KafkaBroker, mongo: MongoServer, store: RedisServer, log_dir: Path
) -> Platform:
    return Platform(
        broker=broker,
        mongo=mongo,
        redis=store,
        log_dir=log_dir,
        database=DATABASE,
        settings={"KAFKA_TOPIC": kafka.kafka_topic},
    )


@pytest.fixture
def platform(
    kafka_broker: KafkaBroker,
    kafka: KafkaSettings,
    mongo_server: MongoServer,
    redis_server: RedisServer,
    tmp_path: Path,
) -> Iterator[Platform]:
    with platform_on(kafka, kafka_broker, mongo_server, redis_server, tmp_path) as platform:
        yield platform


@pytest.fixture
def platform_with_own_mongo(
    kafka_broker: KafkaBroker,
    kafka: KafkaSettings,
    own_mongo_server: MongoServer,
    redis_server: RedisServer,
    tmp_path: Path,
) -> Iterator[Platform]:
    with platform_on(kafka, kafka_broker, own_mongo_server, redis_server, tmp_path) as platform:
        yield platform


@pytest.fixture
def platform_with_own_redis(
    kafka_broker: KafkaBroker,
    kafka: KafkaSettings,
    mongo_server: MongoServer,
    own_redis_server: RedisServer,
    tmp_path: Path,
) -> Iterator[Platform]:
    with platform_on(kafka, kafka_broker, mongo_server, own_redis_server, tmp_path) as platform:
        yield platform


@pytest.fixture
def candles(mongo_server: MongoServer) -> Iterator[Candles]:
    """The collection that the writers of this test write into, empty."""
    with pymongo.MongoClient[dict[str, object]](mongo_server.uri) as client:
        client[DATABASE][KLINE_1M].delete_many({})
        yield client[DATABASE][KLINE_1M]


@pytest.fixture
def store(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis(host=LOOPBACK, port=redis_server.port) as client:
        client.flushall()
        yield client


def a_symbol() -> str:
    return f"T{uuid.uuid4().hex[:12].upper()}"


def send_candles(producer: Producer, topic: str, minutes: range, symbol: str = "BTCUSDT") -> None:
    for minute in minutes:
        producer.send(topic, symbol, record(candle(minute, 1, symbol=symbol)).value)
    assert producer.flush(WAIT_S) == 0


def send_trades(producer: Producer, symbol: str, ids: range) -> None:
    for trade_id in ids:
        producer.send(TRADES, symbol, record(trade(trade_id, symbol)).value)
    assert producer.flush(WAIT_S) == 0


def ids_of(store: redis.Redis, symbol: str) -> list[int]:
    return [json.loads(value)["trade_id"] for value in store.lrange(trades_key(symbol), 0, -1)]


def newest_first(ids: range) -> list[int]:
    return list(reversed(ids))


def minutes_of(candles: Candles, symbol: str = "BTCUSDT") -> list[int]:
    """Return the minutes stored for a pair, in order, each as often as it is there."""
    times = candles.find({"symbol": symbol}, {"close_time": True}).sort("close_time", 1)
    return [(int(t["close_time"].timestamp() * 1000) - START) // 60_000 for t in times]  # type: ignore[attr-defined]


def window_minutes(store: redis.Redis, symbol: str, minutes: range) -> int:
    return store.exists(*(window_candle_key(symbol, START + minute * 60_000) for minute in minutes))


def is_said(program: Program, words: str) -> bool:
    return words in program.output()


def test_writers_killed_in_the_middle_of_a_stream_lose_and_double_nothing(
    platform: Platform, kafka: KafkaSettings, producer: Producer, candles: Candles, store: redis.Redis
) -> None:
    symbols = [a_symbol() for _ in range(3)]
    before, after = range(1000), range(1000, 1200)

    def send(minutes: range) -> None:
        for symbol in symbols:
            send_trades(producer, symbol, range(minutes.start * 10, minutes.stop * 10))
            send_candles(producer, kafka.kafka_topic, minutes, symbol)

    send(before)
    platform.start(REDIS_WRITER, CANDLE_WRITER)
    # Somewhere in the stream: some of it written, some of what is written not committed.
    eventually(lambda: candles.count_documents({}) > 0, "some candles")
    platform[CANDLE_WRITER].kill_and_restart()
    eventually(lambda: any(ids_of(store, symbol) for symbol in symbols), "some trades")
    platform[REDIS_WRITER].kill_and_restart()
    send(after)

    whole = range(after.stop)
    eventually(
        lambda: all(ids_of(store, symbol)[:1] == [whole.stop * 10 - 1] for symbol in symbols), "all trades"
    )
    eventually(
        lambda: all(window_minutes(store, symbol, whole) == len(whole) for symbol in symbols), "the window"
    )
    eventually(lambda: candles.count_documents({}) >= len(symbols) * len(whole), "the candles")
    for symbol in symbols:
        assert ids_of(store, symbol) == newest_first(range(whole.stop * 10))[:1000]
        assert minutes_of(candles, symbol) == list(whole)


def test_mongodb_away_at_start_and_in_between_is_said_and_costs_no_candle(
    platform_with_own_mongo: Platform,
    kafka: KafkaSettings,
    producer: Producer,
    own_mongo_server: MongoServer,
) -> None:
    own_mongo_server.kill()
    platform_with_own_mongo.start(CANDLE_WRITER)
    writer = platform_with_own_mongo[CANDLE_WRITER]
    eventually(lambda: is_said(writer, "the store is away"), "word that MongoDB is away")
    assert not writer.ready()
    send_candles(producer, kafka.kafka_topic, range(100))
    own_mongo_server.restart()
    with pymongo.MongoClient[dict[str, object]](own_mongo_server.uri) as client:
        candles = client[DATABASE][KLINE_1M]
        eventually(lambda: candles.count_documents({}) == 100, "the candles sent meanwhile")
        eventually(writer.ready, "the writer is ready")

        own_mongo_server.kill()
        eventually(lambda: not writer.ready(), "the writer notices it with nothing to write")
        send_candles(producer, kafka.kafka_topic, range(100, 150))
        own_mongo_server.restart()
        eventually(lambda: candles.count_documents({}) == 150, "the candles of the second absence")
        assert writer.running()
        assert minutes_of(candles) == list(range(150))


def test_a_frozen_mongodb_does_not_keep_the_writer_from_stopping(
    platform_with_own_mongo: Platform,
    kafka: KafkaSettings,
    producer: Producer,
    own_mongo_server: MongoServer,
) -> None:
    platform_with_own_mongo.start(CANDLE_WRITER)
    writer = platform_with_own_mongo[CANDLE_WRITER]
    eventually(writer.ready, "the writer is ready")
    own_mongo_server.suspend()
    send_candles(producer, kafka.kafka_topic, range(10))
    eventually(lambda: is_said(writer, "the store is away"), "word that MongoDB is away")
    assert writer.signal(signal.SIGTERM) == 0
    own_mongo_server.resume()
    writer.start()
    with pymongo.MongoClient[dict[str, object]](own_mongo_server.uri) as client:
        eventually(lambda: minutes_of(client[DATABASE][KLINE_1M]) == list(range(10)), "the candles")


def test_redis_away_and_back_without_its_data_gets_the_trades_sent_meanwhile_and_its_window(
    platform_with_own_redis: Platform,
    kafka: KafkaSettings,
    producer: Producer,
    own_redis_server: RedisServer,
) -> None:
    symbol, minutes = a_symbol(), range(300)
    own_redis_server.kill()
    platform_with_own_redis.start(REDIS_WRITER)
    writer = platform_with_own_redis[REDIS_WRITER]
    with redis.Redis(host=LOOPBACK, port=own_redis_server.port) as store:
        eventually(lambda: is_said(writer, "the store is away"), "word that Redis is away at start")
        send_candles(producer, kafka.kafka_topic, minutes, symbol)
        send_trades(producer, symbol, range(100))
        own_redis_server.restart()
        eventually(lambda: window_minutes(store, symbol, minutes) == len(minutes), "the window")
        eventually(lambda: ids_of(store, symbol) == newest_first(range(100)), "the trades")
        eventually(writer.ready, "the writer is ready")
        # What is not committed is read again, should the writer stand still for longer than its group waits for it.
        eventually(lambda: lag_of(writer) == 0, "the trades are committed")

        own_redis_server.kill()
        eventually(lambda: not writer.ready(), "the writer says that Redis is away")
        send_trades(producer, symbol, range(100, 200))
        shutil.rmtree(own_redis_server.data_dir / "appendonlydir")
        own_redis_server.restart()
        eventually(lambda: window_minutes(store, symbol, minutes) == len(minutes), "the window again")
        eventually(lambda: ids_of(store, symbol) == newest_first(range(100, 200)), "the trades since then")
        eventually(writer.ready, "the writer is ready again")
        assert writer.running()


def test_the_broker_away_at_start_and_frozen_later_is_said_and_the_writer_can_be_stopped(
    own_kafka_broker: KafkaBroker,
    mongo_server: MongoServer,
    redis_server: RedisServer,
    candles: Candles,
    tmp_path: Path,
) -> None:
    kafka = kafka_of(own_kafka_broker)
    own_kafka_broker.kill()
    with platform_on(kafka, own_kafka_broker, mongo_server, redis_server, tmp_path) as platform:
        platform.start(CANDLE_WRITER)
        writer = platform[CANDLE_WRITER]
        eventually(lambda: is_said(writer, "waiting for Kafka"), "word that the broker is away")
        own_kafka_broker.restart()
        eventually(writer.ready, "the writer, which makes the topics itself, is ready")
        producer = open_producer(kafka, max_pending=1000)
        send_candles(producer, kafka.kafka_topic, range(10))
        producer.close()
        eventually(lambda: minutes_of(candles) == list(range(10)), "the candles")
        own_kafka_broker.suspend()
        eventually(lambda: not writer.ready(), "the writer says that the broker is away")
        assert writer.signal(signal.SIGTERM) == 0
        own_kafka_broker.resume()


def test_malformed_records_become_dead_letters_and_the_rest_is_written(
    platform: Platform, kafka: KafkaSettings, producer: Producer, candles: Candles
) -> None:
    platform.start(CANDLE_WRITER)
    writer = platform[CANDLE_WRITER]
    reasons = {
        f"not a candle {uuid.uuid4().hex}".encode(): "malformed",
        b"": "truncated",
        b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}": "nested too deeply",
        record(candle(0, 1)).value.replace(b'"1m"', b'"5m"'): "a 5m candle",
    }
    send_candles(producer, kafka.kafka_topic, range(5))
    for value in reasons:
        producer.send(kafka.kafka_topic, "BTCUSDT", value)
    send_candles(producer, kafka.kafka_topic, range(5, 10))
    eventually(lambda: minutes_of(candles) == list(range(10)), "the good candles")
    assert dead_letters_of(kafka, len(reasons)) == reasons
    [counted] = counts_of(writer, f'candlestack_dead_letters_total{{origin="topic:{kafka.kafka_topic}"}}')
    assert counted >= len(reasons)
    eventually(writer.ready, "the writer is ready")


def dead_letters_of(kafka: KafkaSettings, count: int) -> dict[bytes, str]:
    """Return what was buried of the candle topic: the bytes, with the reason in the words that matter."""
    consumer = open_consumer(kafka)

    def buried() -> dict[bytes, str] | None:
        letters = [decode_dead_letter(json.dumps(value)) for value in read_values(consumer, DEAD_LETTER)]
        mine = [letter for letter in letters if letter.origin.startswith(f"topic:{kafka.kafka_topic}/")]
        known = ("malformed", "truncated", "nested too deeply", "a 5m candle")
        found = {
            letter.original(): next((words for words in known if words in letter.reason), letter.reason)
            for letter in mine
        }
        # A writer that stood still so long that its group went on without it reads, and buries, again.
        return found if len(found) == count else None

    found = eventually(buried, f"{count} dead letters")
    consumer.close()
    return found


def test_told_to_stop_a_writer_commits_and_a_new_one_reads_nothing_again(
    platform: Platform, kafka: KafkaSettings, producer: Producer, candles: Candles
) -> None:
    platform.start(CANDLE_WRITER)
    writer, lives = platform[CANDLE_WRITER], itertools.count()

    def reads_nothing_again() -> bool:
        first = 25 * next(lives)
        send_candles(producer, kafka.kafka_topic, range(first, first + 20))
        eventually(lambda: candles.count_documents({}) == 20, "the candles")
        assert writer.signal(signal.SIGTERM) == 0
        candles.delete_many({})
        writer.start()
        send_candles(producer, kafka.kafka_topic, range(first + 20, first + 25))
        eventually(lambda: minutes_of(candles)[-1:] == [first + 24], "the new candles")
        found = minutes_of(candles)
        candles.delete_many({})
        return found == list(range(first + 20, first + 25))

    # One that has no time for the broker's answer, which stands still, leaves some to be read again.
    eventually(reads_nothing_again, "a writer reads the new candles alone")
    eventually(lambda: lag_of(writer) == 0, "a lag of nothing")


def lag_of(program: Program) -> float | None:
    """Return the lag that a writer publishes, or None while it publishes none."""
    lags = counts_of(program, "candlestack_consumer_lag_records{")
    return sum(lags) if lags else None


def counts_of(program: Program, metric: str) -> list[float]:
    """Return the values of the metrics that begin like this."""
    lines = program.metrics().splitlines()
    return [float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric)]


def init_stores_with(monkeypatch: pytest.MonkeyPatch, mongo_uri: str, *arguments: str) -> int:
    """Run the command in this process; return its exit code."""
    monkeypatch.setenv("MONGO_URI", mongo_uri)
    monkeypatch.setenv("MONGO_DB", f"INIT_{uuid.uuid4().hex}")
    monkeypatch.setattr(sys, "argv", ["init_stores", *arguments])
    try:
        init_stores.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_init_stores_says_what_it_did_and_explains_itself(
    mongo_server: MongoServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init_stores_with(monkeypatch, mongo_server.uri) == 0
    assert f"created {KLINE_1M}" in capsys.readouterr().out
    assert init_stores_with(monkeypatch, mongo_server.uri, "--help") == 0
    assert "example: " in capsys.readouterr().out


def test_init_stores_says_that_mongodb_is_away_and_which_setting_is_bad(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = f"mongodb://{LOOPBACK}:{free_port()}"
    assert init_stores_with(monkeypatch, nobody, "--wait", "0") == 1
    assert "the stores could not be made" in capsys.readouterr().err
    assert init_stores_with(monkeypatch, "mongodb://localhost:99999") == 2
    assert capsys.readouterr().err.startswith("candlestack: bad setting MONGO_URI")
