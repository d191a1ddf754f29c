"""The exchange: REST and WebSocket on one port, fed by one source."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry

from candlestack_core.logging import get_logger
from candlestack_simulator.config import SimulatorConfig
from candlestack_simulator.control import Control, Origin
from candlestack_simulator.errors import ApiError
from candlestack_simulator.limits import ConnectionLimiter, WeightLimiter
from candlestack_simulator.metrics import SimulatorMetrics
from candlestack_simulator.rest.faults import RestFaults
from candlestack_simulator.rest.gateway import error_response, gateway
from candlestack_simulator.rest.market_data import MarketData
from candlestack_simulator.source import Source
from candlestack_simulator.stream.commands import Session
from candlestack_simulator.stream.connection import LARGEST_COMMAND_BYTES, Connection
from candlestack_simulator.stream.hub import Hub
from candlestack_simulator.stream.names import is_well_formed, split_path

log = get_logger("simulator.server")

LONGEST_REQUEST_LINE = 64 * 1024
"""Room for a URL that names 1,024 streams."""
CLOSE_HANDSHAKE_S = 2.0
STOP_WITHIN_S = 3.0


def _nothing() -> None:
    """A market that goes on by itself need not hear of subscriptions."""


class SimulatorServer:
    """Serves a source in Binance's protocol; an async context manager."""

    def __init__(
        self,
        source: Source,
        origin: Origin,
        config: SimulatorConfig | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_subscription: Callable[[], None] = _nothing,
        beat: Callable[[], None] = _nothing,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """Take the source and what is known of it.

        `on_subscription` hears of every subscription (a recording starts then), `beat` of every round of
        the pump. `clock` (epoch seconds) counts the REST weights, `monotonic` (seconds) everything else.
        """
        self._config = config or SimulatorConfig()
        self._source = source
        self._host, self._wanted_port = host, port
        self._monotonic = monotonic
        self._beat = beat
        metrics = SimulatorMetrics(registry)
        faults = RestFaults()
        weights = WeightLimiter(self._config.rest_weight_per_minute, self._config.refusals_before_ban, clock)
        self._attempts = ConnectionLimiter(self._config.connections_per_5_minutes, monotonic)
        self._hub = Hub(source, self._config, metrics, on_subscription)
        app = web.Application(middlewares=[gateway(weights, faults, metrics)])
        app.add_routes(MarketData(source, weights).routes())
        app.add_routes(Control(source, origin, self._hub, faults).routes())
        app.add_routes(
            [
                web.get("/ws", self._raw),
                web.get("/ws/{streams:.*}", self._raw),
                web.get("/stream", self._combined),
            ]
        )
        self._runner = web.AppRunner(
            app,
            access_log=None,
            max_line_size=LONGEST_REQUEST_LINE,
            shutdown_timeout=STOP_WITHIN_S,
        )
        self._pump: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Return the port that is bound."""
        port: int = self._runner.addresses[0][1]
        return port

    async def __aenter__(self) -> SimulatorServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Bind and start to pump.

        Raises:
            OSError: when the address cannot be bound.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._wanted_port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._pump = asyncio.create_task(self._hub.pump(self._beat), name="pump")
        log.info("listening", host=self._host, port=self.port, source=self._source.name)

    async def stop(self) -> None:
        """Announce the end to every connection, close them and release the port."""
        if self._pump is not None:
            self._pump.cancel()
        await self._hub.shut_down("Server is shutting down")
        await self._runner.cleanup()

    async def serve(self, stopping: asyncio.Event) -> None:
        """Return when `stopping` is set.

        Raises:
            Exception: what ended the pump, if it did not end by itself.
        """
        if self._pump is None:
            raise RuntimeError("start the server before it is served")
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait({self._pump, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._pump.done():
            self._pump.result()

    async def _raw(self, request: web.Request) -> web.StreamResponse:
        return await self._open(request, request.match_info.get("streams", ""), combined=False)

    async def _combined(self, request: web.Request) -> web.StreamResponse:
        return await self._open(request, request.query.get("streams", ""), combined=True)

    async def _open(self, request: web.Request, path: str, *, combined: bool) -> web.StreamResponse:
        wait_s = self._attempts.wait_s(request.remote or "")
        if wait_s:
            raise ApiError(-1003, "Too many connection attempts.", 429, wait_s)
        streams = split_path(path)
        limit = self._config.streams_per_connection
        if len(streams) > limit or not all(map(is_well_formed, streams)):
            return error_response(ApiError(-1130, "Data sent for parameter 'streams' is not valid."))
        socket = web.WebSocketResponse(
            timeout=CLOSE_HANDSHAKE_S, autoping=False, compress=False, max_msg_size=LARGEST_COMMAND_BYTES
        )
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        connection = Connection(
            socket,
            transport,
            session=Session(dict.fromkeys(streams), combined, limit),
            hub=self._hub,
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
