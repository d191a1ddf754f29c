"""The number under which a request is spoken of: in the answer, and in every line that is logged meanwhile."""

from __future__ import annotations

import re
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)


class RequestId:
    """Takes the client's number where it sent one that may be repeated, else draws one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = number_for(Headers(scope=scope).get(HEADER, ""))

        async def with_number(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=number):
            await self._app(scope, receive, with_number)


def number_for(sent: str) -> str:
    """Return the number of a request whose client sent this one."""
    return sent if _USABLE.fullmatch(sent) else uuid.uuid4().hex
