"""The order-book builder as a process, on a real broker and Redis, with an exchange whose answers the test chooses."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from candlestack_core.kafka import Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import DepthDiff, Level, Market, decode_dead_letter, encode
from candlestack_core.names import LIVE_ORDERBOOK, order_book_key, usdm_order_book_key
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, ORDERBOOK, ORDERBOOK_UPDATE
from candlestack_local.servers import LOOPBACK, KafkaBroker, RedisServer, free_port
from platform_under_test import Program, read_values
from waiting import eventually

BUILDER = "orderbook-builder"
WAIT_S = 180.0


@dataclass
class Pair:
    """The truth of one book, and the diffs that lead to it."""

    market: Market
    symbol: str
    draw: random.Random
    last: int = 1_000
    bids: dict[int, str] = field(default_factory=dict)
    asks: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in range(1, 1_200):
            self.bids[50_000 - each] = "1"
            self.asks[50_000 + each] = "1.5"

    def diff(self) -> DepthDiff:
        """Change some levels, and return what the exchange would say of it."""
        changed: tuple[dict[int, str], dict[int, str]] = {}, {}
        for side, told, direction in ((self.bids, changed[0], -1), (self.asks, changed[1], 1)):
            for _ in range(5):
                price = 50_000 + direction * min(int(self.draw.expovariate(0.1)) + 1, 900)
                quantity = self.draw.choice(["0", "0.25", "12", str(self.draw.randint(1, 99))])
                told[price] = quantity
                side[price] = quantity
                if quantity == "0":
                    del side[price]
        previous, first = self.last, self.last + (1 if self.market == "spot" else self.draw.randint(1, 9))
        self.last = first + self.draw.randint(0, 9)
        return DepthDiff(
            market=self.market,
            symbol=self.symbol,
            first_update_id=first,
            final_update_id=self.last,
            previous_final_update_id=previous if self.market == "usdm" else None,
            bids=[(str(price), quantity) for price, quantity in changed[0].items()],
            asks=[(str(price), quantity) for price, quantity in changed[1].items()],
            event_time=time.time_ns() // 1_000_000,
            source="simulator",
        )

    def best(self, count: int) -> tuple[list[Level], list[Level]]:
        bids = sorted(self.bids.items(), reverse=True)[:count]
        asks = sorted(self.asks.items())[:count]
        return [(str(p), q) for p, q in bids], [(str(p), q) for p, q in asks]

    def checksum(self) -> int:
        parts = [text for bid, ask in zip(*self.best(10), strict=True) for text in (*bid, *ask)]
        return zlib.crc32(":".join(parts).encode())

    def answer(self, limit: int) -> dict[str, Any]:
        bids, asks = self.best(limit)
        padded = [[[f"{price}.00", f"{quantity}0" if "." in quantity else quantity] for price, quantity in side]
                  for side in (bids, asks)]  # fmt: skip
        return {"lastUpdateId": self.last, "bids": padded[0], "asks": padded[1]}


class Exchange(ThreadingHTTPServer):
    """The depth of both markets; the next answers may be something else first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), Answering)
        self.pairs: dict[tuple[str, str], Pair] = {}
        self.instead: list[str | dict[str, Any]] = []
        self.answers = threading.Event()
        """Set while requests are answered, and not left waiting."""
        self.answers.set()
        self.requests = 0
        self.lock = threading.Lock()

    def reply(self, url: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        self.answers.wait()
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        market = {"/api/v3/depth": "spot", "/fapi/v1/depth": "usdm"}.get(parts.path, "")
        with self.lock:
            pair = self.pairs.get((market, query.get("symbol", "")))
            if pair is None:
                return 400, {}, {"code": -1121, "msg": "Invalid symbol."}
            self.requests += 1
            first = self.instead.pop(0) if self.instead else None
            answer = pair.answer(int(query["limit"]))
        if first == "429":
            return 429, {"Retry-After": "1"}, {"code": -1003, "msg": "Too many requests."}
        if first == "late":
            time.sleep(1)
        elif first is not None:
            return 200, {}, dict(first) if isinstance(first, dict) else {}
        return 200, {}, answer


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Exchange)
        status, headers, body = self.server.reply(self.path)
        payload = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (*headers.items(), ("Content-Length", str(len(payload)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Requests are counted."""


@dataclass
class Rig:
    """A builder, what it reads and what it writes."""

    exchange: Exchange
    producer: Producer
    kafka: KafkaSettings
    store: redis.Redis
    builder: Program

    def pair(self, market: Market = "spot") -> Pair:
        symbol = f"B{uuid.uuid4().hex[:12].upper()}"
        pair = Pair(market, symbol, random.Random(symbol))
        self.exchange.pairs[market, symbol] = pair
        return pair

    def send(self, *pairs: Pair, lost: bool = False) -> bool:
        """Move each pair by one diff, and tell the topic of it unless it is to be lost."""
        with self.exchange.lock:
            for pair in pairs:
                diff = pair.diff()
                if not lost:
                    self.producer.send(ORDERBOOK_UPDATE, pair.symbol, encode(diff))
        self.producer.flush(WAIT_S)
        return True

    def stored(self, pair: Pair) -> dict[str, Any]:
        key = order_book_key if pair.market == "spot" else usdm_order_book_key
        value = self.store.get(key(pair.symbol))
        return json.loads(value) if isinstance(value, bytes) else {}

    def state(self, pair: Pair) -> str:
        return str(self.stored(pair).get("state"))

    def is_true(self, pair: Pair) -> bool:
        """Tell whether Redis has the pair's book, believed, at the truth's id and with the truth's checksum."""
        book = self.stored(pair)
        return bool(book) and (book["state"], book["last_update_id"], book["checksum"]) == (
            "synced",
            pair.last,
            pair.checksum(),
        )

    def sync(self, *pairs: Pair) -> None:
        """Send diffs until every pair's book is the truth."""
        eventually(
            lambda: self.send(*pairs) and all(self.state(pair) == "synced" for pair in pairs),
            "synced books",
            WAIT_S,
        )
        eventually(lambda: self._are_true(*pairs), "the truth in Redis", WAIT_S)

    def _are_true(self, *pairs: Pair) -> bool:
        if any(self.state(pair) in ("stale", "starved") for pair in pairs):
            self.send(*pairs)  # so long ago was the last one
        return all(self.is_true(pair) for pair in pairs)

    def published(self, pair: Pair) -> list[dict[str, Any]]:
        consumer = open_consumer(self.kafka)
        values = [value for value in read_values(consumer, ORDERBOOK) if value["symbol"] == pair.symbol]
        consumer.close()
        return values

    def newest(self, pair: Pair) -> dict[str, Any]:
        """Return the book of the truth's id as it was published, as soon as it is."""

        def look() -> dict[str, Any] | None:
            published = self.published(pair)
            return published[-1] if published and published[-1]["last_update_id"] == pair.last else None

        return eventually(look, f"the newest book of {pair.symbol} in Kafka", WAIT_S)


def rig_on(
    broker: KafkaBroker, server: RedisServer, log_dir: Path, exchange: Exchange, **settings: str
) -> Iterator[Rig]:
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap})
    ensure_topics(kafka)
    url = f"http://{LOOPBACK}:{exchange.server_port}"
    environment = {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "REDIS_HOST": LOOPBACK,
        "REDIS_PORT": str(server.port),
        "EXCHANGE_REST_URL": url,
        "EXCHANGE_USDM_REST_URL": url,
        "HEALTH_PORT": str(free_port()),
        "BOOK_SILENT_AFTER_S": "600",
        "CANDLESTACK_ENV_FILE": "/dev/null",
        **settings,
    }
    producer = open_producer(kafka, max_pending=10_000)
    builder = Program(BUILDER, environment, log_dir)
    builder.start()
    with redis.Redis(host=LOOPBACK, port=server.port) as store:
        yield Rig(exchange, producer, kafka, store, builder)
    builder.close()
    producer.close()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange() as exchange:
        thread = threading.Thread(target=exchange.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield exchange
        exchange.shutdown()
        thread.join()


@pytest.fixture
def rig(
    kafka_broker: KafkaBroker, redis_server: RedisServer, tmp_path: Path, exchange: Exchange
) -> Iterator[Rig]:
    yield from rig_on(kafka_broker, redis_server, tmp_path, exchange)


@pytest.fixture
def rig_soon_silent(
    kafka_broker: KafkaBroker, redis_server: RedisServer, tmp_path: Path, exchange: Exchange
) -> Iterator[Rig]:
    yield from rig_on(kafka_broker, redis_server, tmp_path, exchange, BOOK_SILENT_AFTER_S="3")


@pytest.fixture
def rig_with_own_redis(
    kafka_broker: KafkaBroker, own_redis_server: RedisServer, tmp_path: Path, exchange: Exchange
) -> Iterator[Rig]:
    yield from rig_on(kafka_broker, own_redis_server, tmp_path, exchange)


def test_books_of_both_markets_are_the_truth_in_redis_and_kafka(rig: Rig) -> None:
    spot, usdm = rig.pair(), rig.pair("usdm")
    rig.sync(spot, usdm)
    for pair in (spot, usdm):
        stored = rig.stored(pair)
        bids, asks = pair.best(1_000)
        assert stored["bids"] == [list(level) for level in bids][: len(stored["bids"])]
        assert stored["asks"] == [list(level) for level in asks][: len(stored["asks"])]
        assert len(stored["bids"]) > 900
        assert (stored["bid_limit"], stored["market"], stored["source"]) == (
            stored["bids"][-1][0],
            pair.market,
            "simulator",
        )
        newest = rig.newest(pair)
        bids, asks = pair.best(20)
        assert newest["bids"] == [list(level) for level in bids]
        assert newest["asks"] == [list(level) for level in asks]
        assert (newest["market"], newest["state"]) == (pair.market, "synced")

    def look() -> dict[str, Any] | None:
        book = json.loads(rig.store.hget(LIVE_ORDERBOOK, usdm.symbol) or b'{"u": 0}')
        return book if book["u"] == usdm.last else None

    live = eventually(look, "the newest of the live books", WAIT_S)
    bids, asks = usdm.best(10)
    assert (live["s"], live["state"]) == (usdm.symbol, "synced")
    assert (live["b"], live["a"]) == ([list(level) for level in bids], [list(level) for level in asks])
    assert rig.store.hget(LIVE_ORDERBOOK, spot.symbol) is None
    eventually(rig.builder.ready, "the builder is ready")
    metrics = rig.builder.metrics()
    assert f'candlestack_book_state{{market="spot",state="synced",symbol="{spot.symbol}"}} 1.0' in metrics
    assert f'candlestack_book_levels{{market="usdm",side="bids",symbol="{usdm.symbol}"}}' in metrics
    assert f'candlestack_book_memory_bytes{{market="spot",symbol="{spot.symbol}"}}' in metrics
    assert rig.builder.signal(signal.SIGTERM) == 0


def test_a_gap_in_one_book_is_said_and_mended_and_touches_no_other(rig: Rig) -> None:
    hit, other, futures = rig.pair(), rig.pair(), rig.pair("usdm")
    rig.sync(hit, other, futures)
    rig.newest(other)
    before = len(rig.published(other))
    for pair in (hit, futures):
        rig.send(pair, lost=True)
    rig.sync(hit, other, futures)
    for pair in (hit, futures):
        rig.newest(pair)
        states = [book["state"] for book in rig.published(pair)]
        assert states[states.index("synced") :].count("resyncing") > 0
    assert {book["state"] for book in rig.published(other)[before:]} == {"synced"}
    assert f'reason="gap",symbol="{hit.symbol}"' in rig.builder.metrics()


def test_after_a_kill_the_book_is_not_believed_until_it_is_the_truth_again(rig: Rig) -> None:
    pair = rig.pair()
    rig.sync(pair)
    rig.builder.kill()
    rig.send(pair, lost=True)
    rig.exchange.answers.clear()
    rig.builder.start()
    eventually(lambda: rig.send(pair) and rig.state(pair) == "resyncing", "word that it may not be believed")
    assert rig.stored(pair)["bids"], "what was known stays, under the state that says what it is worth"
    rig.exchange.answers.set()
    rig.sync(pair)


def test_redis_away_costs_nothing_but_the_time_it_is_away(
    rig_with_own_redis: Rig, own_redis_server: RedisServer
) -> None:
    rig = rig_with_own_redis
    pair = rig.pair()
    rig.sync(pair)
    own_redis_server.kill()
    eventually(lambda: rig.send(pair) and not rig.builder.ready(), "word that Redis is away")
    rig.send(pair)
    rig.newest(pair)  # it comes to Kafka meanwhile
    own_redis_server.restart()
    eventually(rig.builder.ready, "the builder is ready again")
    rig.sync(pair)
    assert rig.is_true(pair)


def test_an_exchange_that_refuses_is_late_and_answers_with_old_snapshots_is_asked_again_but_not_often(
    rig: Rig,
) -> None:
    pair = rig.pair()
    old = pair.answer(1_000)
    for _ in range(3):
        rig.send(pair, lost=True)
    crossed = {"lastUpdateId": 10**9, "bids": [["2", "1"]], "asks": [["1", "1"]]}
    rig.exchange.instead = ["429", old, crossed, old, "late"]
    rig.sync(pair)
    assert 5 <= rig.exchange.requests <= 15
    assert not any(
        book["state"] == "synced" and int(book["bids"][0][0]) >= int(book["asks"][0][0])
        for book in rig.published(pair)
    )


def test_a_silent_book_is_starved_while_others_speak_and_all_are_stale_when_none_does(
    rig_soon_silent: Rig,
) -> None:
    rig = rig_soon_silent
    silent, speaking = rig.pair(), rig.pair()
    rig.sync(silent, speaking)
    assert eventually(
        lambda: rig.send(speaking) and (rig.state(silent), rig.state(speaking)) == ("starved", "synced"),
        "word that it is starved",
    )
    eventually(lambda: {rig.state(silent), rig.state(speaking)} == {"stale"}, "word that all are stale")
    rig.sync(silent, speaking)


def test_what_is_no_diff_becomes_a_dead_letter_and_the_rest_is_applied(rig: Rig) -> None:
    pair = rig.pair()
    rig.sync(pair)
    rig.newest(pair)
    before = len(rig.published(pair))
    broken = f'{{"symbol":"{pair.symbol}"}}'.encode()
    rig.producer.send(ORDERBOOK_UPDATE, pair.symbol, broken)
    rig.sync(pair)
    consumer = open_consumer(rig.kafka)

    def buried() -> bool:
        letters = [decode_dead_letter(json.dumps(value)) for value in read_values(consumer, DEAD_LETTER)]
        return any(letter.original() == broken for letter in letters)

    eventually(buried, "the dead letter")
    consumer.close()
    rig.newest(pair)
    assert {book["state"] for book in rig.published(pair)[before:]} == {"synced"}
