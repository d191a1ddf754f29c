"""Binance's streams on the real servers, with unmodified clients by their public endpoint settings."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ccxt.pro
import pytest
from binance import AsyncClient, BinanceSocketManager
from binance.ws.reconnecting_websocket import ReconnectingWebsocket
from binance_common.configuration import ConfigurationWebSocketStreams
from binance_sdk_spot.spot import Spot
from unicorn_binance_websocket_api import BinanceWebSocketApiManager
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from api_records import book, candle, known_book, trade
from api_under_test import Api
from api_world import World
from candlestack_core.messages import DepthDiff
from listing_records import entry, store_listings
from waiting import PATIENCE_S, eventually

PAIR, MARKET = "STREAMUSDT", "STREAM/USDT"
NAME = PAIR.lower()
BOOK_ID = 100


def diff(symbol: str, update_id: int, price: str = "99.5", quantity: str = "3") -> DepthDiff:
    """Return the diff that follows the one before, which changes one bid."""
    return DepthDiff(
        market="spot",
        symbol=symbol,
        first_update_id=update_id,
        final_update_id=update_id,
        previous_final_update_id=None,
        bids=[(price, quantity)],
        asks=[],
        event_time=1_767_268_800_000 + update_id,
        source="simulator",
    )


class Market:
    """A pair of which something happens whenever it is told to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._number = 0

    def move(self) -> None:
        """Let one of everything happen."""
        self._number += 1
        number = self._number
        now = time.time_ns() // 1_000_000
        self._world.store_book(known_book(PAIR, BOOK_ID + number, event_time=now))
        self._world.publish(
            trade(PAIR, number, price="100.5", quantity="0.125"),
            candle(PAIR, 1, closed=False, version=1_767_268_860_000 + number, volume=f"{number}.5"),
            book(PAIR, BOOK_ID + number, event_time=now),
            diff(PAIR, BOOK_ID + number),
        )

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Let it happen over and over."""

        async def run() -> None:
            while True:
                await asyncio.to_thread(self.move)
                await asyncio.sleep(0.05)

        task = asyncio.get_running_loop().create_task(run())
        try:
            yield
        finally:
            task.cancel()


@pytest.fixture(scope="module")
def market(api: Api, world: World) -> Market:
    world.store_in_redis(candle(PAIR, 0))
    world.publish(candle(PAIR, 0))
    store_listings(world.redis, entry(PAIR))
    eventually(lambda: api.ask("/api/v3/exchangeInfo", symbol=PAIR).status == 200, "the pair is listed")
    return Market(world)


@pytest.fixture
async def binance_client(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setattr(AsyncClient, "API_URL", f"{api.url}/api")
    monkeypatch.setattr(ReconnectingWebsocket, "TIMEOUT", PATIENCE_S)
    client = await AsyncClient.create(requests_params={"timeout": PATIENCE_S})
    yield client
    await client.close_connection()


@pytest.fixture
async def ccxt_client(api: Api) -> AsyncIterator[Any]:
    options = {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}
    client = ccxt.pro.binance({"options": options, "timeout": round(PATIENCE_S * 1000)})
    client.urls["api"]["public"] = f"{api.url}/api/v3"
    client.urls["api"]["ws"]["spot"] = f"ws://127.0.0.1:{api.port}/binance/ws"
    yield client
    await client.close()


async def test_python_binance_listens_to_streams(
    api: Api, market: Market, binance_client: AsyncClient
) -> None:
    sockets = BinanceSocketManager(binance_client)
    sockets.STREAM_URL = f"ws://127.0.0.1:{api.port}/binance/"
    with market.moving():
        async with asyncio.timeout(PATIENCE_S):
            async with sockets.trade_socket(PAIR) as socket:
                first, second = await socket.recv(), await socket.recv()
            assert (first["e"], first["p"], first["q"]) == ("trade", "100.50000000", "0.12500000")
            assert second["t"] == first["t"] + 1
            async with sockets.kline_socket(PAIR, interval="5m") as socket:
                assert (await socket.recv())["k"]["i"] == "5m"
            async with sockets.depth_socket(PAIR, depth="5", interval=100) as socket:
                assert len((await socket.recv())["bids"]) == 5
            async with sockets.miniticker_socket() as socket:
                while PAIR not in {ticker["s"] for ticker in await socket.recv()}:
                    pass
            kinds = ("depth@100ms", "kline_1m", "bookTicker", "depth", "aggTrade", "ticker", "miniTicker")
            async with sockets.multiplex_socket([f"{NAME}@{kind}" for kind in kinds]) as socket:
                seen: dict[str, Any] = {}
                while len(seen) < len(kinds):
                    message = await socket.recv()
                    assert message["data"]["s"] == PAIR
                    seen[message["stream"].removeprefix(f"{NAME}@")] = message["data"]
            assert (seen["aggTrade"]["e"], seen["aggTrade"]["q"]) == ("aggTrade", "0.12500000")
            assert (seen["ticker"]["c"], seen["miniTicker"]["h"]) == ("100.50000000", "101.00000000")


async def test_ccxt_watches_trades_candles_and_books(api: Api, market: Market, ccxt_client: Any) -> None:
    watch: list[Callable[[], Awaitable[Any]]] = [
        lambda: ccxt_client.watch_trades(MARKET),
        lambda: ccxt_client.watch_trades(MARKET, params={"name": "aggTrade"}),
        lambda: ccxt_client.watch_ticker(MARKET, {"name": "ticker"}),
        lambda: ccxt_client.watch_tickers([MARKET]),
        lambda: ccxt_client.watch_ohlcv(MARKET, "1m"),
        lambda: ccxt_client.watch_bids_asks([MARKET]),
        lambda: ccxt_client.watch_order_book(MARKET),
    ]
    with market.moving():
        async with asyncio.timeout(PATIENCE_S):
            trades, aggregates, ticker, tickers, candles, best, order_book = await asyncio.gather(
                *(each() for each in watch)
            )
            while not ticker["bid"]:  # the first may be from before the first book
                ticker = await ccxt_client.watch_ticker(MARKET, {"name": "ticker"})
            while [99.5, 3.0] not in order_book["bids"]:  # what the diffs change, beside the book by REST
                order_book = await ccxt_client.watch_order_book(MARKET)
    assert (trades[-1]["symbol"], trades[-1]["price"]) == (MARKET, 100.5)
    assert (aggregates[-1]["symbol"], aggregates[-1]["amount"]) == (MARKET, 0.125)
    assert (ticker["last"], ticker["bid"], tickers[MARKET]["close"]) == (100.5, 99.99, 100.5)
    assert candles[-1][4] == 100.5
    assert best[MARKET]["bid"] < best[MARKET]["ask"]
    assert order_book["nonce"] > BOOK_ID


async def test_unicorn_listens_to_streams_and_subscribes_to_more(api: Api, market: Market) -> None:
    def listen() -> set[str]:
        manager = BinanceWebSocketApiManager(
            exchange="binance.com",
            websocket_base_uri=f"ws://127.0.0.1:{api.port}/binance/",
            warn_on_update=False,
            disable_colorama=True,
        )
        try:
            stream = manager.create_stream(["trade", "kline_1m"], [NAME], output="dict")
            seen = _streams_of(manager, {f"{NAME}@trade", f"{NAME}@kline_1m"})
            manager.subscribe_to_stream(stream, channels=["bookTicker"])
            return seen | _streams_of(manager, {f"{NAME}@bookTicker"})
        finally:
            manager.stop_manager()

    with market.moving():
        seen = await asyncio.to_thread(listen)
    assert {f"{NAME}@{kind}" for kind in ("trade", "kline_1m", "bookTicker")} <= seen


async def test_binances_own_connector_listens_to_streams(api: Api, market: Market) -> None:
    streams = Spot(
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=f"ws://127.0.0.1:{api.port}/binance")
    ).websocket_streams
    connection: Any = await streams.create_connection()  # type: ignore[no-untyped-call]
    told: dict[str, asyncio.Future[Any]] = {}

    async def listen(name: str, open_stream: Awaitable[Any]) -> None:
        first = told[name] = asyncio.get_running_loop().create_future()

        def hear(message: Any) -> None:
            if not first.done():
                first.set_result(message)

        (await open_stream).on("message", hear)

    kinds = ("agg_trade", "trade", "mini_ticker", "ticker", "book_ticker")
    with market.moving():
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(
                *(listen(kind, getattr(connection, kind)(symbol=NAME)) for kind in kinds),
                listen("kline", connection.kline(symbol=NAME, interval="1m")),
                listen("depth", connection.partial_book_depth(symbol=NAME, levels=5, update_speed="100ms")),
                listen("diffs", connection.diff_book_depth(symbol=NAME, update_speed="100ms")),
                listen("all", connection.all_mini_ticker()),
            )
            messages = dict(zip(told, await asyncio.gather(*told.values()), strict=True))
    await connection.close_connection()
    assert messages["agg_trade"].p == messages["trade"].p == "100.50000000"
    assert messages["mini_ticker"].c == messages["ticker"].c == "100.50000000"
    assert (messages["ticker"].F, messages["book_ticker"].a) == (-1, "100.01000000")
    assert (messages["kline"].k.i, len(messages["depth"].bids)) == ("1m", 5)
    assert messages["diffs"].b[0][0] == "99.50000000"
    assert PAIR in {ticker.s for ticker in messages["all"]}


def _streams_of(manager: BinanceWebSocketApiManager, wanted: set[str]) -> set[str]:
    """Read until all wanted streams have spoken."""
    seen: set[str] = set()
    give_up = time.monotonic() + PATIENCE_S
    while not wanted <= seen and time.monotonic() < give_up:
        message = manager.pop_stream_data_from_stream_buffer()
        if not message:
            time.sleep(0.005)
        elif "stream" in message:
            seen.add(message["stream"])
    return seen


def said(connection: ClientConnection, text: str) -> Any:
    """Send a command and return the answer to it; events in between are passed over."""
    connection.send(text)
    while True:
        message = json.loads(connection.recv(timeout=PATIENCE_S))
        if "id" in message:
            return message


def command(method: str, *params: Any) -> str:
    return json.dumps({"method": method, "params": params, "id": 7})


def test_commands_are_answered_as_the_exchange_answers_them(api: Api, market: Market) -> None:
    streams = [f"{NAME}@trade", "nosuchusdt@trade"]
    with api.connect("/binance/ws") as connection:
        assert said(connection, command("SUBSCRIBE", *streams)) == {"result": None, "id": 7}
        listed = said(connection, command("LIST_SUBSCRIPTIONS"))
        assert sorted(listed["result"]) == sorted(streams), "a stream that is not there is silent, as there"
        assert said(connection, command("GET_PROPERTY", "combined"))["result"] is False
        assert said(connection, command("SET_PROPERTY", "combined", True))["result"] is None
        market.move()
        assert json.loads(connection.recv(timeout=PATIENCE_S))["stream"] == streams[0]
        assert said(connection, command("UNSUBSCRIBE", *streams)) == {"result": None, "id": 7}
        assert said(connection, command("LIST_SUBSCRIPTIONS"))["result"] == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("hello", 3, "Invalid JSON: expected value"),
        ("[" * 5_000, 3, "Invalid JSON: expected value"),
        ("[]", 2, "Invalid request: expected an object"),
        ('{"id": 7}', 2, "Invalid request: missing field `method`"),
        (command("BUY"), 2, "Invalid request: unknown variant `BUY`, expected one of `SUBSCRIBE`"),
        (command("SUBSCRIBE"), 2, "Invalid request: invalid stream"),
        (command("SUBSCRIBE", 5), 2, "Invalid request: invalid stream"),
        (command("LIST_SUBSCRIPTIONS", 1), 2, "Invalid request: too many parameters"),
        (command("SET_PROPERTY", "combined", 1), 1, "Invalid value type: expected Boolean"),
        (command("GET_PROPERTY", "other"), 0, "Unknown property"),
        ('{"method": "LIST_SUBSCRIPTIONS", "id": 1.5}', 2, "Invalid request: request ID must be"),
    ],
)
def test_a_bad_command_is_answered_and_the_connection_goes_on(
    api: Api, text: str, code: int, message: str
) -> None:
    with api.connect("/binance/ws") as connection:
        answer = said(connection, text)
        assert answer["error"]["code"] == code
        assert answer["error"]["msg"].startswith(message)
        assert said(connection, command("LIST_SUBSCRIPTIONS")) == {"result": [], "id": 7}


def test_times_in_microseconds_are_not_pretended(api: Api) -> None:
    with api.connect("/binance/ws", timeUnit="microsecond") as connection:
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=PATIENCE_S)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason[:9]) == (4400, "timeUnit:")
    with api.connect("/binance/ws", timeUnit="MILLISECOND") as connection:
        assert said(connection, command("LIST_SUBSCRIPTIONS"))["result"] == []
