"""Parts that die, freeze and come back: what can be served is, the rest says why, and all mends by itself."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from api_records import NOON, book, candle, known_book, trade
from api_sockets import SocketMessage, decode
from api_under_test import Answer, Api, ImpatientApi
from api_world import World
from app.book.channel import OrderBookSnapshot, OrderBookUpdate
from app.candles.channel import KlineSnapshot, KlineUpdate
from app.stream.messages import FeedState, Status
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.kafka import open_producer
from candlestack_core.kafka.create_topics import wait_and_ensure_topics
from candlestack_core.messages import Book, Candle, encode
from candlestack_core.topics import ORDERBOOK
from candlestack_local.servers import SHORT_LIVED_JVM, KafkaBroker, MongoServer, RedisServer, free_port
from waiting import PATIENCE_S, eventually

SYMBOL = "BTCUSDT"
HOUR_MS = Interval.H1.ms


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Servers of this module alone, which its tests may kill; each leaves them running."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        KafkaBroker(
            port=free_port(),
            controller_port=free_port(),
            data_dir=Path(folder) / "kafka",
            jvm_options=SHORT_LIVED_JVM,
        ) as broker,
        MongoServer(port=free_port(), data_dir=Path(folder) / "mongo") as mongo,
        RedisServer(port=free_port(), data_dir=Path(folder) / "redis") as redis,
        World(broker, mongo, redis) as world,
    ):
        closed = [candle(SYMBOL, minute) for minute in range(-100, 0)]
        trades = [trade(SYMBOL, number) for number in range(1, 21)]
        world.store(*closed, *trades)
        world.publish(*closed[-5:], *trades)
        world.store_book(known_book(SYMBOL, 1))
        world.publish(book(SYMBOL, 2))
        yield world


@pytest.fixture(scope="module")
def api(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with ImpatientApi(world, tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
def newest(world: World) -> Candle:
    """The candle of noon, on its topic and in the stores, whichever test comes first."""
    noon = candle(SYMBOL, 0)
    world.store(noon)
    world.publish(noon)
    return noon


def receive(connection: ClientConnection) -> SocketMessage:
    return decode(connection.recv(timeout=PATIENCE_S))


def publish_anew(world: World, published: Book) -> None:
    """Send a book by a producer that has not seen its topic disappear."""
    producer = open_producer(world.kafka, max_pending=10)
    producer.send(ORDERBOOK, published.symbol, encode(published))
    assert producer.flush(PATIENCE_S) == 0
    producer.close()


def next_candle(connection: ClientConnection) -> KlineUpdate:
    """Return the next update; a broker that is not yet whole, or busy, may be called away before it."""
    while isinstance(message := receive(connection), Status):
        pass
    assert isinstance(message, KlineUpdate)
    return message


def until_away(api: Api, *parts: str) -> None:
    """Wait until these parts are known to be away, and no other: a busy one may be, for a moment."""
    eventually(lambda: set(api.ask("/readyz").json["reasons"]) == set(parts), f"away: {parts}")


def ask(api: Api, path: str, *away: str, **query: object) -> Answer:
    """Return what is answered while these parts are away, and no other: a busy one may be, for a moment."""

    def look() -> Answer | None:
        answer = api.ask(path, **query)
        refused_for = answer.json["unavailable"] if answer.status == 503 else ()
        return answer if set(refused_for) <= set(away) else None

    return eventually(look, f"an answer to {path} for which no part but {away} is away")


def said_of_the_feed(connection: ClientConnection) -> FeedState:
    status = receive(connection)
    assert isinstance(status, Status)
    return status.data


def receive_book(connection: ClientConnection) -> Book | None:
    message = receive(connection)
    return message.data if isinstance(message, OrderBookSnapshot | OrderBookUpdate) else None


def assert_unavailable(answer: Answer, *parts: str) -> None:
    """Assert that an answer is the problem document of some parts that are away."""
    assert answer.status == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    problem = answer.json
    assert problem["type"] == "urn:candlestack:problem:unavailable"
    assert set(problem["unavailable"]) == set(parts)
    assert all(problem["unavailable"].values())
    assert all(part in problem["detail"] for part in parts)


def open_times(answer: Answer) -> list[int]:
    assert answer.status == 200
    return [each["open_time"] for each in answer.json["candles"]]


def test_a_killed_broker_is_said_on_the_sockets_which_stay_open_and_go_on_where_they_stopped(
    api: Api, world: World
) -> None:
    with api.connect("/ws/kline", symbol=SYMBOL) as connection:
        snapshot = receive(connection)
        assert isinstance(snapshot, KlineSnapshot)
        world.broker.kill()

        def named() -> bool:
            said = said_of_the_feed(connection)
            return said.state == "away" and world.broker.bootstrap in (said.reason or "")

        eventually(named, "the broker that nothing listens for is named")
        until_away(api, "kafka")

        with api.connect("/ws/kline", symbol=SYMBOL) as late:
            first, second = receive(late), receive(late)
        assert isinstance(first, KlineSnapshot)
        assert first.data == snapshot.data
        assert isinstance(second, Status)
        assert second.data.state == "away"

        # What the writers still bring into the stores is served although the hub has not heard of it.
        world.store(candle(SYMBOL, 0))
        # A store that is busy may leave one answer to what the hub has heard.
        eventually(lambda: api.ask("/latest", symbol=SYMBOL).json["open_time"] == NOON, "the newest")
        newest = [NOON - MINUTE_MS, NOON]
        eventually(lambda: open_times(ask(api, "/ohlc", symbol=SYMBOL, limit=2)) == newest, "the newest two")

        world.broker.restart()
        # A broker that is not yet whole may be away for another reason meanwhile.
        eventually(lambda: said_of_the_feed(connection).state == "live", "the feed is live again")
        world.publish(candle(SYMBOL, 0))
        update = next_candle(connection)
        assert update.data == candle(SYMBOL, 0)
        assert update.prev == snapshot.seq
        assert (update.epoch, update.seq) == (snapshot.epoch, (snapshot.seq or 0) + 1)
    api.wait_for("ready")


def test_without_redis_the_topics_and_mongodb_answer_and_only_the_realtime_window_is_refused(
    api: Api, world: World
) -> None:
    before = api.ask("/trades", symbol=SYMBOL).json

    def deepest() -> object:
        return api.ask("/orderbook", symbol=SYMBOL, depth=1000).json["last_update_id"]

    eventually(lambda: deepest() == 1, "the book of Redis")
    world.redis.kill()
    until_away(api, "redis")
    assert_unavailable(api.ask("/ohlc/realtime", symbol=SYMBOL), "redis")
    assert api.ask("/latest", symbol=SYMBOL).status == 200
    assert len(open_times(ask(api, "/ohlc", "redis", symbol=SYMBOL, limit=100))) == 100
    assert api.ask("/trades", symbol=SYMBOL).json == before, "the hub has read them"
    published = api.ask("/orderbook", symbol=SYMBOL, depth=1000).json
    assert published["last_update_id"] == 2, "the hub has read it"
    assert (len(published["bids"]), published["bid_limit"], published["ask_limit"]) == (20, "99.8", "100.2")
    assert_unavailable(api.ask("/orderbook", symbol=SYMBOL, market="usdm"), "redis")
    for path in ("/ranking/top-gainers", "/ranking/top-losers"):
        assert_unavailable(api.ask(path), "redis")
    hours, minutes = (
        open_times(ask(api, "/ohlc", "redis", symbol=SYMBOL, interval=interval)) for interval in ("1h", "1m")
    )
    assert hours[-1] == minutes[-1] // HOUR_MS * HOUR_MS
    assert api.ask("/symbols").status == 200
    assert api.ask("/latest", symbol="NOSUCHUSDT").status == 404

    world.redis.restart()
    api.wait_for("ready")
    assert len(open_times(ask(api, "/ohlc/realtime", symbol=SYMBOL))) >= 100


@pytest.mark.usefixtures("newest")
def test_without_mongodb_a_range_that_the_realtime_window_covers_is_served_and_no_other(
    api: Api, world: World
) -> None:
    world.mongo.kill()
    until_away(api, "mongodb")
    assert len(open_times(ask(api, "/ohlc", "mongodb", symbol=SYMBOL, limit=90))) == 90
    inside = NOON - 50 * MINUTE_MS
    assert open_times(ask(api, "/ohlc", "mongodb", symbol=SYMBOL, startTime=inside, limit=3)) == [
        inside,
        inside + MINUTE_MS,
        inside + 2 * MINUTE_MS,
    ]
    for query in ({"limit": 1000}, {"startTime": 0}, {"interval": "5m"}, {"endTime": NOON - 99 * MINUTE_MS}):
        assert_unavailable(ask(api, "/ohlc", "mongodb", symbol=SYMBOL, **query), "mongodb")
    assert_unavailable(api.ask("/completeness", symbol=SYMBOL), "mongodb")
    assert_unavailable(api.ask("/jobs"), "mongodb")
    for path in ("/latest", "/ohlc/realtime", "/trades"):
        assert ask(api, path, "mongodb", symbol=SYMBOL).status == 200

    world.mongo.restart()
    api.wait_for("ready")
    assert len(open_times(ask(api, "/ohlc", symbol=SYMBOL, limit=1000))) == 101
    assert open_times(ask(api, "/ohlc", symbol=SYMBOL, interval="5m")) == [
        NOON + minute * MINUTE_MS for minute in range(-100, 5, 5)
    ]


@pytest.mark.usefixtures("newest")
def test_stores_that_are_frozen_are_found_out_and_hold_up_nothing_else(api: Api, world: World) -> None:
    world.mongo.suspend()
    world.redis.suspend()
    try:
        with ThreadPoolExecutor() as pool:
            hours = pool.submit(api.ask, "/ohlc", symbol=SYMBOL, interval="1h")
            window = pool.submit(api.ask, "/ohlc/realtime", symbol=SYMBOL)
            assert api.ask("/latest", symbol=SYMBOL).status == 200
            assert api.ask("/healthz").status == 200
        assert_unavailable(hours.result(), "mongodb")
        assert_unavailable(window.result(), "redis")
        until_away(api, "mongodb", "redis")
        # Known to be away, they are not waited for, however many ask.
        for _ in range(20):
            assert_unavailable(api.ask("/ohlc", symbol=SYMBOL, interval="1h"), "mongodb")
    finally:
        world.mongo.resume()
        world.redis.resume()
    api.wait_for("ready")
    assert open_times(ask(api, "/ohlc", symbol=SYMBOL, interval="1h")) == [
        NOON - 2 * HOUR_MS,
        NOON - HOUR_MS,
        NOON,
    ]


def test_with_all_away_at_the_start_it_lives_says_so_and_serves_as_soon_as_one_is_there(
    world: World, newest: Candle, tmp_path: Path
) -> None:
    for server in (world.broker, world.mongo, world.redis):
        server.kill()
    api = ImpatientApi(world, tmp_path)
    process = api.launch()
    try:
        readiness = api.wait_for("not ready")
        assert set(readiness["reasons"]) == {"kafka", "redis", "mongodb"}
        assert api.ask("/readyz").status == 503
        assert api.ask("/healthz").json == {"status": "alive", "source": None, "simulated": None}
        assert api.ask("/metrics").status == 200
        for path in ("/latest", "/ohlc", "/trades"):
            assert_unavailable(api.ask(path, symbol=SYMBOL), "kafka", "redis", "mongodb")
        assert_unavailable(api.ask("/symbols"), "kafka", "redis", "mongodb")
        assert api.ask("/ohlc", symbol=SYMBOL, limit=0).status == 422
        with api.connect("/ws/kline", symbol=SYMBOL) as connection, pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=PATIENCE_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4503
        assert "redis is away" in closed.value.rcvd.reason

        world.redis.restart()
        until_away(api, "kafka", "mongodb")
        latest = ask(api, "/latest", "kafka", "mongodb", symbol=SYMBOL)
        assert latest.json["open_time"] == newest.open_time
        eventually(lambda: api.ask("/symbols").json["source"] == "simulator", "whose data it is")
        with api.connect("/ws/kline", symbol=SYMBOL) as connection:
            snapshot, away = receive(connection), receive(connection)
            assert isinstance(snapshot, KlineSnapshot)
            assert (snapshot.data, snapshot.seq) == ([], None)
            assert isinstance(away, Status)
            assert away.data.state == "away"
            world.mongo.restart()
            world.broker.restart()
            messages = [receive(connection)]
            while not isinstance(messages[-1], KlineSnapshot):
                messages.append(receive(connection))
            assert messages[-1].data[-1] == newest
            live = receive(connection)
            assert isinstance(live, Status)
            assert live.data.state == "live"
        api.wait_for("ready")
        assert process.poll() is None, "it is the same process"
        assert api.signal(signal.SIGTERM) == 0
    finally:
        process.kill()
        for server in (world.broker, world.mongo, world.redis):
            if server.pid is None:
                server.restart()


def test_without_the_topic_of_books_all_else_goes_on_and_books_come_once_it_is_there(
    world: World, tmp_path: Path
) -> None:
    admin = AdminClient({"bootstrap.servers": world.broker.bootstrap})
    admin.delete_topics([ORDERBOOK])[ORDERBOOK].result(PATIENCE_S)
    with (
        ImpatientApi(world, tmp_path) as api,
        api.connect("/ws/kline", symbol=SYMBOL) as kline,
        api.connect("/ws/orderbook", symbol=SYMBOL) as books,
    ):
        receive(kline)
        empty = receive(books)
        assert isinstance(empty, OrderBookSnapshot)
        assert empty.data is None
        news = candle(SYMBOL, 100)
        world.publish(news)
        assert next_candle(kline).data == news

        wait_and_ensure_topics(world.kafka, PATIENCE_S)
        publish_anew(world, book(SYMBOL, 3))
        eventually(lambda: receive_book(books) == book(SYMBOL, 3), "the books are read")
        publish_anew(world, book(SYMBOL, 4))
        eventually(lambda: receive_book(books) == book(SYMBOL, 4), "they are followed")
