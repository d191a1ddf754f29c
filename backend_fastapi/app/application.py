"""The application: every route, problem documents for every error, and what each request meets on its way."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from app import openapi, problems
from app.access import request_id
from app.access.gate import KEY_HEADERS, Gate, Gatekeeper
from app.answers import ZIP_LEVEL, ZIPPED_FROM_BYTES
from app.book.routes import router as book_routes
from app.candles.routes import router as candle_routes
from app.channels import CHANNELS
from app.compat.binance.errors import refuse as refuse_binance
from app.compat.binance.routes import TREES as BINANCE
from app.compat.binance.routes import router as binance_routes
from app.compat.streams.routes import router as binance_streams
from app.compat.udf.routes import TREE as UDF
from app.compat.udf.routes import refuse as refuse_udf
from app.compat.udf.routes import router as udf_routes
from app.completeness.routes import router as completeness_routes
from app.direct import DirectReads
from app.export.routes import PARQUET
from app.export.routes import PATH as EXPORT
from app.export.routes import router as export_routes
from app.health.routes import router as health_routes
from app.jobs.routes import router as job_routes
from app.ranking.routes import router as ranking_routes
from app.request_times import RequestTimes
from app.status.routes import router as status_routes
from app.stream.sockets import router_of
from app.symbols.routes import router as symbol_routes
from app.trades.routes import router as trade_routes

COSTS = {EXPORT: 50}
"""What a request counts for at most, by path; 1 where nothing is said."""
EXPOSED_HEADERS = ("ETag", "Link", "Retry-After", request_id.HEADER)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask, and pages of which origins. Without it, anyone from no page."""

    keeper: Gatekeeper
    cors_origins: tuple[str, ...] = ()


DIRECT = (candle_routes, trade_routes, book_routes, ranking_routes, symbol_routes)
"""What is asked for over and over."""


def serve(access: Access) -> tuple[FastAPI, ASGIApp]:
    """Return the application, and what a server is to call."""
    app = create_app(access)
    return app, DirectReads(app, DIRECT, access.keeper)


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
            keeper=access.keeper,
            dialects={UDF: refuse_udf} | dict.fromkeys(BINANCE, refuse_binance),
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
