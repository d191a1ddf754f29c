"""The sockets on the real servers: what a client is sent, what it may not do, and what the slow ones cost."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Callable
from typing import cast

import msgspec
import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection as SyncConnection

from api_records import NOON, candle, trade
from api_sockets import TEXT_FRAME, SocketMessage, closed_with, decode, frames, never_reading, upgrade
from api_under_test import Api, until_read
from api_world import World
from app.candles.channel import CLOSED_CANDLES_KEPT, KlineSnapshot, KlineUpdate
from app.trades.channel import TradesSnapshot, TradesUpdate
from candlestack_core.messages import Candle, Trade
from candlestack_core.topics import TRADES
from waiting import PATIENCE_S, eventually


def receive(connection: SyncConnection) -> SocketMessage:
    return decode(connection.recv(timeout=PATIENCE_S))


def receive_until(connection: SyncConnection, last: Candle | int) -> list[SocketMessage]:
    """Receive until an update holds a candle, or the trade of an id; return all that came."""
    messages = []
    while True:
        messages.append(receive(connection))
        match messages[-1]:
            case KlineUpdate(data=data) if data == last:
                return messages
            case TradesUpdate(data=trades) if trades[-1].trade_id == last:
                return messages
            case _:
                continue


def until_known(api: Api, latest: Candle) -> None:
    """Wait until the API has read a candle that was published."""

    def look() -> bool:
        answer = api.ask("/latest", symbol=latest.symbol).json
        return (answer.get("open_time"), answer.get("version")) == (latest.open_time, latest.version)

    eventually(look, f"the latest candle of {latest.symbol}")


def test_a_client_of_candles_is_sent_the_newest_hour_and_then_every_change(api: Api, world: World) -> None:
    symbol = "KLINEUSDT"
    hour = [candle(symbol, minute) for minute in range(-59, 0)]
    forming = candle(symbol, 0, closed=False)
    world.publish(*hour, forming, arrival_time=NOON + 40_000)
    until_known(api, forming)
    with api.connect("/ws/kline", symbol=symbol) as connection:
        snapshot = receive(connection)
        assert isinstance(snapshot, KlineSnapshot)
        assert snapshot.data == [*hour, forming]
        assert snapshot.prev is None
        assert snapshot.exchange_time == forming.version
        assert snapshot.arrival_time == NOON + 40_000
        news = [
            candle(symbol, 0),
            candle(symbol, 1, closed=False),
            candle(symbol, -2, close="99.75", version=NOON * 2),
        ]
        for each in news:
            world.publish(each)
        updates = receive_until(connection, news[-1])
    assert [m.data for m in updates if isinstance(m, KlineUpdate)] == news
    seqs = [m.seq for m in (snapshot, *updates) if isinstance(m, KlineSnapshot | KlineUpdate)]
    assert seqs == [seqs[0], *(seqs[0] + n for n in (1, 2, 3) if seqs[0] is not None)]
    assert [m.prev for m in updates if isinstance(m, KlineUpdate)] == seqs[:-1]
    assert {m.epoch for m in updates if isinstance(m, KlineUpdate)} == {snapshot.epoch}
    assert (snapshot.epoch or "").startswith(f"{world.candle_topic}/")


def test_a_client_of_trades_is_sent_the_newest_and_then_each_once(api: Api, world: World) -> None:
    symbol = "TRADEDUSDT"
    world.publish(candle(symbol, 0), *(trade(symbol, number) for number in range(1, 151)))
    until_known(api, candle(symbol, 0))
    with api.connect("/ws/trades", symbol=symbol) as connection:
        messages = [receive(connection)]
        world.publish(*(trade(symbol, number) for number in (149, 150, 151, 151, 152)), trade(symbol, 153))
        messages += receive_until(connection, 153)
    snapshot = messages[0]
    assert isinstance(snapshot, TradesSnapshot)
    told = [t.trade_id for m in messages[1:] if isinstance(m, TradesUpdate) for t in m.data]
    first = snapshot.data[-1].trade_id if snapshot.data else 0
    assert told == list(range(first + 1, 154)), "what the snapshot has not, comes after it, and once"
    assert len(snapshot.data) <= 100
    assert (snapshot.epoch or f"{TRADES}/").startswith(f"{TRADES}/")
    assert all(m.dropped == 0 for m in messages if isinstance(m, TradesUpdate))


def test_after_a_kill_and_a_new_start_the_state_has_the_same_epoch_and_seq(
    other_api: Api, world: World
) -> None:
    symbol = "AGAINUSDT"
    forming = candle(symbol, 4, closed=False)
    world.publish(*(candle(symbol, minute) for minute in range(4)))
    world.publish(candle(symbol, 1, closed=False))  # tells nothing new, yet it has been read
    world.publish(trade(symbol, 1), trade(symbol, 2))
    world.publish(forming)
    until_known(other_api, forming)

    def look() -> tuple[object, ...] | None:
        seen: list[object] = []
        read = 0
        for path in ("/ws/kline", "/ws/trades"):
            with other_api.connect(path, symbol=symbol) as connection:
                message = receive(connection)
            assert isinstance(message, KlineSnapshot | TradesSnapshot)
            seen += [message.epoch, message.seq, message.data]
            read = len(message.data)
        return tuple(seen) if read == 2 else None

    before = eventually(look, "both trades have been read")
    assert other_api.signal(signal.SIGKILL) == -signal.SIGKILL
    other_api.start()
    assert look() == before


@pytest.mark.parametrize("path", ["/ws/kline", "/ws/trades", "/ws/orderbook"])
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, (4400, "symbol: Field required")),
        ({"symbol": "B"}, (4400, "symbol: String should have at least 2 characters")),
        ({"symbol": "RULESUSDT", "interval": "5m"}, (4400, "interval: Extra inputs are not permitted")),
        ({"symbol": "NOSUCHUSDT"}, (4404, "'NOSUCHUSDT' is not a known pair; known: ")),
        ({"symbol": "Ü" * 40}, (4404, f"'{'Ü' * 40}' is not a known pair; known: ")),
    ],
)
def test_a_bad_query_is_told_by_code_and_reason(
    api: Api, world: World, path: str, query: dict[str, str], told: tuple[int, str]
) -> None:
    world.store_in_redis(candle("RULESUSDT", 0))
    with api.connect(path, **query) as connection:
        code, reason = closed_with(connection)
    assert code == told[0]
    assert reason.startswith(told[1])


@pytest.mark.parametrize("message", ["hello", b"\x00", '{"method": "SUBSCRIBE"}'])
def test_a_client_that_speaks_is_sent_away(api: Api, world: World, message: str | bytes) -> None:
    world.store_in_redis(candle("TALKUSDT", 0))
    with api.connect("/ws/trades", symbol="TALKUSDT") as connection:
        connection.send(message)
        assert closed_with(connection) == (4400, "this socket takes no messages")


def test_a_message_as_large_as_memory_is_refused_by_its_size(api: Api, world: World) -> None:
    world.store_in_redis(candle("LARGEUSDT", 0))
    with api.connect("/ws/kline", symbol="LARGEUSDT") as connection:
        connection.send("x" * 100_000)
        code, _ = closed_with(connection)
    assert code == 1009


def test_a_path_that_is_no_socket_is_refused_before_it_opens(api: Api) -> None:
    with pytest.raises(InvalidStatus), api.connect("/ws/books", symbol="BTCUSDT"):
        pytest.fail("it opened")


class Reader(asyncio.Protocol):
    """A client that reads all it is sent, with as little work as can be: there are many."""

    def __init__(self, channels: int) -> None:
        """Take on how many channels it is told of what happens."""
        self.channels = channels
        self.seqs: dict[str, int | None] = {}
        self.closed: list[int] = []
        self.trades: list[int] = []
        self.dropped = 0
        self.gaps = 0
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    @property
    def begun(self) -> bool:
        return len(self.seqs) == self.channels

    def data_received(self, data: bytes) -> None:
        data, at = self._unread + data, 0
        while (end := _frame_end(data, at)) <= len(data):
            self._take(data[at], data[end - _length(data, at) : end])
            at = end
        self._unread = data[at:]

    def _take(self, head: int, text: bytes) -> None:
        if head != TEXT_FRAME:  # a ping
            self.transport.write(b"\x8a" + bytes((0x80 | len(text),)) + bytes(4) + text)
            return
        message = _decode_news(text)
        if message.channel in ("control", "status"):
            return
        self.gaps += message.prev != self.seqs.get(message.channel)
        self.seqs[message.channel] = message.seq
        if message.type == "snapshot":
            return
        if message.channel == "kline":
            candle = _decode_candle(message.data)
            self.closed += [candle.open_time] if candle.closed else []
        else:
            self.trades += [each.trade_id for each in _decode_trades(message.data)]
            self.dropped += message.dropped


def _frame_end(data: bytes, at: int) -> int:
    """Return where the frame that begins at some place ends, if only after all that is there."""
    if len(data) < at + 10:
        short = len(data) >= at + 2 and data[at + 1] < 126
        return at + 2 + data[at + 1] if short else len(data) + 1
    return at + {126: 4, 127: 10}.get(data[at + 1], 2) + _length(data, at)


def _length(data: bytes, at: int) -> int:
    match data[at + 1]:
        case 126:
            return int.from_bytes(data[at + 2 : at + 4])
        case 127:
            return int.from_bytes(data[at + 2 : at + 10])
        case short:
            return short


class OneCandle(msgspec.Struct):
    """What is looked at of a candle."""

    open_time: int
    closed: bool


class TradeId(msgspec.Struct):
    """What is looked at of a trade."""

    trade_id: int


class News(msgspec.Struct):
    """What is looked at of a message; there are hundreds of thousands."""

    channel: str
    type: str
    prev: int | None = None
    seq: int | None = None
    dropped: int = 0
    data: msgspec.Raw = msgspec.Raw(b"null")


_decode_news = msgspec.json.Decoder(News).decode
_decode_candle = msgspec.json.Decoder(OneCandle).decode
_decode_trades = msgspec.json.Decoder(list[TradeId]).decode


async def until(look: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            while not look():
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"not within {timeout_s:.0f} s: {what}")


def _by_time(forming: list[Candle], closed: list[Candle]) -> list[Candle]:
    return sorted([*forming, *closed], key=lambda each: each.version)


def trades_dropped(api: Api) -> float:
    """Return how many trades clients of this API have missed."""
    return api.metrics()["socket_trades_dropped_total"]


async def reader_of(port: int, target: str, *wanted: dict[str, str]) -> Reader:
    """Connect a client, and let it subscribe to what it wants."""
    client = socket.create_connection(("127.0.0.1", port))
    upgrade(client, target)
    if wanted:
        text = json.dumps({"op": "subscribe", "subscriptions": wanted}).encode()
        client.sendall(b"\x81\xfe" + len(text).to_bytes(2) + bytes(4) + text)
    reader = Reader(channels=len(wanted) or 1)
    await asyncio.get_running_loop().create_connection(lambda: reader, sock=client)
    return reader


async def test_of_two_hundred_clients_the_twenty_that_never_read_cost_the_others_nothing(
    other_api: Api, world: World
) -> None:
    symbol, port = "CROWDUSDT", other_api.port
    world.publish(candle(symbol, 0), trade(symbol, 0))
    until_read(other_api, candle(symbol, 0), trade(symbol, 0))
    process = psutil.Process(other_api.pid)
    before, counted = process.memory_info().rss, other_api.metrics()
    stuck = [never_reading(port, "/ws/kline", symbol) for _ in range(12)]
    stuck += [never_reading(port, "/ws/trades", symbol) for _ in range(8)]
    both_channels = [{"channel": channel, "symbol": symbol} for channel in ("kline", "trades")]
    kline = [await reader_of(port, f"/ws/kline?symbol={symbol}") for _ in range(70)]
    traded = [await reader_of(port, f"/ws/trades?symbol={symbol}") for _ in range(50)]
    both = [await reader_of(port, "/ws", *both_channels) for _ in range(60)]
    readers = [*kline, *traded, *both]
    await until(lambda: all(reader.begun for reader in readers), "every snapshot")

    closed: list[int] = []
    trades: list[int] = []

    def all_read() -> bool:
        return all(reader.closed[-1:] == closed[-1:] for reader in (*kline, *both)) and all(
            reader.trades[-1:] == trades[-1:] for reader in (*traded, *both)
        )

    # In stretches that a reading client is given time for: how fast it reads is not what is tested.
    while len(closed) < CLOSED_CANDLES_KEPT + 400:
        minutes = range(len(closed) + 1, len(closed) + 401)
        new = [candle(symbol, minute) for minute in minutes]
        forming = [candle(symbol, minute, closed=False) for minute in minutes[::20]]
        new_trades = range(len(trades) + 1, len(trades) + 801)
        closed += [each.open_time for each in new]
        trades += new_trades
        records: list[Candle | Trade] = [
            *_by_time(forming, new),
            *(trade(symbol, number) for number in new_trades),
        ]
        await asyncio.to_thread(world.publish, *records)
        await until(all_read, f"every reader has {len(closed)} minutes and {len(trades)} trades")

    for reader in (*kline, *both):
        assert reader.closed == closed
    for reader in (*traded, *both):
        assert reader.trades == trades
    assert {(reader.gaps, reader.dropped) for reader in readers} == {(0, 0)}
    too_slow = 'sockets_closed_total{code="4408"}'
    await until(
        lambda: other_api.metrics().get(too_slow, 0) == counted.get(too_slow, 0) + 12,
        "those that would miss closed candles are sent away",
    )
    sent_away = {client.getsockname()[1] for client in stuck[:12]}
    await until(
        lambda: not sent_away & {c.raddr.port for c in process.net_connections("tcp") if c.raddr},
        "they are cut off, although they do not answer",
    )
    served = {'sockets_open{channel="kline"}': 70, 'socket_subscriptions{channel="kline"}': 60}
    # Those of the test before may not have been missed yet.
    await until(lambda: served.items() <= other_api.metrics().items(), "all others are served")
    # Where it takes long, those that answer no ping are gone too.
    assert 50 <= other_api.metrics()['sockets_open{channel="trades"}'] <= 58
    missed = trades_dropped(other_api) - counted["socket_trades_dropped_total"]
    assert missed > 0, "those that never read trades miss some, by count"
    assert process.memory_info().rss - before < 96 * 1024 * 1024
    for reader in readers:
        reader.transport.abort()
    for client in stuck:
        client.close()


def test_a_slow_client_reads_what_was_kept_and_how_many_trades_it_missed(api: Api, world: World) -> None:
    symbol = "SLOWUSDT"
    world.publish(candle(symbol, 0), trade(symbol, 0))
    until_known(api, candle(symbol, 0))
    before = trades_dropped(api)
    slow = never_reading(api.port, "/ws/trades", symbol)
    for first in range(1, 20_001, 500):
        world.publish(*(trade(symbol, number) for number in range(first, first + 500)))

    eventually(lambda: trades_dropped(api) > before, "trades are dropped for the client that does not read")
    world.publish(trade(symbol, 20_001))
    expected, missed = 0, 0
    for message in frames(slow):
        if isinstance(message, TradesSnapshot):
            expected = message.data[-1].trade_id if message.data else -1
        elif isinstance(message, TradesUpdate):
            missed += message.dropped
            assert message.data[0].trade_id == expected + message.dropped + 1
            expected = message.data[-1].trade_id
            if expected == 20_001:
                break
    assert missed > 0
    slow.close()
