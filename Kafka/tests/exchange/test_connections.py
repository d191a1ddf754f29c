"""Connections to an exchange that ends, freezes, starves and refuses them: no event is missed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from candlestack_core.pauses import Pauses
from candlestack_ingest.exchange.binance import shard, socket
from candlestack_ingest.exchange.binance.budgets import EventBudget
from candlestack_ingest.exchange.binance.pool import StreamPool
from candlestack_ingest.exchange.binance.shard import Wiring
from candlestack_simulator.testing import until

STREAMS = ("btcusdt@trade", "ethusdt@trade", "xrpusdt@trade")
EVERY_S = 0.005


class Exchange:
    """Numbers its events, sends each to every connection that is subscribed, and does what a test asks."""

    def __init__(self) -> None:
        self.number = 0
        self.port = 0
        self.connections: list[ServerConnection] = []
        self.unsubscribed: list[list[str]] = []
        self.refusals = 0
        """Connections that are refused next."""
        self.starves: set[str] = set()
        """Streams that new connections acknowledge and never carry."""
        self.attempts: list[float] = []

    async def pump(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            self.number += 1
            # A copy: one that ends meanwhile takes itself out, and the next would be passed over.
            for connection in tuple(self.connections):
                for stream in connection.streams - connection.starved:  # type: ignore[attr-defined]
                    await self.send(connection, stream, {"e": "trade", "t": self.number, "pad": "x" * 100})

    async def send(self, connection: ServerConnection, stream: str, data: object) -> None:
        if connection.frozen:  # type: ignore[attr-defined]
            return
        try:
            await connection.send(json.dumps({"stream": stream, "data": data}, separators=(",", ":")))
        except ConnectionClosed:
            return

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.attempts.append(time.monotonic())
        if self.refusals:
            self.refusals -= 1
            status = HTTPStatus.TOO_MANY_REQUESTS
            return Response(status.value, status.phrase, Headers({"Retry-After": "1"}))
        return None

    async def handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        connection.streams = set(query["streams"][0].split("/"))  # type: ignore[attr-defined]
        connection.starved = set(self.starves)  # type: ignore[attr-defined]
        connection.frozen = False  # type: ignore[attr-defined]
        self.connections.append(connection)
        try:
            async for message in connection:
                names = json.loads(message)["params"]
                self.unsubscribed.append(names)
                connection.streams -= set(names)  # type: ignore[attr-defined]
        finally:
            self.connections.remove(connection)

    def freeze(self) -> None:
        """Send nothing and read nothing on what is open, so that no pong comes back either."""
        for connection in self.connections:
            connection.frozen = True  # type: ignore[attr-defined]
            connection.transport.pause_reading()


class Taker:
    """Takes frames as a feed does: each number of a stream once."""

    def __init__(self) -> None:
        self.numbers: dict[str, set[int]] = {stream: set() for stream in STREAMS}
        self.frames = 0
        self.connects = 0

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        decoded = json.loads(frame)
        self.frames += 1
        self.numbers[decoded["stream"]].add(decoded["data"]["t"])

    async def on_connected(self, streams: Collection[str], /) -> None:
        self.connects += 1

    def without_a_hole(self) -> bool:
        return all(numbers == set(range(min(numbers), max(numbers) + 1)) for numbers in self.numbers.values())

    def newest(self, stream: str) -> int:
        return max(self.numbers[stream], default=0)


async def without_a_hole(taker: Taker) -> None:
    """Hold that no number is missing; while two connections overlap, the one may be ahead for a moment."""
    await until(taker.without_a_hole)
    assert all(taker.numbers.values())


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    exchange = Exchange()
    async with serve(
        exchange.handle, "127.0.0.1", 0, process_request=exchange.admit, compression=None, close_timeout=0.2
    ) as server:
        exchange.port = server.sockets[0].getsockname()[1]
        pump = asyncio.create_task(exchange.pump())
        yield exchange
        pump.cancel()


@asynccontextmanager
async def listening(
    exchange: Exchange, taker: Taker, *, lifetime_s: float = 3600.0, per_connection: int = 3
) -> AsyncIterator[StreamPool]:
    wiring = Wiring(
        market="spot",
        url_of=lambda streams: f"ws://127.0.0.1:{exchange.port}/stream?streams={'/'.join(streams)}",
        connections=EventBudget(1000, 300.0),
        lifetime_s=lifetime_s,
        on_frame=taker.on_frame,
        on_connected=taker.on_connected,
        pauses=lambda: Pauses(first=0.01, longest=0.02),
    )
    pool = StreamPool("test", STREAMS, per_connection, wiring)
    running = asyncio.create_task(pool.run())
    try:
        await until(lambda: all(taker.numbers.values()))
        yield pool
    finally:
        running.cancel()
        await asyncio.wait({running})


@pytest.fixture(autouse=True)
def short_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "OVERLAP_S", 0.2)


async def test_a_connection_is_replaced_before_its_end_and_nothing_is_missed(exchange: Exchange) -> None:
    taker = Taker()
    async with listening(exchange, taker, lifetime_s=0.6):
        await until(lambda: taker.connects >= 4)
        reached = exchange.number
        await until(lambda: all(taker.newest(stream) > reached for stream in STREAMS))
        await until(lambda: len(exchange.connections) <= 2)
        await without_a_hole(taker)
    assert taker.frames > sum(map(len, taker.numbers.values()))  # they did overlap


async def test_an_announced_end_is_met_by_a_replacement_and_nothing_is_missed(exchange: Exchange) -> None:
    taker = Taker()
    async with listening(exchange, taker):
        (ending,) = exchange.connections
        await ending.send('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}')
        await until(lambda: taker.connects == 2)
        await until(lambda: ending not in exchange.connections)
        reached = exchange.number
        await until(lambda: all(taker.newest(stream) > reached for stream in STREAMS))
        await without_a_hole(taker)


async def test_the_old_connection_stays_until_the_new_one_carries_all_it_carries(exchange: Exchange) -> None:
    taker = Taker()
    async with listening(exchange, taker):
        (old,) = exchange.connections
        exchange.starves = {STREAMS[1]}
        await old.send('{"e":"serverShutdown","E":1}')
        await until(lambda: len(exchange.connections) == 2)
        reached = exchange.number
        await until(lambda: exchange.number > reached + 200)
        assert old in exchange.connections
        exchange.connections[1].starved = set()  # type: ignore[attr-defined]
        await until(lambda: old not in exchange.connections)
        await without_a_hole(taker)


async def test_a_frozen_connection_is_cut_and_made_anew(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(socket, "PROBE_AFTER_S", 0.2)
    monkeypatch.setattr(socket, "PONG_WITHIN_S", 0.2)
    taker = Taker()
    async with listening(exchange, taker):
        exchange.freeze()
        reached = exchange.number
        await until(lambda: all(taker.newest(stream) > reached for stream in STREAMS))
        # On a busy machine one that lives may be cut as well: it has 0.2 s for its pong.
        assert taker.connects >= 2


async def test_a_silent_connection_that_answers_pings_is_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(socket, "PROBE_AFTER_S", 0.1)
    monkeypatch.setattr(socket, "PONG_WITHIN_S", 600.0)
    taker = Taker()
    async with listening(exchange, taker):
        (silent,) = exchange.connections
        silent.starved = set(STREAMS)  # type: ignore[attr-defined]
        reached = exchange.number
        await until(lambda: exchange.number > reached + 150)
        assert (taker.connects, exchange.connections) == (1, [silent])


async def test_a_starved_stream_moves_to_a_connection_of_its_own(exchange: Exchange) -> None:
    taker = Taker()
    async with listening(exchange, taker) as pool:
        (old,) = exchange.connections
        starved = STREAMS[0]
        old.starved = {starved}  # type: ignore[attr-defined]
        reached = exchange.number
        await pool.move([starved])
        await until(lambda: taker.newest(starved) > reached)
        await until(lambda: exchange.unsubscribed == [[starved]])
        assert pool.connections == 2
        assert old.streams == set(STREAMS[1:])  # type: ignore[attr-defined]
        # Moved again, it leaves an empty connection behind, which is closed.
        await pool.move([starved])
        await until(lambda: len(exchange.connections) == 2 and pool.down() == 0)
        assert pool.connected_streams() == set(STREAMS)


async def test_a_refused_connection_comes_back_when_retry_after_says_so(exchange: Exchange) -> None:
    taker = Taker()
    exchange.refusals = 1
    async with listening(exchange, taker):
        first, second, *_ = exchange.attempts
        assert second - first >= 1.0


async def test_one_connection_that_is_cut_leaves_the_others_alone(exchange: Exchange) -> None:
    taker = Taker()
    async with listening(exchange, taker, per_connection=1) as pool:
        cut, *others = exchange.connections
        cut.transport.abort()
        await until(lambda: taker.connects == 4)
        assert all(other in exchange.connections for other in others)
        await until(lambda: pool.down() == 0)
