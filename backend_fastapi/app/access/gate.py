"""The gate in front of every route: who asks, and whether they have asked too often."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.keys import ApiKeys
from app.access.limits import RateLimiter
from app.problems import ApiError, respond_to

KEY_HEADERS = ("x-api-key", "x-mbx-apikey")
"""Ours, and the one that clients of Binance send."""
KEY_PARAMETER = "api_key"
"""Of a socket: a browser can set no header there."""
ALWAYS_OPEN = ("/healthz", "/readyz", "/metrics")
"""What watches the process is neither asked for a key nor counted."""
WITHOUT_KEY = ("/docs", "/openapi.json")

Refuse = Callable[[ApiError], Response]


class UnauthorizedError(ApiError):
    """No key was sent where one is needed, or one that is not accepted."""

    kind = "urn:candlestack:problem:unauthorized"
    status = HTTPStatus.UNAUTHORIZED
    title = "Unauthorized"

    def __init__(self) -> None:
        super().__init__("send an accepted key in the header X-API-Key")
        self.headers = {"WWW-Authenticate": "ApiKey"}


class TooManyRequestsError(ApiError):
    """The client has asked more often than it may."""

    kind = "urn:candlestack:problem:too-many-requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"

    def __init__(self, wait_s: float) -> None:
        seconds = max(1, math.ceil(wait_s))
        super().__init__(f"ask again in {seconds} s")
        self.headers = {"Retry-After": str(seconds)}


class Gatekeeper:
    """Says who may ask, and how often; `costs` are tokens by path, 1 where nothing is said."""

    def __init__(self, keys: ApiKeys, limiter: RateLimiter, costs: Mapping[str, int]) -> None:
        self.keys = keys
        self._limiter = limiter
        self._costs = costs

    async def admit(self, scope: Scope) -> None:
        """Count a request.

        Raises:
            UnauthorizedError: it brings no key that is accepted.
            TooManyRequestsError: it is one too many.
        """
        name = f"address:{(scope.get('client') or ('unknown',))[0]}"
        if self.keys.required and scope["path"] not in WITHOUT_KEY:
            owner = self.keys.owner(_header_key(scope))
            if owner is None:
                wait_s = await self._limiter.wait_s(name)
                raise TooManyRequestsError(wait_s) if wait_s else UnauthorizedError()
            name = f"key:{owner}"
        if wait_s := await self._limiter.wait_s(name, self._costs.get(scope["path"], 1)):
            raise TooManyRequestsError(wait_s)


class Gate:
    """Lets through whom the keeper admits; `dialects` say how those below a path are refused."""

    def __init__(self, app: ASGIApp, keeper: Gatekeeper, dialects: Mapping[str, Refuse]) -> None:
        self._app = app
        self._keeper = keeper
        self._dialects = dialects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in ALWAYS_OPEN:
            try:
                await self._keeper.admit(scope)
            except ApiError as error:
                await self._refusal(Request(scope), error)(scope, receive, send)
                return
        elif scope["type"] == "websocket" and self._keeper.keys.required:
            key, query = _socket_key(scope)
            if self._keeper.keys.owner(key) is None:
                # Before it is accepted: the answer to the handshake is 403.
                await send({"type": "websocket.close"})
                return
            scope = {**scope, "query_string": query}
        await self._app(scope, receive, send)

    def _refusal(self, request: Request, error: ApiError) -> Response:
        for prefix, refuse in self._dialects.items():
            if request.url.path.startswith(prefix):
                response = refuse(error)
                response.headers.update(error.headers)
                return response
        return respond_to(request, error)


def _header_key(scope: Scope) -> str:
    headers = Headers(scope=scope)
    return next((headers[name] for name in KEY_HEADERS if name in headers), "")


def _socket_key(scope: Scope) -> tuple[str, bytes]:
    """Return the key that was sent, and the query without it."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    in_query = next((value for name, value in query if name == KEY_PARAMETER), "")
    rest = urlencode([pair for pair in query if pair[0] != KEY_PARAMETER]).encode()
    return _header_key(scope) or in_query, rest
