"""WebSocket connections of a running exchange."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from dataclasses import replace
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import PROMPT, Clock, Exchange, Seconds, running, until


async def subscribe(connection: ClientWebSocketResponse, *streams: str) -> None:
    await connection.send_json({"method": "SUBSCRIBE", "params": streams, "id": 1})
    assert await connection.receive_json() == {"result": None, "id": 1}


async def closing(connection: ClientWebSocketResponse) -> tuple[list[Any], int | None, str]:
    """Read to the end; return the messages, the close code and its reason."""
    messages = []
    while (message := await connection.receive()).type is WSMsgType.TEXT:
        messages.append(json.loads(message.data))
    return messages, connection.close_code, message.extra or ""


async def about(exchange: Exchange) -> Any:
    return await exchange.get("/sim/source")


async def heard(connection: ClientWebSocketResponse) -> None:
    """Return when the exchange has taken all that was sent on a connection, past what it sent meanwhile."""
    await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": "heard"})
    while (await connection.receive()).type is not WSMsgType.TEXT:
        pass


@pytest.mark.parametrize(
    ("path", "enveloped"),
    [
        ("/ws/btcusdt@trade", False),
        ("/ws/btcusdt@trade/ethusdt@kline_1m", False),
        ("/stream?streams=btcusdt@trade", True),
        ("/stream?streams=btcusdt@trade/btcusdt@bookTicker", True),
    ],
)
async def test_streams_named_in_the_url_are_sent_raw_or_in_an_envelope(
    exchange: Exchange, clock: Clock, path: str, enveloped: bool
) -> None:
    connection = await exchange.connect(path)
    await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": "x"})
    listed = (await connection.receive_json())["result"]
    assert "btcusdt@trade" in listed
    clock.advance(3_000)
    message = await connection.receive_json()
    assert set(message) == {"stream", "data"} if enveloped else "e" in message or "u" in message
    if enveloped:
        assert message["stream"] in listed


async def test_the_envelope_follows_the_property(exchange: Exchange, clock: Clock) -> None:
    connection = await exchange.connect("/ws/btcusdt@trade")
    await connection.send_json({"method": "SET_PROPERTY", "params": ["combined", True], "id": 3})
    assert await connection.receive_json() == {"result": None, "id": 3}
    clock.advance(3_000)
    assert (await connection.receive_json())["stream"] == "btcusdt@trade"


async def test_a_stream_is_sent_from_its_subscription_to_its_unsubscription(
    exchange: Exchange, clock: Clock
) -> None:
    connection = await exchange.connect("/ws")
    await subscribe(connection, "btcusdt@depth@100ms", "ethusdt@depth@100ms")
    clock.advance(300)
    seen = [(await connection.receive_json())["s"] for _ in range(6)]
    assert sorted(seen) == ["BTCUSDT"] * 3 + ["ETHUSDT"] * 3

    await connection.send_json({"method": "UNSUBSCRIBE", "params": ["ethusdt@depth@100ms"], "id": 2})
    assert await connection.receive_json() == {"result": None, "id": 2}
    clock.advance(300)
    assert [(await connection.receive_json())["s"] for _ in range(3)] == ["BTCUSDT"] * 3


async def test_unknown_streams_are_acknowledged_and_silent(exchange: Exchange, clock: Clock) -> None:
    connection = await exchange.connect("/stream")
    unknown = ["nopeusdt@trade", "BTCUSDT@trade", "btcusdt@kline_7m", "!ticker@arr", "btcusdt@trade"]
    await subscribe(connection, *unknown)
    clock.advance(5_000)
    for _ in range(5):
        assert (await connection.receive_json())["stream"] == "btcusdt@trade"


async def test_a_malformed_request_is_answered_and_the_connection_goes_on(
    exchange: Exchange, clock: Clock
) -> None:
    connection = await exchange.connect("/ws")
    await connection.send_str("{")
    assert (await connection.receive_json())["error"]["code"] == 3
    await connection.send_str('{"method":"SUBSCRIBE","params":["a b"],"id":9}')
    error = {"code": 2, "msg": "Invalid request: invalid stream"}
    assert await connection.receive_json() == {"error": error, "id": 9}
    await subscribe(connection, "btcusdt@trade")
    clock.advance(3_000)
    assert (await connection.receive_json())["e"] == "trade"


async def test_a_malformed_stream_in_the_url_is_refused(exchange: Exchange) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await exchange.connect("/stream?streams=btc usdt@trade")
    assert refused.value.status == 400


async def test_more_than_five_messages_a_second_close_the_connection(market: SeededMarket) -> None:
    async with running(market, monotonic=Seconds()) as exchange:
        connection = await exchange.connect("/ws")
        for number in range(6):
            await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
        messages, code, reason = await closing(connection)
        assert [message["id"] for message in messages] == [0, 1, 2, 3, 4]
        assert (code, reason) == (1008, "Too many requests")


async def test_pings_of_the_client_are_answered_and_count_as_messages(market: SeededMarket) -> None:
    async with running(market, monotonic=Seconds()) as exchange:
        connection = await exchange.connect("/ws", autoping=False)
        await connection.ping(b"hello")
        pong = await connection.receive()
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"hello")
        for _ in range(5):
            await connection.ping(b"")
        assert await _close_code(connection) == 1008


async def _close_code(connection: ClientWebSocketResponse) -> int | None:
    """Read past pings and pongs to the end of the connection; return the code of the close frame."""
    while (message := await connection.receive()).type in (WSMsgType.PING, WSMsgType.PONG):
        pass
    return int(message.data) if message.type is WSMsgType.CLOSE else connection.close_code


PINGED_EVERY_S = 0.125
PINGED = replace(PROMPT, ping_interval_s=PINGED_EVERY_S, pong_timeout_s=2.5 * PINGED_EVERY_S)
"""For a time that stands until the test moves it."""


async def test_a_client_that_answers_pings_stays_and_one_that_does_not_is_closed(
    market: SeededMarket,
) -> None:
    seconds, config = Seconds(), replace(PINGED, messages_per_second=1_000)
    async with running(market, config, monotonic=seconds) as exchange:
        lively = await exchange.connect("/ws", autoping=False)
        silent = await exchange.connect("/ws", autoping=False)
        for _ in range(5):
            seconds.now += PINGED_EVERY_S
            ping = await lively.receive()
            assert ping.type is WSMsgType.PING
            await lively.pong(ping.data)
            await heard(lively)
        while (end := await silent.receive()).type is WSMsgType.PING:
            pass
        assert (end.type, end.data, end.extra) == (WSMsgType.CLOSE, 1008, "Pong timeout")
        await until(lambda: _counts_are(exchange, connections=1))


async def test_pongs_that_answer_no_ping_do_not_keep_a_connection(market: SeededMarket) -> None:
    seconds = Seconds()
    async with running(market, PINGED, monotonic=seconds) as exchange:
        connection = await exchange.connect("/ws", autoping=False)
        for _ in range(2):
            seconds.now += PINGED_EVERY_S
            assert (await connection.receive()).type is WSMsgType.PING
            await connection.pong(b"")
            await heard(connection)
        seconds.now += PINGED_EVERY_S
        end = await connection.receive()
        assert (end.type, end.data, end.extra) == (WSMsgType.CLOSE, 1008, "Pong timeout")


async def test_a_connection_that_ends_leaves_no_subscription(exchange: Exchange) -> None:
    connections = [await exchange.connect("/ws/btcusdt@trade/ethusdt@trade") for _ in range(3)]
    await subscribe(connections[0], "bnbusdt@trade")
    assert (await about(exchange))["streams"] == 3
    await connections[0].close()
    await until(lambda: _counts_are(exchange, connections=2, streams=2))
    await exchange.post("/sim/faults", {"kind": "cut"})
    await until(lambda: _counts_are(exchange, connections=0, streams=0))


async def test_the_end_of_a_connections_life_is_announced(market: SeededMarket, clock: Clock) -> None:
    config = replace(PROMPT, connection_life_s=0.3, shutdown_notice_s=600)
    async with running(market, config) as exchange:
        raw = await exchange.connect("/ws/btcusdt@trade")
        enveloped = await exchange.connect("/stream?streams=btcusdt@trade")
        event = {"e": "serverShutdown", "E": clock.ms}
        assert await closing(raw) == ([event], 1001, "End of life")
        messages, code, _ = await closing(enveloped)
        assert messages == [{"stream": "!serverShutdown", "data": event}]
        assert code == 1001


async def test_the_limits_of_a_connection_are_those_of_its_market(market: SeededMarket) -> None:
    config = replace(PROMPT, messages_per_second=2, usdm_messages_per_second=4)
    async with running(market, config, monotonic=Seconds()) as exchange:
        for path, allowed in (("/ws", 2), ("/usdm/market/ws", 4)):
            connection = await exchange.connect(path)
            for number in range(allowed + 1):
                await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
            messages, code, _ = await closing(connection)
            assert (len(messages), code) == (allowed, 1008)


async def test_futures_connections_are_pinged_and_end_on_their_own_times(market: SeededMarket) -> None:
    config = replace(PROMPT, usdm_ping_interval_s=0.0625, usdm_pong_timeout_s=0.3125)
    seconds = Seconds()
    async with running(market, config, monotonic=seconds) as exchange:
        spot = await exchange.connect("/ws", autoping=False)
        usdm = await exchange.connect("/usdm/public/ws", autoping=False)
        seconds.now += 0.0625
        assert (await usdm.receive()).type is WSMsgType.PING
        seconds.now += 0.25
        assert await _close_code(usdm) == 1008
        assert not spot.closed


async def test_a_server_that_stops_says_so(market: SeededMarket, clock: Clock) -> None:
    async with running(market) as exchange:
        connection = await exchange.connect("/ws")
        reading = asyncio.create_task(closing(connection))
        await exchange.server.stop()
        messages, code, _ = await reading
    assert (messages, code) == ([{"e": "serverShutdown", "E": clock.ms}], 1001)


async def test_too_many_streams_on_one_connection_are_refused(market: SeededMarket) -> None:
    async with running(market, replace(PROMPT, streams_per_connection=2)) as exchange:
        connection = await exchange.connect("/ws/btcusdt@trade")
        await connection.send_json({"method": "SUBSCRIBE", "params": ["a@trade", "b@trade"], "id": 1})
        assert (await connection.receive_json())["error"]["code"] == 2
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await exchange.connect("/stream?streams=a@trade/b@trade/c@trade")
        assert refused.value.status == 400


async def test_a_url_may_name_1024_streams(exchange: Exchange) -> None:
    names = "/".join(f"symbol{number}usdt@depth@100ms" for number in range(1024))
    connection = await exchange.connect(f"/stream?streams={names}")
    await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    assert len((await connection.receive_json())["result"]) == 1024


async def test_too_many_connections_are_refused_with_429(market: SeededMarket) -> None:
    async with running(market, replace(PROMPT, connections_per_5_minutes=2)) as exchange:
        for _ in range(2):
            await exchange.connect("/ws")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await exchange.connect("/ws")
        assert refused.value.status == 429
        assert refused.value.headers is not None
        assert 0 < int(refused.value.headers["Retry-After"]) <= 300
        assert await exchange.get("/api/v3/ping") == {}


async def test_connections_can_be_cut_from_outside(exchange: Exchange) -> None:
    connections = [await exchange.connect("/ws") for _ in range(3)]
    assert (await exchange.post("/sim/faults", {"kind": "cut"})).body["affected"] == 3
    for connection in connections:
        assert await _close_code(connection) == 1006
    await until(lambda: _counts_are(exchange, connections=0))


async def _counts_are(exchange: Exchange, **counts: int) -> bool:
    source = await about(exchange)
    return all(source[name] == count for name, count in counts.items())


async def test_a_client_that_does_not_read_is_disconnected_and_disturbs_nobody(
    market: SeededMarket, clock: Clock
) -> None:
    async with running(market, replace(PROMPT, client_backlog_bytes=128 * 1024)) as exchange:
        reader = await exchange.connect("/ws/btcusdt@depth@100ms")
        stuck = await _connect_without_reading(exchange, "/ws/btcusdt@depth@100ms/ethusdt@depth@100ms")
        await until(lambda: _counts_are(exchange, connections=2))
        final_ids = []
        async with asyncio.timeout(300):
            while (await about(exchange))["connections"] == 2:
                clock.advance(1_000)
                for _ in range(10):
                    diff = await reader.receive_json()
                    final_ids.append((diff["U"], diff["u"]))
        stuck.close()
        assert all(after[0] == before[1] + 1 for before, after in pairwise(final_ids))
        assert not reader.closed


async def _connect_without_reading(exchange: Exchange, path: str) -> socket.socket:
    """Open a WebSocket connection whose answers pile up at the server."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sleeper.setblocking(False)
    loop = asyncio.get_running_loop()
    host, port = exchange.address.split(":")
    await loop.sock_connect(sleeper, (host, int(port)))
    key = base64.b64encode(b"0123456789abcdef").decode()
    handshake = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(sleeper, handshake.encode())
    return sleeper
