"""Unmodified clients of USD-M futures, pointed at the simulator by their public endpoint settings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import ccxt.pro
import pytest
from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Exchange, running

WITHIN_S = 300.0


@pytest.fixture
async def served() -> AsyncIterator[Exchange]:
    """The seeded markets, whose time runs."""
    async with running(SeededMarket(7)) as exchange:
        yield exchange


@pytest.fixture
async def ccxt_client(served: Exchange) -> AsyncIterator[Any]:
    client = ccxt.pro.binanceusdm(
        {
            "options": {"fetchMarkets": {"types": ["linear"]}, "fetchCurrencies": False},
            "timeout": WITHIN_S * 1000,
        }
    )
    client.urls["api"]["fapiPublic"] = f"http://{served.address}/fapi/v1"
    client.urls["api"]["ws"]["linear"] = f"ws://{served.address}/usdm/ws"
    try:
        yield client
    finally:
        await client.close()


async def test_ccxt_reads_markets_candles_and_books(served: Exchange, ccxt_client: Any) -> None:
    markets = await ccxt_client.load_markets()
    market = markets["BTC/USDT:USDT"]
    assert (market["type"], market["linear"], market["precision"]["price"]) == ("swap", True, 0.1)
    rows = await served.get("/fapi/v1/klines", symbol="BTCUSDT", interval="1m", limit=3)
    candles = await ccxt_client.fetch_ohlcv("BTC/USDT:USDT", "1m", since=rows[0][0], limit=2)
    assert candles == [[row[0], *map(float, row[1:6])] for row in rows[:2]]
    book = await ccxt_client.fetch_order_book("ETH/USDT:USDT", limit=20)
    assert len(book["bids"]) == len(book["asks"]) == 20


async def test_ccxt_keeps_a_book_that_is_the_truth(served: Exchange, ccxt_client: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        updates = 0
        while updates < 5:
            try:
                book = await ccxt_client.watch_order_book("BTC/USDT:USDT")
                updates += 1
            except ccxt.ChecksumError:
                # No diff continues a snapshot whose id lies between two of them: ccxt wants to be asked again.
                updates = 0
    truth = await served.get("/sim/truth/book", market="usdm", symbol="BTCUSDT", update_id=book["nonce"])
    for side in ("bids", "asks"):
        kept = [(price, amount) for price, amount, *_ in book[side][:10]]
        assert kept == [(float(price), float(amount)) for price, amount in truth[side][:10]]


async def test_ccxt_watches_candles(served: Exchange, ccxt_client: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        (candle, *_) = await ccxt_client.watch_ohlcv("BTC/USDT:USDT", "1m")
    assert candle[3] <= candle[4] <= candle[2]


@pytest.mark.parametrize(
    "kinds", [("depth@100ms", "bookTicker"), ("aggTrade", "kline_1m")], ids=["public", "market"]
)
async def test_unicorn_listens_to_each_endpoint(served: Exchange, kinds: tuple[str, ...]) -> None:
    wanted = {f"btcusdt@{kind}" for kind in kinds}

    def listen() -> set[str]:
        manager = BinanceWebSocketApiManager(
            exchange="binance.com-futures",
            websocket_base_uri=f"ws://{served.address}/usdm/",
            warn_on_update=False,
            disable_colorama=True,
        )
        seen: set[str] = set()
        try:
            manager.create_stream(list(kinds), ["btcusdt"], output="dict")
            give_up = time.monotonic() + WITHIN_S
            while not wanted <= seen and time.monotonic() < give_up:
                message = manager.pop_stream_data_from_stream_buffer()
                if not message:
                    time.sleep(0.005)
                elif "stream" in message:
                    seen.add(message["stream"])
        finally:
            manager.stop_manager()
        return seen

    assert wanted <= await asyncio.to_thread(listen)
