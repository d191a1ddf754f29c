"""What the endpoints of both markets have in common: parameters that are known, a weight, an answer.

A request is charged before it is validated, so that wrong requests cost as much as right ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from candlestack_simulator.limits import WeightLimiter
from candlestack_simulator.rest.parameters import Parameters
from candlestack_simulator.source import Source

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path below the API's prefix."""

    path: str
    parameters: tuple[str, ...]
    weight: Callable[[Query], int]
    answer: Callable[[Parameters], Any]
    may_take_seconds: bool = False
    """Whether it is answered from a thread, so that the streams go on: long candles draw whole years."""


def routes(
    prefix: str, endpoints: Iterable[Endpoint], source: Source, weights: WeightLimiter
) -> list[web.RouteDef]:
    """Return the routes of endpoints that answer from a source."""

    def handler(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            weights.charge(request.remote or "", endpoint.weight(request.query))
            pairs = {pair.symbol: pair for pair in source.pairs()}
            parameters = Parameters(request.query, pairs, endpoint.parameters)
            if endpoint.may_take_seconds:
                body = await asyncio.to_thread(endpoint.answer, parameters)
            else:
                body = endpoint.answer(parameters)
            return web.Response(body=msgspec.json.encode(body), content_type="application/json")

        return handle

    return [web.get(f"{prefix}/{endpoint.path}", handler(endpoint)) for endpoint in endpoints]


def always(weight: int) -> Callable[[Query], int]:
    """Return the weight of an endpoint whose requests all cost the same."""
    return lambda _: weight


def requested_limit(query: Query, default: int = 0) -> int:
    """Return the `limit` that a query asks for, as far as it is a number."""
    text = query.get("limit", "")
    return int(text) if text.isdecimal() and len(text) <= 20 else default
