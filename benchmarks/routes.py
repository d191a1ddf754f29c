"""Routes: what a request of `/latest` costs inside the application, by its way: `python benchmarks/routes.py`.

Directly, by the framework's way, and a handler of a bare FastAPI application that returns the same bytes. No server,
no network, and no store: the service answers with a candle that it has.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from types import SimpleNamespace
from typing import Any

import msgspec
from _platform import machine
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Message

from app import examples
from app.access.gate import Gatekeeper
from app.access.keys import ApiKeys
from app.access.limits import Lease, RateLimiter
from app.application import Access, serve
from candlestack_core.messages import Candle

ROUNDS = 5
REQUESTS = 3_000
CANDLE = msgspec.convert(examples.BY_TYPE[Candle], Candle)
BODY = msgspec.json.encode(CANDLE)
SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/latest",
    "raw_path": b"/latest",
    "query_string": f"symbol={CANDLE.symbol}".encode(),
    "root_path": "",
    "headers": [(b"host", b"localhost:8000")],
    "client": ("127.0.0.1", 40_000),
    "server": ("127.0.0.1", 8_000),
}


class Unlimited:
    """Leases of as many tokens as are wanted."""

    async def lease(self, client: str, *, wanted: int, needed: int, per_minute: int) -> Lease:  # noqa: ARG002 - all are granted
        return Lease(wanted, 0.0)


def ways() -> dict[str, ASGIApp]:
    """Return the applications by name."""

    async def latest(_symbol: str) -> Candle:
        return CANDLE

    async def prepared() -> Response:
        return Response(BODY, media_type="application/json")

    app, direct = serve(Access(Gatekeeper(ApiKeys({}), RateLimiter(Unlimited(), 0), {})))
    app.state.services = SimpleNamespace(candles=SimpleNamespace(latest=latest))
    bare = FastAPI(openapi_url=None)
    bare.add_api_route("/latest", prepared)
    return {"direct": direct, "by the framework": app, "prepared": bare}


async def cost_us(application: ASGIApp) -> float:
    """Return the CPU time in us of a request.

    Raises:
        SystemExit: it was refused.
    """
    statuses: set[int] = set()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    async def ask(times: int) -> None:
        for _ in range(times):
            await application({**SCOPE, "headers": [*SCOPE["headers"]]}, receive, send)

    await ask(100)
    began = time.process_time()
    await ask(REQUESTS)
    cost = (time.process_time() - began) / REQUESTS * 1e6
    if statuses != {200}:
        raise SystemExit(f"answered {statuses}")
    return cost


def main() -> None:
    print(machine("fastapi", "starlette", "msgspec"))
    costs: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for way, application in ways().items():
            costs.setdefault(way, []).append(asyncio.run(cost_us(application)))
    for way, each in costs.items():
        print(f"/latest, {way}: {statistics.median(each):.0f} us of CPU")


if __name__ == "__main__":
    main()
