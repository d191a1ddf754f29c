"""Order books on the real servers: what Redis and the topic hold, by REST and by socket."""

from __future__ import annotations

import socket
import time
from itertools import cycle
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from api_records import book, candle, known_book
from api_sockets import decode, frames, never_reading
from api_under_test import Api, until_read
from api_world import World
from app.book.channel import OrderBookSnapshot, OrderBookUpdate
from app.stream.messages import Status
from candlestack_core.messages import Book
from candlestack_core.topics import ORDERBOOK
from waiting import PATIENCE_S, eventually


def receive(connection: ClientConnection) -> OrderBookSnapshot | OrderBookUpdate:
    """Return the next message that tells of a book; a busy broker may be called away in between."""
    while isinstance(message := decode(connection.recv(timeout=PATIENCE_S)), Status):
        pass
    assert isinstance(message, OrderBookSnapshot | OrderBookUpdate)
    return message


def as_answered(levels: list[tuple[str, str]]) -> list[list[str]]:
    return [[price, quantity] for price, quantity in levels]


def test_a_book_comes_from_redis_at_any_depth_with_all_that_tells_whether_to_believe_it(
    api: Api, world: World
) -> None:
    now = time.time_ns() // 1_000_000
    held = known_book("DEEPUSDT", 77, event_time=now - 1_500)
    world.store_in_redis(candle("DEEPUSDT", 0))
    world.store_book(held)
    answer = api.ask("/orderbook", symbol="DEEPUSDT", depth=3).json
    age = answer.pop("age")
    assert 1_500 <= age < 600_000
    assert answer == {
        "market": "spot",
        "symbol": "DEEPUSDT",
        "bids": as_answered(held.bids[:3]),
        "asks": as_answered(held.asks[:3]),
        "state": "synced",
        "last_update_id": 77,
        "checksum": 1_234,
        "event_time": now - 1_500,
        "bid_limit": "90",
        "ask_limit": "110",
        "source": "simulator",
    }
    for depth, levels in ((None, 100), (1000, 1000), (1, 1)):
        query = {} if depth is None else {"depth": depth}
        answer = api.ask("/orderbook", symbol="DEEPUSDT", **query).json
        assert (len(answer["bids"]), len(answer["asks"])) == (levels, levels)


def test_a_shallow_book_is_the_newest_that_was_published_and_a_deeper_one_that_of_redis(
    api: Api, world: World
) -> None:
    now = time.time_ns() // 1_000_000
    world.publish(candle("SHALLOWUSDT", 0), book("SHALLOWUSDT", 9, levels=20, event_time=now))
    until_read(api, book("SHALLOWUSDT", 9, levels=20, event_time=now))
    world.store_book(known_book("SHALLOWUSDT", 7, event_time=now - 200))

    def answered() -> list[tuple[int, int]]:
        books = [api.ask("/orderbook", symbol="SHALLOWUSDT", depth=depth).json for depth in (1, 20, 21)]
        return [(each["last_update_id"], len(each["bids"])) for each in books]

    # While a busy broker is called away, what was published may be behind what Redis has.
    eventually(lambda: answered() == [(9, 1), (9, 20), (7, 21)], "each depth from where it is newest")


def test_a_book_whose_builder_has_died_is_not_believed(api: Api, world: World) -> None:
    now = time.time_ns() // 1_000_000
    world.store_in_redis(candle("LEFTUSDT", 0))

    def told(**fields: Any) -> tuple[str, int | None]:
        world.store_book(known_book("LEFTUSDT", 1, **fields))
        answer = api.ask("/orderbook", symbol="LEFTUSDT").json
        return answer["state"], answer["age"]

    assert told(event_time=now)[0] == "synced"
    assert told(event_time=now - 3_600_000)[0] == "stale"
    assert told(event_time=now - 3_600_000, state="starved")[0] == "starved"
    assert told(event_time=now + 3_600_000) == ("synced", 0), "the exchange's clock may be ahead"
    assert told(event_time=now - 3_600_000, source="replay") == ("synced", None)
    assert told(event_time=0, state="resyncing") == ("resyncing", None)


def test_spot_and_futures_of_one_name_are_never_mixed(api: Api, world: World) -> None:
    world.store_in_redis(candle("MIXEDUSDT", 0))
    spot, futures = known_book("MIXEDUSDT", 5), known_book("MIXEDUSDT", 9, market="usdm")
    world.store_book(spot)
    world.store_book(futures)
    assert api.ask("/orderbook", symbol="MIXEDUSDT").json["last_update_id"] == 5
    answer = api.ask("/orderbook", symbol="MIXEDUSDT", market="usdm").json
    assert (answer["market"], answer["last_update_id"]) == ("usdm", 9)
    world.publish(book("MIXEDUSDT", 50), book("MIXEDUSDT", 90, market="usdm"))
    for market, newest in (("spot", 50), ("usdm", 90)):
        until_read(api, book("MIXEDUSDT", newest, market=market))  # type: ignore[arg-type]
    with api.connect("/ws/orderbook", symbol="MIXEDUSDT") as connection:
        snapshot = receive(connection)
        assert (snapshot.market, snapshot.data) == ("spot", book("MIXEDUSDT", 50))
        world.publish(book("MIXEDUSDT", 91, market="usdm"), book("MIXEDUSDT", 51))
        update = receive(connection)
    assert update.data == book("MIXEDUSDT", 51)
    assert update.prev == snapshot.seq


def test_a_client_of_a_book_is_sent_it_as_it_is_and_then_every_change_of_trust(
    api: Api, world: World
) -> None:
    symbol = "TRUSTUSDT"
    world.publish(candle(symbol, 0), book(symbol, 1))
    until_read(api, book(symbol, 1))
    with api.connect("/ws/orderbook", symbol=symbol) as connection:
        messages = [receive(connection)]
        states = ("resyncing", "synced", "starved", "stale", "synced")
        for number, state in enumerate(states, start=2):
            world.publish(book(symbol, number, state=state))
        while messages[-1].data != book(symbol, 6):
            messages.append(receive(connection))
    told = [message.data.state for message in messages if message.data is not None]
    assert told == ["synced", *states]
    assert [message.prev for message in messages] == [None, *(message.seq for message in messages[:-1])]
    assert {(m.epoch or "").partition("/")[0] for m in messages} == {ORDERBOOK}
    assert all(m.exchange_time == m.data.event_time for m in messages if m.data is not None)


def test_a_pair_without_a_book_yet_is_told_by_an_empty_snapshot_and_a_404(api: Api, world: World) -> None:
    world.store_in_redis(candle("BARREUSDT", 0))
    with api.connect("/ws/orderbook", symbol="BARREUSDT") as connection:
        snapshot = receive(connection)
        world.publish(book("BARREUSDT", 1))
        assert receive(connection).data == book("BARREUSDT", 1)
    assert (snapshot.data, snapshot.epoch, snapshot.seq) == (None, None, None)
    world.store_in_redis(candle("BARERUSDT", 0))
    answer = api.ask("/orderbook", symbol="BARERUSDT")
    assert (answer.status, answer.json["type"]) == (404, "urn:candlestack:problem:no-data-yet")
    assert answer.json["detail"] == "no spot book of BARERUSDT has been seen yet"


def test_a_market_without_the_pair_is_a_404_that_says_so_and_names_what_it_has(
    api: Api, world: World
) -> None:
    world.store_in_redis(candle("SPOTTYUSDT", 0))
    answer = api.ask("/orderbook", symbol="SPOTTYUSDT", market="usdm")
    assert answer.status == 404
    problem = answer.json
    assert problem["type"] == "urn:candlestack:problem:not-in-market"
    assert problem["detail"].startswith("SPOTTYUSDT is not in the usdm market; known there: ")
    assert "BTCUSDT" in problem["known_symbols"], "the settings name it"
    assert "SPOTTYUSDT" not in problem["known_symbols"]
    with (
        api.connect("/ws/orderbook", symbol="SPOTTYUSDT", market="usdm") as connection,
        pytest.raises(ConnectionClosed, match=r"4404.*SPOTTYUSDT is not in the usdm market"),
    ):
        connection.recv(timeout=PATIENCE_S)

    world.store_book(known_book("FUTUREUSDT", 3, market="usdm"))
    assert api.ask("/orderbook", symbol="FUTUREUSDT", market="usdm").json["last_update_id"] == 3
    answer = api.ask("/orderbook", symbol="FUTUREUSDT")
    assert (answer.status, answer.json["type"]) == (404, "urn:candlestack:problem:not-in-market")


def test_symbols_say_in_which_markets_a_pair_is(api: Api, world: World) -> None:
    world.store_in_redis(candle("ONEUSDT", 0), candle("TWOUSDT", 0))
    world.store_book(known_book("TWOUSDT", 1, market="usdm"))
    for symbol, market in (("ONEUSDT", "spot"), ("TWOUSDT", "spot"), ("TWOUSDT", "usdm")):
        api.ask("/orderbook", symbol=symbol, market=market)
    markets = {info["symbol"]: info["markets"] for info in api.ask("/symbols").json["symbols"]}
    assert markets["ONEUSDT"] == ["spot"]
    assert markets["TWOUSDT"] == ["spot", "usdm"]


def test_a_client_that_never_reads_costs_one_book_and_is_then_sent_the_newest(api: Api, world: World) -> None:
    symbol = "IDLEUSDT"
    world.publish(candle(symbol, 0), book(symbol, 0))
    until_read(api, book(symbol, 0))
    idle = never_reading(api.port, "/ws/orderbook", symbol)
    last = 3_000
    with api.connect("/ws/orderbook", symbol=symbol) as reading:
        previous = receive(reading)
        told = 0
        for first in range(1, last + 1, 300):
            # A change of trust is told of each by itself, however many are read together.
            states = cycle(("resyncing", "synced"))
            numbers = range(first, first + 300)
            world.publish(*(book(symbol, number, state=next(states)) for number in numbers))
            while previous.data != book(symbol, numbers[-1]):
                update = receive(reading)
                assert update.prev == previous.seq
                previous = update
                told += 1
        assert told >= last // 300
    newest = _read_to(idle, book(symbol, last))
    assert newest.conflated > 0, "the newest waited, and none behind it"
    idle.close()


def _read_to(client: socket.socket, last: Book) -> OrderBookUpdate:
    seq: int | None = None
    for message in frames(client):
        if isinstance(message, Status):
            continue
        assert isinstance(message, OrderBookSnapshot | OrderBookUpdate)
        assert message.prev == seq
        seq = message.seq
        if isinstance(message, OrderBookUpdate) and message.data == last:
            return message
    raise AssertionError("the connection ended")


def test_a_record_that_is_no_book_is_left_out_and_stops_nothing(api: Api, world: World) -> None:
    skipped = f'records_skipped_total{{topic="{ORDERBOOK}"}}'
    before = api.metrics().get(skipped, 0)
    broken = msgspec.json.decode(msgspec.json.encode(book("BADUSDT", 1)))
    world.publish_bytes(ORDERBOOK, "BADUSDT", msgspec.json.encode(broken | {"state": "believe me"}))
    world.publish(candle("BADUSDT", 0), book("BADUSDT", 2))
    until_read(api, book("BADUSDT", 2))
    assert api.metrics()[skipped] - before == 1
