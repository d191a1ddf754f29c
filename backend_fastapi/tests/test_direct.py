"""Two ways to one answer: what a client is told directly, a page is told by way of the framework."""

from __future__ import annotations

import asyncio
import gzip
import json
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message

from api_records import book, candle, known_book, trade
from api_under_test import Answer, Api, until_read
from api_world import World
from app.access.gate import Gatekeeper
from app.access.keys import ApiKeys
from app.access.limits import Lease, RateLimiter
from app.application import DIRECT, Access, serve
from app.routing import QueryRoute
from waiting import eventually

PAIR = "DIRECTUSDT"
ELSEWHERE = {"Origin": "http://elsewhere.example"}
"""No page of it may read the answer, but it comes the framework's way."""
NOT_COMPARED = {"date", "x-request-id", "vary", "access-control-expose-headers"}
"""Of the moment, or for pages."""
QUERIES: tuple[tuple[str, dict[str, object]], ...] = (
    ("/latest", {"symbol": PAIR}),
    ("/ohlc", {"symbol": PAIR}),
    ("/ohlc", {"symbol": PAIR, "interval": "5m", "limit": 2}),
    ("/ohlc/realtime", {"symbol": PAIR}),
    ("/trades", {"symbol": PAIR}),
    ("/orderbook", {"symbol": PAIR}),
    ("/orderbook", {"symbol": PAIR, "depth": 5}),
    ("/symbols", {}),
    ("/ranking/top-gainers", {}),
    ("/ranking/top-losers", {"limit": 5}),
    ("/latest", {}),
    ("/latest", {"symbol": "NONEUSDT"}),
    ("/latest", {"symbol": PAIR, "unknown": 1}),
    ("/ohlc", {"symbol": PAIR, "interval": "7m", "limit": 0}),
    ("/orderbook", {"symbol": PAIR, "market": "usdm"}),
)


@pytest.fixture(scope="module", autouse=True)
def data(api: Api, world: World) -> None:
    candles = [candle(PAIR, minute) for minute in range(20)]
    world.store_in_redis(*candles)
    world.store_book(known_book(PAIR, 3, source="replay"))
    world.publish(*candles, trade(PAIR, 1), book(PAIR, 3, source="replay"))
    until_read(api, candles[-1], trade(PAIR, 1), book(PAIR, 3, source="replay"))


def told(answer: Answer) -> tuple[int, dict[str, str], Any]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    body = gzip.decompress(answer.body) if headers.get("content-encoding") == "gzip" else answer.body
    kept = {name: value for name, value in headers.items() if name not in NOT_COMPARED}
    return answer.status, kept, json.loads(body) if body else None


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
@pytest.mark.parametrize(("path", "query"), QUERIES, ids=[f"{path}-{query}" for path, query in QUERIES])
def test_a_client_is_told_directly_what_a_page_is_told(
    api: Api, path: str, query: dict[str, object], accepted: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    for _ in count():
        directly = told(api.ask_with(headers, path, **query))
        by_the_framework = told(api.ask_with({**headers, **ELSEWHERE}, path, **query))
        # What is of the moment may have changed in between.
        if directly == told(api.ask_with(headers, path, **query)):
            break
    assert directly == by_the_framework


def test_every_direct_route_is_asked_here() -> None:
    direct = {route.path for router in DIRECT for route in router.routes if isinstance(route, QueryRoute)}
    assert direct == {path for path, _ in QUERIES}


def test_an_answer_that_the_client_has_is_not_sent_again_on_either_way(api: Api) -> None:
    tag = {"If-None-Match": api.ask("/ohlc", symbol=PAIR).headers["etag"]}
    for headers in (tag, {**tag, **ELSEWHERE}):
        answer = api.ask_with(headers, "/ohlc", symbol=PAIR)
        assert (answer.status, answer.body) == (304, b"")


def test_caches_are_told_what_an_answer_depends_on(api: Api) -> None:
    answer = api.ask("/latest", symbol=PAIR)
    assert {name.strip() for name in answer.headers["vary"].split(",")} == {"Accept-Encoding", "Origin"}


def test_direct_answers_are_counted_by_route_and_status(api: Api) -> None:
    def counted() -> float:
        name = 'api_request_seconds_count{route="/latest",status="404"}'
        return api.metrics().get(name, 0.0)

    before = counted()
    assert api.ask("/latest", symbol="NONEUSDT").status == 404
    assert api.ask_with(ELSEWHERE, "/latest", symbol="NONEUSDT").status == 404
    # An answer is counted when it is written, which may be after it was read.
    eventually(lambda: counted() == before + 2, "both are counted")


class Unlimited:
    """Leases of as many tokens as are wanted."""

    async def lease(self, client: str, *, wanted: int, needed: int, per_minute: int) -> Lease:
        return Lease(wanted, 0.0)


def test_a_fault_is_a_500_that_tells_nothing_but_its_number_and_the_server_hears_of_it() -> None:
    async def broken(_symbol: str) -> None:
        raise ZeroDivisionError("a secret of the inside")

    app, served = serve(Access(Gatekeeper(ApiKeys({}), RateLimiter(Unlimited(), 0), {})))
    app.state.services = SimpleNamespace(candles=SimpleNamespace(latest=broken))
    scope = {"type": "http", "method": "GET", "path": "/latest", "query_string": b"symbol=BTCUSDT"}
    scope |= {"headers": [(b"host", b"localhost"), (b"x-request-id", b"42")], "client": ("127.0.0.1", 1)}
    scope |= {"scheme": "http", "server": ("127.0.0.1", 8000), "root_path": ""}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await served(scope, receive, send)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask())
    start, body = sent
    assert start["status"] == 500
    assert (b"x-request-id", b"42") in start["headers"]
    assert json.loads(body["body"])["status"] == 500
    assert b"secret" not in body["body"]
