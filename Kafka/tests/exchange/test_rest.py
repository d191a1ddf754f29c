"""The REST client against an exchange that refuses: what passes is tried again, what does not is said."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from candlestack_core.pauses import Pauses
from candlestack_core.weight import USDM_ADDRESS_WEIGHT, WeightBudget
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Clock, Exchange, running

NOW_MS = 1_773_500_040_000


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    async with running(SeededMarket(7, clock=Clock(NOW_MS))) as served:
        yield served


@pytest.fixture
async def rest(exchange: Exchange) -> AsyncIterator[SpotRest]:
    async with aiohttp.ClientSession() as session:
        yield SpotRest(
            session,
            f"http://{exchange.address}",
            WeightBudget(6_000),
            pauses=lambda: Pauses(first=0.01, longest=0.01),
        )


async def refuse(exchange: Exchange, status: int, count: int = 1) -> None:
    fault = {"kind": "rest_error", "count": count, "status": status, "retry_after_s": 1}
    assert (await exchange.post("/sim/faults", fault)).status == 201


@pytest.mark.parametrize("status", [403, 408, 418, 429, 451, 500, 503])
async def test_a_refusal_that_may_pass_ends_nothing(exchange: Exchange, rest: SpotRest, status: int) -> None:
    await refuse(exchange, status)
    assert await rest.server_time() == NOW_MS


async def test_a_request_that_is_wrong_is_not_sent_again(exchange: Exchange, rest: SpotRest) -> None:
    await refuse(exchange, 400, count=2)
    with pytest.raises(RestError, match="HTTP 400"):
        await rest.klines("BTCUSDT", NOW_MS - 60_000, NOW_MS)
    with pytest.raises(RestError, match="HTTP 400"):
        await rest.klines("BTCUSDT", NOW_MS - 60_000, NOW_MS)
    assert await rest.klines("BTCUSDT", NOW_MS - 60_000, NOW_MS)


async def test_a_depth_snapshot_names_the_update_it_holds(exchange: Exchange, rest: SpotRest) -> None:
    snapshot = await rest.depth("BTCUSDT", 5)
    assert snapshot.lastUpdateId > 0
    assert len(snapshot.bids) == len(snapshot.asks) == 5


async def test_the_newest_trade_of_many_pairs_is_known_for_the_weight_of_one(
    exchange: Exchange, rest: SpotRest
) -> None:
    newest = await rest.newest_trade_ids(["BTCUSDT", "ETHUSDT"])
    for symbol, trade_id in newest.items():
        assert [row.id for row in await rest.historical_trades(symbol, trade_id, 2)] == [trade_id]
    assert newest.keys() == {"BTCUSDT", "ETHUSDT"}


async def test_a_futures_snapshot_is_asked_for_at_its_own_weight() -> None:
    asked: list[str] = []

    async def depth(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        body = {"lastUpdateId": 9, "E": 1, "T": 1, "bids": [["1.0", "2"]], "asks": []}
        return web.json_response(body, headers={"X-MBX-USED-WEIGHT-1M": "20"})

    app = web.Application()
    app.add_routes([web.get("/fapi/v1/depth", depth)])
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        budget = WeightBudget(100, USDM_ADDRESS_WEIGHT)
        snapshot = await UsdmRest(session, str(server.make_url("")), budget).depth("BTCUSDT", 1000)
    assert (snapshot.lastUpdateId, snapshot.bids, snapshot.asks) == (9, [("1.0", "2")], [])
    assert asked == ["/fapi/v1/depth?symbol=BTCUSDT&limit=1000"]
    assert budget.used == 20
