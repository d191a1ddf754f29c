"""The application: every route, problem documents for every error, and the time that requests take."""

from __future__ import annotations

import time
from http import HTTPStatus

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import openapi, problems
from app.book.routes import router as book_routes
from app.candles.routes import router as candle_routes
from app.channels import CHANNELS
from app.completeness.routes import router as completeness_routes
from app.health.routes import router as health_routes
from app.ranking.routes import router as ranking_routes
from app.stream.sockets import router_of
from app.symbols.routes import router as symbol_routes
from app.trades.routes import router as trade_routes
from candlestack_core import metrics

UNMATCHED = "unmatched"


def create_app(cors_origins: tuple[str, ...] = ()) -> FastAPI:
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
        router_of(CHANNELS),
    ):
        app.include_router(router)
    problems.install(app)
    openapi.install(app)
    app.add_middleware(CORSMiddleware, allow_origins=cors_origins, allow_methods=["GET"])
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
