"""Unmodified clients of Binance, pointed at the simulator by their public endpoint settings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import ccxt.pro
import pytest
from binance import AsyncClient, BinanceSocketManager
from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.testing import Exchange, replay_of, running

MINUTE_MS = 60_000
WITHIN_S = 300.0
"""A pair may trade nothing for some seconds."""


@pytest.fixture(params=["market", "replay"])
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    """An exchange whose time runs: the seeded market, or a recording 200 s after its start, twice as fast."""
    if request.param == "market":
        async with running(SeededMarket(7)) as exchange:
            yield exchange
        return
    tapes: dict[str, PairTape] = request.getfixturevalue("spot_tapes")
    skipped_s = 0.0
    recording = replay_of(tapes, lambda: time.monotonic() + skipped_s, speed=2.0)
    recording.start()
    skipped_s = 100.0  # and more than 200 s until its end
    async with running(recording) as exchange:
        yield exchange


@pytest.fixture
async def ccxt_client(served: Exchange) -> AsyncIterator[Any]:
    client = ccxt.pro.binance(
        {
            "options": {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False},
            "timeout": WITHIN_S * 1000,
        }
    )
    client.urls["api"]["public"] = f"http://{served.address}/api/v3"
    client.urls["api"]["ws"]["spot"] = f"ws://{served.address}/ws"
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def binance_client(served: Exchange, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setattr(AsyncClient, "API_URL", f"http://{served.address}/api")
    monkeypatch.setattr(AsyncClient, "REQUEST_TIMEOUT", WITHIN_S)
    client = await AsyncClient.create()
    try:
        yield client
    finally:
        await client.close_connection()


async def test_ccxt_reads_markets_candles_trades_books_and_tickers(
    served: Exchange, ccxt_client: Any
) -> None:
    markets = await ccxt_client.load_markets()
    market = markets["BTC/USDT"]
    assert (market["type"], market["active"], market["precision"]["price"]) == ("spot", True, 0.01)
    assert market["limits"]["cost"]["min"] == 5.0

    rows = await served.get("/api/v3/klines", symbol="BTCUSDT", interval="1m", limit=3)
    closed = rows[:2]
    candles = await ccxt_client.fetch_ohlcv("BTC/USDT", "1m", since=rows[0][0], limit=2)
    assert candles == [[row[0], *map(float, row[1:6])] for row in closed]

    trades = await ccxt_client.fetch_trades("BTC/USDT", limit=50)
    assert len(trades) == 50
    assert all(trade["side"] in ("buy", "sell") and trade["amount"] > 0 for trade in trades)
    book = await ccxt_client.fetch_order_book("ETH/USDT", limit=20)
    assert len(book["bids"]) == len(book["asks"]) == 20
    assert book["bids"][0][0] < book["asks"][0][0]
    ticker = await ccxt_client.fetch_ticker("BTC/USDT")
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert {"BTC/USDT", "ETH/USDT"} <= set(await ccxt_client.fetch_tickers())
    assert (await ccxt_client.fetch_bids_asks(["BTC/USDT"]))["BTC/USDT"]["bid"] > 0
    before = (await served.get("/api/v3/time"))["serverTime"]
    told = await ccxt_client.fetch_time()
    assert before <= told <= (await served.get("/api/v3/time"))["serverTime"]


async def test_ccxt_reads_the_exchanges_errors_as_its_own(ccxt_client: Any) -> None:
    with pytest.raises(ccxt.BadSymbol):
        await ccxt_client.public_get_klines({"symbol": "NOPEUSDT", "interval": "1m"})
    with pytest.raises(ccxt.BadRequest):
        await ccxt_client.public_get_klines({"symbol": "BTCUSDT", "interval": "7m"})


async def test_ccxt_watches_trades_candles_and_books(ccxt_client: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        trades, candles, book, best = await asyncio.gather(
            ccxt_client.watch_trades("BTC/USDT"),
            ccxt_client.watch_ohlcv("BTC/USDT", "1m"),
            ccxt_client.watch_order_book("BTC/USDT"),
            ccxt_client.watch_bids_asks(["BTC/USDT"]),
        )
        assert trades[-1]["symbol"] == "BTC/USDT"
        assert candles[-1][0] % MINUTE_MS == 0
        assert best["BTC/USDT"]["bid"] < best["BTC/USDT"]["ask"]
        first_id = book["nonce"]
        for _ in range(5):
            book = await ccxt_client.watch_order_book("BTC/USDT")
            assert book["bids"][0][0] < book["asks"][0][0]
        assert book["nonce"] > first_id


async def test_python_binance_reads_markets_candles_trades_books_and_tickers(
    served: Exchange, binance_client: AsyncClient
) -> None:
    info = await binance_client.get_symbol_info("ETHUSDT")
    assert (info["baseAsset"], info["quoteAsset"]) == ("ETH", "USDT")
    now = (await binance_client.get_server_time())["serverTime"]
    history = await binance_client.get_historical_klines("ETHUSDT", "1m", str(now - 3 * MINUTE_MS), str(now))
    assert [row[0] for row in history] == [
        now // MINUTE_MS * MINUTE_MS - ago * MINUTE_MS for ago in range(len(history) - 1, -1, -1)
    ]
    assert len(history) == 3
    trades = await binance_client.get_recent_trades(symbol="ETHUSDT", limit=20)
    older = await binance_client.get_historical_trades(symbol="ETHUSDT", fromId=trades[0]["id"], limit=20)
    assert older == trades
    assert len(await binance_client.get_aggregate_trades(symbol="ETHUSDT", limit=20)) == 20
    assert len((await binance_client.get_order_book(symbol="ETHUSDT", limit=50))["bids"]) == 50
    assert (await binance_client.get_ticker(symbol="ETHUSDT"))["symbol"] == "ETHUSDT"
    assert float((await binance_client.get_symbol_ticker(symbol="ETHUSDT"))["price"]) > 0
    assert float((await binance_client.get_orderbook_ticker(symbol="ETHUSDT"))["bidPrice"]) > 0


async def test_python_binance_listens_to_streams(served: Exchange, binance_client: AsyncClient) -> None:
    # By its default a hundred messages that came while the machine was busy are an error.
    sockets = BinanceSocketManager(binance_client, max_queue_size=100_000)
    sockets.STREAM_URL = f"ws://{served.address}/"
    async with asyncio.timeout(WITHIN_S):
        async with sockets.trade_socket("BTCUSDT") as socket:
            first = await socket.recv()
            second = await socket.recv()
        assert (first["e"], second["t"]) == ("trade", first["t"] + 1)
        async with sockets.kline_socket("BTCUSDT", interval="1m") as socket:
            assert (await socket.recv())["k"]["i"] == "1m"
        streams = ["btcusdt@depth@100ms", "ethusdt@depth@100ms", "ethusdt@aggTrade"]
        async with sockets.multiplex_socket(streams) as socket:
            seen: set[str] = set()
            while seen != set(streams):
                message = await socket.recv()
                assert message["data"]["s"] == message["stream"].partition("@")[0].upper()
                seen.add(message["stream"])


async def test_unicorn_listens_to_streams_and_subscribes_to_more(served: Exchange) -> None:
    def listen() -> set[str]:
        manager = BinanceWebSocketApiManager(
            exchange="binance.com",
            websocket_base_uri=f"ws://{served.address}/",
            warn_on_update=False,
            disable_colorama=True,
        )
        try:
            kinds = ["trade", "kline_1m", "depth@100ms", "bookTicker"]
            stream = manager.create_stream(kinds, ["btcusdt"], output="dict")
            wanted = {f"btcusdt@{kind}" for kind in kinds}
            seen = _streams_of(manager, wanted)
            manager.subscribe_to_stream(stream, markets=["ethusdt"])
            return seen | _streams_of(manager, {f"ethusdt@{kind}" for kind in kinds})
        finally:
            manager.stop_manager()

    kinds = ("trade", "kline_1m", "depth@100ms", "bookTicker")
    expected = {f"{pair}@{kind}" for pair in ("btcusdt", "ethusdt") for kind in kinds}
    assert expected <= await asyncio.to_thread(listen)


def _streams_of(manager: BinanceWebSocketApiManager, wanted: set[str]) -> set[str]:
    """Read until all wanted streams have spoken."""
    seen: set[str] = set()
    give_up = time.monotonic() + WITHIN_S
    while not wanted <= seen and time.monotonic() < give_up:
        message = manager.pop_stream_data_from_stream_buffer()
        if not message:
            time.sleep(0.005)
        elif "stream" in message:
            seen.add(message["stream"])
    return seen
