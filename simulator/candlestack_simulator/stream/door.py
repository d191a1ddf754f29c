"""How a market's connections are opened: the endpoints, and what is refused there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aiohttp import web

from candlestack_simulator.config import SimulatorConfig
from candlestack_simulator.errors import ApiError
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.limits import ConnectionLimiter
from candlestack_simulator.rest.gateway import error_response
from candlestack_simulator.source import Source
from candlestack_simulator.stream.commands import Session
from candlestack_simulator.stream.connection import LARGEST_COMMAND_BYTES, Connection
from candlestack_simulator.stream.hub import Hub
from candlestack_simulator.stream.names import is_well_formed, split_path
from candlestack_simulator.stream.routes import ROUTES, Route

CLOSE_HANDSHAKE_S = 2.0


class Door:
    """Opens the connections of one market."""

    def __init__(
        self,
        source: Source,
        hub: Hub,
        faults: FaultBoard,
        config: SimulatorConfig,
        monotonic: Callable[[], float],
    ) -> None:
        self._source = source
        self._hub = hub
        self._faults = faults
        self._config = config
        self._monotonic = monotonic
        self._attempts = ConnectionLimiter(config.connections_per_5_minutes, monotonic)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of all endpoints."""
        return [
            definition
            for route in ROUTES[self._hub.market]
            for definition in (
                web.get(f"{route.path}/ws", partial(self._raw, route)),
                web.get(f"{route.path}/ws/{{streams:.*}}", partial(self._raw, route)),
                web.get(f"{route.path}/stream", partial(self._combined, route)),
            )
        ]

    async def _raw(self, route: Route, request: web.Request) -> web.StreamResponse:
        return await self._open(route, request, request.match_info.get("streams", ""), combined=False)

    async def _combined(self, route: Route, request: web.Request) -> web.StreamResponse:
        return await self._open(route, request, request.query.get("streams", ""), combined=True)

    async def _open(
        self, route: Route, request: web.Request, path: str, *, combined: bool
    ) -> web.StreamResponse:
        if self._faults.refuses(self._hub.market) and request.transport is not None:
            request.transport.abort()
            return web.Response()
        wait_s = self._attempts.wait_s(request.remote or "")
        if wait_s:
            raise ApiError(-1003, "Too many connection attempts.", 429, wait_s)
        streams = split_path(path)
        limit = self._config.streams_per_connection
        if len(streams) > limit or not all(map(is_well_formed, streams)):
            return error_response(ApiError(-1130, "Data sent for parameter 'streams' is not valid."))
        socket = web.WebSocketResponse(
            timeout=CLOSE_HANDSHAKE_S,
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=LARGEST_COMMAND_BYTES,
        )
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        connection = Connection(
            socket,
            transport,
            session=Session(dict.fromkeys(streams), combined, limit),
            kinds=route.kinds,
            hub=self._hub,
            rules=self._config.rules(self._hub.market),
            config=self._config,
            now_ms=self._source.now_ms,
            monotonic=self._monotonic,
        )
        self._hub.opened(connection)
        try:
            await connection.serve()
        finally:
            self._hub.closed(connection)
        return socket
