"""What is behind the API in its tests: topics and stores, written as the producers and the writers do it."""

from __future__ import annotations

import os
from typing import Any, cast

import pymongo
import redis as redis_client
from bson import Int64

from candlestack_core.intervals import Interval
from candlestack_core.kafka import Record, open_producer
from candlestack_core.kafka.create_topics import wait_and_ensure_topics
from candlestack_core.messages import Book, Candle, DepthDiff, KnownBook, Ranking, Trade, encode
from candlestack_core.names import (
    HEADER_RECEIVED,
    KLINE_COLLECTIONS,
    order_book_key,
    usdm_order_book_key,
)
from candlestack_core.settings import KafkaSettings, RedisSettings
from candlestack_core.topics import KLINE_1M, ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from candlestack_ingest.consumers.sink import Sink, StoreAwayError
from candlestack_ingest.stores.candles import CandleSink, document_of
from candlestack_ingest.stores.realtime import RealtimeSink
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from waiting import PATIENCE_S, eventually


class World:
    """Topics, a Redis and a database; records are written as the producers and the writers do it."""

    def __init__(
        self,
        broker: KafkaBroker,
        mongo: MongoServer,
        redis: RedisServer,
        *,
        candle_topic: str = KLINE_1M,
        database: str = "CRYPTO",
    ) -> None:
        self.broker, self.mongo, self.redis = broker, mongo, redis
        self.environment = {
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "KAFKA_TOPIC": candle_topic,
            "MONGO_URI": mongo.uri,
            "MONGO_DB": database,
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(redis.port),
        }
        self.candle_topic = candle_topic
        self.kafka = KafkaSettings.model_validate(
            {"kafka_bootstrap": broker.bootstrap, "kafka_topic": candle_topic}
        )
        wait_and_ensure_topics(self.kafka, PATIENCE_S)
        self._producer = open_producer(self.kafka, max_pending=100_000)
        # Not the writers' own clients, which call a store away after seconds; the loop around them tries again.
        self._mongo = pymongo.MongoClient[dict[str, Any]](mongo.uri, tz_aware=True)
        self._database = self._mongo[database]
        self._candle_sink = CandleSink(self._database)
        _open(self._candle_sink)
        redis_settings = RedisSettings.model_validate({"redis_host": "127.0.0.1", "redis_port": redis.port})
        self._redis = redis_client.Redis(port=redis.port, socket_timeout=PATIENCE_S)
        self._realtime_sink = RealtimeSink(self._redis, redis_settings, candle_topic)
        _open(self._realtime_sink)
        self._writers: dict[str, str] = {}
        """The test file that writes a pair, by pair."""

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()
        self._mongo.close()
        self._redis.close()

    def publish(self, *records: Candle | Trade | Book | DepthDiff, arrival_time: int | None = 1_000) -> None:
        """Send records to their topics, and wait until the broker has them."""
        self._claim(*records)
        headers = [] if arrival_time is None else [(HEADER_RECEIVED, str(arrival_time).encode())]
        for record in records:
            self._producer.send(self.topic_of(record), record.symbol, encode(record), headers)
        assert self._producer.flush(PATIENCE_S) == 0

    def publish_bytes(self, topic: str, symbol: str, value: bytes) -> None:
        """Send a record that may be anything."""
        self._producer.send(topic, symbol, value)
        assert self._producer.flush(PATIENCE_S) == 0

    def store(self, *records: Candle | Trade) -> None:
        """Write records into Redis and, closed candles, into MongoDB."""
        self.store_in_redis(*records)
        self.store_in_mongo(*records)

    def store_in_redis(self, *records: Candle | Trade) -> None:
        self._claim(*records)
        for record in records:
            self._realtime_sink.add(self._record(record))
        _write(self._realtime_sink)

    def store_in_mongo(self, *records: Candle | Trade) -> None:
        self._claim(*records)
        for record in records:
            if isinstance(record, Candle):
                self._candle_sink.add(self._record(record))
        _write(self._candle_sink)

    def store_book(self, book: KnownBook) -> None:
        """Write a book into Redis, where the order-book builder has it."""
        self._claim(book)
        key = order_book_key if book.market == "spot" else usdm_order_book_key
        self._redis.set(key(book.symbol), encode(book))

    def redis_calls(self, command: str) -> int:
        """Return how often Redis was asked to do something."""
        told = cast(dict[str, dict[str, int]], self._redis.info("commandstats"))
        return told.get(f"cmdstat_{command}", {}).get("calls", 0)

    def forget_minutes(self) -> None:
        """Lose every 1m candle in MongoDB, as where another database takes its place."""
        self._database[KLINE_COLLECTIONS["1m"]].delete_many({})

    def store_parent(self, parent: Candle, children: int | None = None) -> None:
        """Write a candle of a longer interval into its collection, as a roll-up does."""
        self._claim(parent)
        minutes = Interval(parent.interval).minutes
        counts = {
            "children": Int64(minutes if children is None else children),
            "expected_children": Int64(minutes),
        }
        self._database[KLINE_COLLECTIONS[parent.interval]].insert_one({**document_of(parent), **counts})

    def store_ranking(self, key: str, ranking: Ranking | bytes | None) -> None:
        """Write a ranking into Redis, or take it away."""
        if ranking is None:
            self._redis.delete(key)
        else:
            self._redis.set(key, ranking if isinstance(ranking, bytes) else encode(ranking))

    def topic_of(self, record: Candle | Trade | Book | DepthDiff) -> str:
        match record:
            case Candle():
                return self.candle_topic
            case Trade():
                return TRADES
            case Book():
                return ORDERBOOK
            case DepthDiff():
                return ORDERBOOK_UPDATE

    def _claim(self, *records: Candle | Trade | Book | DepthDiff) -> None:
        """Let a pair be that of the test file that writes it first: another's records would be among its own."""
        file = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
        for record in records:
            writer = self._writers.setdefault(record.symbol, file)
            assert writer == file, f"{record.symbol} is the pair of {writer}"

    def _record(self, record: Candle | Trade) -> Record:
        return Record(self.topic_of(record), 0, 0, 0, record.symbol.encode(), encode(record), ())


def _open(sink: Sink) -> None:
    """Prepare a sink's store, as the writers do: where it stands still, again."""

    def opened() -> bool:
        try:
            sink.open()
        except StoreAwayError:
            return False
        return True

    eventually(opened, "the store is prepared")


def _write(sink: Sink) -> None:
    """Write what a sink holds, as the writers do: where the store stands still, again."""
    away = False

    def written() -> bool:
        nonlocal away
        try:
            if away:
                sink.open()
            assert sink.flush() == []
        except StoreAwayError:
            away = True
            return False
        return True

    eventually(written, "the store takes what is written")
