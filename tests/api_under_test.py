"""What the tests of the API work with: the process, the topics and stores behind it, and made-up records."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, TypeVar, cast
from urllib.parse import urlencode

import msgspec
import pymongo
import redis as redis_client
from bson import Int64
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.book.channel import OrderBookSnapshot, OrderBookUpdate
from app.candles.channel import KlineSnapshot, KlineUpdate
from app.stream.messages import CloseCode, Status
from app.trades.channel import TradesSnapshot, TradesUpdate
from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.kafka import Record, open_producer
from candlestack_core.kafka.create_topics import wait_and_ensure_topics
from candlestack_core.messages import Book, Candle, DepthDiff, KnownBook, Market, Ranking, Trade, encode
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
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer, free_port

TEXT_FRAME = 0x81
ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 240.0
"""How long something is waited for that comes within seconds, on a machine that is not busy."""
NOON = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC."""

SocketMessage = (
    KlineSnapshot | KlineUpdate | TradesSnapshot | TradesUpdate | OrderBookSnapshot | OrderBookUpdate | Status
)
_Value = TypeVar("_Value")
_DECODERS: Mapping[tuple[str, str], msgspec.json.Decoder[SocketMessage]] = {
    ("kline", "snapshot"): msgspec.json.Decoder(KlineSnapshot),
    ("kline", "update"): msgspec.json.Decoder(KlineUpdate),
    ("trades", "snapshot"): msgspec.json.Decoder(TradesSnapshot),
    ("trades", "update"): msgspec.json.Decoder(TradesUpdate),
    ("orderbook", "snapshot"): msgspec.json.Decoder(OrderBookSnapshot),
    ("orderbook", "update"): msgspec.json.Decoder(OrderBookUpdate),
    ("status", "update"): msgspec.json.Decoder(Status),
}


def eventually(look: Callable[[], _Value | None], what: str, timeout_s: float = PATIENCE_S) -> _Value:
    """Return what `look` returns as soon as it is true; fail naming what was awaited."""
    deadline = time.monotonic() + timeout_s
    while True:
        if value := look():
            return value
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(0.05)


def candle(symbol: str, minute: int, *, closed: bool = True, close: str = "100.5", **fields: Any) -> Candle:
    """Return a 1m candle, `minute` minutes after noon; its version is the end of the minute, or its half."""
    open_time = NOON + minute * MINUTE_MS
    made: dict[str, Any] = {
        "symbol": symbol,
        "interval": "1m",
        "open_time": open_time,
        "close_time": open_time + MINUTE_MS - 1,
        "open": "100",
        "high": "101",
        "low": "99.25",
        "close": close,
        "volume": "2.125",
        "quote_volume": "213.5625",
        "trades": 7,
        "taker_buy_volume": "1",
        "taker_buy_quote_volume": "100.5",
        "closed": closed,
        "version": open_time + (MINUTE_MS if closed else MINUTE_MS // 2),
        "source": "simulator",
        "completeness": "complete",
    }
    return Candle(**made | fields)


def trade(symbol: str, trade_id: int, **fields: Any) -> Trade:
    """Return a trade, `trade_id` seconds after noon."""
    made: dict[str, Any] = {
        "symbol": symbol,
        "trade_id": trade_id,
        "price": "100.5",
        "quantity": "0.125",
        "quote_quantity": "12.5625",
        "time": NOON + trade_id * 1000,
        "buyer_is_maker": trade_id % 2 == 0,
        "source": "simulator",
    }
    return Trade(**made | fields)


def book(symbol: str, update_id: int, *, market: Market = "spot", levels: int = 20, **fields: Any) -> Book:
    """Return a book of some levels a side around 100, whose best bid quantity is the update id."""
    bids = [(canonical(f"{100 - number / 100:.2f}"), str(number)) for number in range(1, levels + 1)]
    asks = [(canonical(f"{100 + number / 100:.2f}"), str(number)) for number in range(1, levels + 1)]
    made: dict[str, Any] = {
        "market": market,
        "symbol": symbol,
        "bids": [(price, str(update_id)) if price == "99.99" else (price, size) for price, size in bids],
        "asks": asks,
        "last_update_id": update_id,
        "state": "synced",
        "checksum": 1_234,
        "event_time": NOON + update_id,
        "source": "simulator",
    }
    return Book(**made | fields)


def known_book(symbol: str, update_id: int, *, levels: int = 1000, **fields: Any) -> KnownBook:
    """Return a book as Redis holds it, with its depth limit at the last level of each side."""
    best = book(symbol, update_id, levels=levels, **fields)
    return KnownBook(**msgspec.structs.asdict(best), bid_limit=best.bids[-1][0], ask_limit=best.asks[-1][0])


def decode(text: str | bytes) -> SocketMessage:
    """Return a message of a socket; fail where it is not one that the contract names."""
    kind = json.loads(text)
    return _DECODERS[kind["channel"], kind["type"]].decode(text)


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


@dataclass(frozen=True)
class Answer:
    """What a GET was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def unzipped(self) -> bytes:
        return gzip.decompress(self.body)


class Api:
    """The API as a process of its own, on one port for all its lives.

    It is patient with its stores, which stand still now and then on a busy machine.
    """

    store_timeout_s: ClassVar[float | None] = PATIENCE_S

    def __init__(self, world: World, log_dir: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log_dir / "api.log"
        # Tests ask more often than anyone may.
        own = {"API_PORT": str(self.port), "API_REQUESTS_PER_MINUTE": "0"}
        if self.store_timeout_s is not None:
            own["API_STORE_TIMEOUT_S"] = str(self.store_timeout_s)
        self._settings = world.environment | own | settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Api:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGTERM)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "backend_fastapi/main.py"],
                cwd=ROOT,
                env=os.environ | self._settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self._process

    def start(self) -> None:
        """Start the process, and wait until all it reads from is up."""
        self.launch()
        self.wait_for("ready")

    def wait_for(self, status: str) -> Any:
        """Return what `/readyz` answers as soon as it says this status."""

        def look() -> Any:
            answer = self.get("/readyz")
            return answer.json if answer is not None and answer.json["status"] == status else None

        return eventually(look, f"/readyz says {status}")

    def signal(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_S)

    def get(self, path: str, /, **query: object) -> Answer | None:
        """Return the answer to a GET; None while nothing listens."""
        return self._request("GET", self.target(path, **query))

    def target(self, path: str, /, **query: object) -> str:
        """Return a path with a query."""
        return path + (f"?{urlencode(query)}" if query else "")

    def post(self, path: str) -> Answer:
        """Return the answer to a POST, which there must be."""
        answer = self._request("POST", path)
        assert answer is not None, f"no answer to {path}"
        return answer

    def _request(self, method: str, target: str, headers: Mapping[str, str] | None = None) -> Answer | None:
        request = urllib.request.Request(self.url + target, headers=dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, dict(response.headers.items()), response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers.items()), error.read())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def ask(self, path: str, /, **query: object) -> Answer:
        """Return the answer to a GET, which there must be."""
        answer = self.get(path, **query)
        assert answer is not None, f"no answer to {path}"
        return answer

    def ask_with(self, headers: Mapping[str, str], path: str, /, **query: object) -> Answer:
        """Return the answer to a GET with some headers, which there must be."""
        answer = self._request("GET", self.target(path, **query), headers)
        assert answer is not None, f"no answer to {path}"
        return answer

    def metrics(self) -> dict[str, float]:
        """Return the platform's own metrics by name and labels."""
        lines = self.ask("/metrics").body.decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("candlestack_"))
        return {name.removeprefix("candlestack_"): float(value) for name, value in pairs}

    def connect(self, path: str, /, **query: object) -> ClientConnection:
        """Open a WebSocket."""
        address = f"ws://127.0.0.1:{self.port}{path}?{urlencode(query)}"
        return connect(address, max_size=None, open_timeout=PATIENCE_S, ping_interval=None)

    def output(self) -> str:
        return self.log.read_text(errors="replace")


def until_read(api: Api, *records: Candle | Trade | Book) -> None:
    """Wait until an API has read records from their topics, whose snapshots have room for them.

    Sockets tell of nothing else, while REST may answer from the stores; and each topic, and each of its partitions,
    is read at a pace of its own.
    """
    for record in records:
        eventually(partial(_has_read, api, record), f"the API has read {record}")


def _has_read(api: Api, record: Candle | Trade | Book) -> bool:
    channel = {Candle: "kline", Trade: "trades", Book: "orderbook"}[type(record)]
    market = {"market": record.market} if isinstance(record, Book) else {}
    with api.connect(f"/ws/{channel}", symbol=record.symbol, **market) as connection:
        try:
            message = decode(connection.recv(timeout=PATIENCE_S))
        except ConnectionClosed:  # the pair is not known yet
            return False
    match message:
        case KlineSnapshot(data=known) | TradesSnapshot(data=known):
            return record in known
        case OrderBookSnapshot(data=newest):
            return newest == record
        case _:
            return False


def closed_with(connection: ClientConnection) -> tuple[int, str]:
    """Receive until the server ends the connection; return its code and reason."""
    closed = None
    while closed is None:
        try:
            connection.recv(timeout=PATIENCE_S)
        except ConnectionClosed as error:
            closed = error
    assert closed.rcvd is not None, "no close frame came"
    return closed.rcvd.code, closed.rcvd.reason


class ImpatientApi(Api):
    """The API as it is run, which soon finds out that a store is away."""

    store_timeout_s = None


class Line:
    """The far end of a client, which takes all; it is not ended unless it may be."""

    can_write = True

    def __init__(self, *, may_end: bool = False) -> None:
        self.texts: list[bytes] = []
        self.ended: list[CloseCode] = []
        self._may_end = may_end

    @property
    def messages(self) -> list[Any]:
        """What was written, decoded."""
        return [json.loads(text) for text in self.texts]

    def write(self, frames: bytes) -> None:
        self.texts += texts_of(frames)

    def end(self, code: CloseCode, reason: str) -> None:
        assert self._may_end, f"ended: {code} {reason}"
        self.ended.append(code)


def never_reading(port: int, path: str, symbol: str) -> socket.socket:
    """Open a WebSocket, and read nothing but the answer that it is open."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    upgrade(client, f"{path}?{urlencode({'symbol': symbol})}")
    return client


def upgrade(client: socket.socket, target: str) -> None:
    """Make a connection a WebSocket, and read nothing but the answer that it is one."""
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        (
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += client.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 ")


def frames(client: socket.socket) -> Iterator[SocketMessage]:
    """Read the messages of a WebSocket that was not read before."""
    with client.makefile("rb") as stream:
        yield from map(decode, _texts(stream))


def texts_of(written: bytes) -> list[bytes]:
    """Return the texts of whole frames."""
    return list(_texts(io.BytesIO(written)))


def _texts(stream: BinaryIO) -> Iterator[bytes]:
    while start := stream.read(2):
        head, short = start
        length = int.from_bytes(stream.read({126: 2, 127: 8}[short])) if short > 125 else short
        payload = stream.read(length)
        if head == TEXT_FRAME:
            yield payload
