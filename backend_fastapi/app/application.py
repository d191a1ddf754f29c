"""The application: every route, problem documents for every error, and the time that requests take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import openapi, problems
from app.access import request_id
from app.access.gate import KEY_HEADERS, Gate
from app.access.keys import ApiKeys
from app.access.limits import RateLimiter
from app.answers import ZIP_LEVEL, ZIPPED_FROM_BYTES
from app.book.routes import router as book_routes
from app.candles.routes import router as candle_routes
from app.channels import CHANNELS
from app.compat.binance.errors import refuse as refuse_binance
from app.compat.binance.routes import PREFIX as BINANCE
from app.compat.binance.routes import router as binance_routes
from app.compat.streams.routes import router as binance_streams
from app.compat.udf.routes import PREFIX as UDF
from app.compat.udf.routes import refuse as refuse_udf
from app.compat.udf.routes import router as udf_routes
from app.completeness.routes import router as completeness_routes
from app.export.routes import PARQUET
from app.export.routes import PATH as EXPORT
from app.export.routes import router as export_routes
from app.health.routes import router as health_routes
from app.jobs.routes import router as job_routes
from app.ranking.routes import router as ranking_routes
from app.status.routes import router as status_routes
from app.stream.sockets import router_of
from app.symbols.routes import router as symbol_routes
from app.trades.routes import router as trade_routes
from candlestack_core import metrics

UNMATCHED = "unmatched"
COSTS = {EXPORT: 50}
"""What a request counts for at most, by path; 1 where nothing is said."""
EXPOSED_HEADERS = ("ETag", "Link", "Retry-After", request_id.HEADER)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: pages of which origins, with which keys, and how often. Without it, anyone from no page."""

    keys: ApiKeys
    limiter: RateLimiter
    cors_origins: tuple[str, ...] = ()


def create_app(access: Access | None = None) -> FastAPI:
    """Return the application; what its routes work with is put into `state.services` before it serves."""
    app = FastAPI(title=openapi.TITLE, version=openapi.VERSION, redoc_url=None)
    for router in (
        health_routes,
        symbol_routes,
        candle_routes,
        trade_routes,
        book_routes,
        ranking_routes,
        completeness_routes,
        status_routes,
        job_routes,
        export_routes,
        udf_routes,
        binance_routes,
        router_of(CHANNELS),
        binance_streams,
    ):
        # Not included: FastAPI goes through included routers one by one, and twice, at each request.
        app.router.routes.extend(router.routes)
    problems.install(app)
    openapi.install(app)
    # The last that is added is the first that a request meets.
    app.add_middleware(
        GZipMiddleware,
        minimum_size=ZIPPED_FROM_BYTES,
        compresslevel=ZIP_LEVEL,
        # Instead of Starlette's long list, gone through at each request, of what is never answered here.
        exclude_content_types=(PARQUET,),
    )
    if access is not None:
        app.add_middleware(
            Gate,
            keys=access.keys,
            limiter=access.limiter,
            costs=COSTS,
            dialects={BINANCE: refuse_binance, UDF: refuse_udf},
        )
        app.add_middleware(
            CORSMiddleware,
            allow_origins=access.cors_origins,
            allow_methods=["GET"],
            allow_headers=["If-None-Match", *KEY_HEADERS, request_id.HEADER],
            expose_headers=EXPOSED_HEADERS,
        )
    app.add_middleware(request_id.RequestId)
    app.add_middleware(RequestTimes)
    return app


class RequestTimes:
    """Measures the time from each request to its answer, by route and status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", UNMATCHED)
            seconds = time.perf_counter() - began
            metrics.API_REQUEST_SECONDS.labels(route=route, status=str(status)).observe(seconds)
