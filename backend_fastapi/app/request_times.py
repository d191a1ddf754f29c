"""The time from each request to its answer, by route and status."""

from __future__ import annotations

import time
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candlestack_core import metrics

UNMATCHED = "unmatched"


def note(route: str, status: int, began: float) -> None:
    """Take note of an answer to a request that came at `began`, by `time.perf_counter`."""
    seconds = time.perf_counter() - began
    metrics.API_REQUEST_SECONDS.labels(route=route, status=str(status)).observe(seconds)


class RequestTimes:
    """Measures what the framework answers."""

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
            note(getattr(scope.get("route"), "path", UNMATCHED), status, began)
