"""The REST client against an exchange that refuses: what passes is tried again, what does not is said."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from candlestack_core.pauses import Pauses
from candlestack_ingest.exchange.binance.rest import RestError, SpotRest
from candlestack_ingest.exchange.binance.weight import WeightBudget
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
    await exchange.post("/sim/rest/fail", {"count": count, "status": status, "retry_after_s": 1})


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
