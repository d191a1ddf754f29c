"""The reads that are asked for over and over, answered without the framework's way to a route.

Of the time of a small answer the larger part was FastAPI's and Starlette's: a dozen layers, each with an answer
to pass on, and every route tried in turn. These reads need none of it. A request for one of them meets the same
parts here, in the same order: its number, the gate, the route's own function, compression.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.access import request_id
from app.access.gate import Gatekeeper
from app.answers import ZIP_LEVEL, ZIPPED_FROM_BYTES
from app.problems import ApiError, respond_to, respond_to_fault
from app.request_times import note
from app.routing import Handle, QueryRoute

_VARY = "Accept-Encoding, Origin"


class DirectReads:
    """Answers GETs of the routes of some routers; what else comes, also from a page, goes on to the application."""

    def __init__(self, app: FastAPI, routers: Iterable[APIRouter], keeper: Gatekeeper) -> None:
        self._app = app
        self._keeper = keeper
        self._handles: Mapping[str, Handle] = {
            route.path: route.get_route_handler()
            for router in routers
            for route in router.routes
            if isinstance(route, QueryRoute)
        }
        self._zipping = GZipMiddleware(self._answer, ZIPPED_FROM_BYTES, ZIP_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self._handles:
            headers = dict(scope["headers"])
            if b"origin" not in headers:
                answer = self._zipping if b"gzip" in headers.get(b"accept-encoding", b"") else self._answer
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        scope["app"] = self._app
        request = Request(scope, receive)
        number = request_id.number_for(request.headers.get(request_id.HEADER, ""))
        # Not unbound: each request is a task of its own.
        structlog.contextvars.bind_contextvars(request_id=number)
        try:
            response = await self._response(request)
        except Exception:
            # The server logs it with its traceback.
            await _reply(request, respond_to_fault(request), number, began, send)
            raise
        await _reply(request, response, number, began, send)

    async def _response(self, request: Request) -> Response:
        try:
            await self._keeper.admit(request.scope)
            return await self._handles[request.scope["path"]](request)
        except ApiError as error:
            return respond_to(request, error)


async def _reply(request: Request, response: Response, number: str, began: float, send: Send) -> None:
    response.headers[request_id.HEADER] = number
    response.headers["Vary"] = _VARY
    try:
        await response(request.scope, request.receive, send)
    finally:
        note(request.scope["path"], response.status_code, began)
