"""The ledger as a process on the real broker: gaps filled and not, killed and read again, and bad records."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import Book, Candle, DepthDiff, Trade, decode_dead_letter
from candlestack_core.names import COMPLETENESS, completeness_id
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from ledger_records import a_book, a_candle, a_diff, a_trade, record_of
from platform_under_test import Platform, read_values
from records import START
from waiting import eventually

WAIT_S = 180.0
LEDGER = "completeness-ledger"
Documents = dict[str, dict[str, Any]]


class World:
    """One ledger on topics and a database of its own, with what it is told and what it keeps."""

    def __init__(self, platform: Platform, kafka: KafkaSettings, producer: Producer, minutes: Any) -> None:
        self.platform = platform
        self.kafka = kafka
        self.minutes = minutes
        self._producer = producer
        self._topics = {
            Candle: kafka.kafka_topic,
            Trade: TRADES,
            DepthDiff: ORDERBOOK_UPDATE,
            Book: ORDERBOOK,
        }

    def send(self, *messages: Candle | Trade | DepthDiff | Book, at: int = 0) -> None:
        for message in messages:
            made = record_of(message, at)
            self._producer.send(self._topics[type(message)], message.symbol, made.value, made.headers)
        assert self._producer.flush(WAIT_S) == 0

    def send_bytes(self, topic: str, value: bytes) -> None:
        self._producer.send(topic, "BTCUSDT", value)
        assert self._producer.flush(WAIT_S) == 0

    def documents(self, symbol: str) -> Documents:
        """Return the minutes of a pair by `_id`."""
        return {document["_id"]: document for document in self.minutes.find({"symbol": symbol})}

    def holes(
        self, stream: str, minute: int, symbol: str, market: str = "spot"
    ) -> list[tuple[Any, ...]] | None:
        """Return the holes of a minute: first and last id, how and how many ms after START each was filled."""
        key = completeness_id(market, stream, symbol, START + minute * MINUTE_MS)
        document = self.minutes.find_one({"_id": key})
        if document is None:
            return None
        return [
            (
                hole["first_id"],
                hole["last_id"],
                hole["how"],
                hole["filled_at"] and round(hole["filled_at"].timestamp() * 1000) - START,
            )
            for hole in document["holes"]
        ]

    def await_holes(
        self, stream: str, minute: int, symbol: str, *holes: tuple[Any, ...], market: str = "spot"
    ) -> None:
        eventually(
            lambda: self.holes(stream, minute, symbol, market) == list(holes),
            f"{stream} of minute {minute} with {holes}",
        )


@pytest.fixture(scope="module")
def world(
    kafka_broker: KafkaBroker,
    mongo_server: MongoServer,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    unique = uuid.uuid4().hex
    kafka = KafkaSettings.model_validate(
        {"kafka_bootstrap": kafka_broker.bootstrap, "kafka_topic": f"ledger-{unique}"}
    )
    ensure_topics(kafka)
    producer = open_producer(kafka, max_pending=10_000)
    platform = Platform(
        broker=kafka_broker,
        mongo=mongo_server,
        redis=redis_server,
        log_dir=tmp_path_factory.mktemp("ledger"),
        database=f"LEDGER_{unique}",
        settings={"KAFKA_TOPIC": kafka.kafka_topic},
    )
    with platform, pymongo.MongoClient[dict[str, Any]](mongo_server.uri, tz_aware=True) as client:
        platform.start(LEDGER)
        yield World(platform, kafka, producer, client[platform.database][COMPLETENESS])
        client.drop_database(platform.database)
    producer.close()


def a_symbol() -> str:
    return f"L{uuid.uuid4().hex[:12].upper()}"


def test_a_gap_in_trades_is_filled_by_rest_or_stays_open_by_name(world: World) -> None:
    symbol = a_symbol()
    world.send(*(a_trade(number, 0, symbol) for number in (1, 2, 3)))
    world.send(*(a_trade(number, 1, symbol) for number in (7, 8, 12)))
    world.await_holes("trade", 1, symbol, (4, 6, None, None), (9, 11, None, None))
    world.send(*(a_trade(number, 0, symbol, by_rest=True) for number in (4, 5, 6)), at=250)
    world.await_holes("trade", 0, symbol, (4, 6, "rest", 250))
    eventually(
        lambda: world.holes("trade", 1, symbol) == [(9, 11, None, None)], "the hole that nothing has filled"
    )
    sums = [
        [document[name] for name in ("expected", "received", "filled", "missing")]
        for _, document in sorted(world.documents(symbol).items())
    ]
    assert sums == [[6, 3, 3, 0], [6, 3, 0, 3]]


def test_a_hole_in_a_book_is_bridged_by_its_next_state_in_sequence(world: World) -> None:
    symbol = a_symbol()
    chain = [a_diff(u - 3, u, 0, symbol, market="usdm", previous=u - 10) for u in (20, 30, 40)]
    world.send(*chain, a_diff(56, 60, 0, symbol, market="usdm", previous=50))
    world.await_holes("depth", 0, symbol, (41, 50, None, None), market="usdm")
    world.send(a_book(45, symbol, market="usdm", state="resyncing"), at=10)
    world.send(a_book(60, symbol, market="usdm"), at=20)
    world.await_holes("depth", 0, symbol, (41, 50, "snapshot", 20), market="usdm")
    assert world.holes("depth", 0, symbol) is None


def test_a_minute_without_its_candle_is_missing_until_rest_brings_it(world: World) -> None:
    symbol = a_symbol()
    opened = START + MINUTE_MS
    world.send(a_candle(0, symbol), a_candle(2, symbol))
    world.await_holes("kline_1m", 1, symbol, (opened, opened, None, None))
    world.send(a_candle(1, symbol, by_rest=True), at=900)
    world.await_holes("kline_1m", 1, symbol, (opened, opened, "rest", 900))
    assert [world.holes("kline_1m", minute, symbol) for minute in (0, 2)] == [[], []]


def test_killed_and_made_to_read_everything_again_it_says_the_same(world: World) -> None:
    symbol = a_symbol()
    trades = [a_trade(number, number // 50, symbol) for number in range(400) if number % 30]
    candles = [a_candle(minute, symbol) for minute in (0, 1, 4, 7)]
    diffs = [a_diff(first, first + 3, first // 20, symbol) for first in range(0, 160, 5)]
    world.send(*trades, *candles, *diffs)
    world.send(a_book(1_000, symbol), at=50)
    left_out = [(first, first, "snapshot", 50) for first in (139, 144, 149, 154)]
    world.await_holes("depth", 7, symbol, *left_out)
    eventually(lambda: len(world.documents(symbol)) == 24, "all minutes")
    before = world.documents(symbol)

    # Some of it has been read when it is killed, and the next process reads it again.
    world.send(*diffs, *candles, *trades[:200])
    world.platform[LEDGER].kill_and_restart()
    world.send(*trades[200:], a_trade(5_000, 100, symbol))
    world.await_holes("trade", 100, symbol, (400, 4_999, None, None))
    after = {key: facts(document) for key, document in world.documents(symbol).items() if key in before}
    assert after == {key: facts(document) for key, document in before.items()}


def facts(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a document says, without when it was last told, and how often it was written."""
    return {name: value for name, value in document.items() if name not in ("arrived_at", "revision")}


def test_what_cannot_be_understood_is_a_dead_letter_and_the_rest_is_accounted_for(world: World) -> None:
    symbol = a_symbol()
    bad = f'{{"market":"spot","no":"{symbol}"}}'.encode()
    world.send_bytes(ORDERBOOK_UPDATE, bad)
    world.send(a_diff(1, 5, 0, symbol))
    eventually(lambda: world.holes("depth", 0, symbol) == [], "the diff after it")
    consumer = open_consumer(world.kafka)

    def letters() -> list[str]:
        values = read_values(consumer, DEAD_LETTER)
        decoded = [decode_dead_letter(json.dumps(value)) for value in values]
        return [letter.reason for letter in decoded if letter.original() == bad]

    reason, *_ = eventually(letters, "the dead letter")
    assert "missing required field" in reason
    consumer.close()
    eventually(world.platform[LEDGER].ready, "the ledger is ready")
