"""The exchange: REST and WebSocket of spot and USD-M futures on one port, each market fed by its source.

| | REST | WebSocket |
|---|---|---|
| spot | `/api/v3/...` | `/ws`, `/stream` |
| USD-M futures | `/fapi/v1/...` | `/usdm/public/ws`, `/usdm/public/stream`: depth@100ms, bookTicker |
| | | `/usdm/market/ws`, `/usdm/market/stream`: aggTrade, kline |
| | | `/usdm/ws`, `/usdm/stream`: the old path, which acknowledges and is silent |
| archives | `/data/spot/monthly/klines/...` | |
| control | `/sim/...` | |

A client of futures takes `ws://HOST:PORT/usdm` for `wss://fstream.binance.com`, and `http://HOST:PORT` for
`https://fapi.binance.com`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry

from candlestack_core.logging import get_logger
from candlestack_simulator.archives import Archives
from candlestack_simulator.config import SimulatorConfig
from candlestack_simulator.control import Control, Origin
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.faults.routes import FaultControl
from candlestack_simulator.limits import WeightLimiter
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.metrics import SimulatorMetrics
from candlestack_simulator.rest.gateway import gateway
from candlestack_simulator.rest.market_data import MarketData
from candlestack_simulator.rest.usdm_market_data import UsdmMarketData
from candlestack_simulator.source import Market, Source
from candlestack_simulator.stream.connection import Connection
from candlestack_simulator.stream.door import Door
from candlestack_simulator.stream.hub import Hub

log = get_logger("simulator.server")

LONGEST_REQUEST_LINE = 64 * 1024
"""Room for a URL that names 1,024 streams."""
STOP_WITHIN_S = 3.0


def _nothing() -> None:
    """A market that goes on by itself need not hear of subscriptions."""


def _clock_mover(sources: Mapping[Market, Source]) -> Callable[[int], None] | None:
    """Return what moves the clock of a seeded market, and with it that of the futures on it."""
    market = sources["spot"]
    if not isinstance(market, SeededMarket):
        return None

    def move(offset_ms: int) -> None:
        market.clock_offset_ms += offset_ms

    return move


class SimulatorServer:
    """Serves a source per market in Binance's protocol; an async context manager."""

    def __init__(
        self,
        sources: Mapping[Market, Source],
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
        """Take the sources and what is known of them; a market without one is not served.

        `on_subscription` hears of every subscription (a recording starts then), `beat` of every round of
        the pump. `clock` (epoch seconds) counts the REST weights, `monotonic` (seconds) everything else.
        """
        self._config = config or SimulatorConfig()
        self._sources = sources
        self._host, self._wanted_port = host, port
        self._beat = beat
        metrics = SimulatorMetrics(registry)
        connections: dict[Market, dict[Connection, None]] = {market: {} for market in sources}
        self._faults = FaultBoard(connections, _clock_mover(sources))
        weights: dict[Market, WeightLimiter] = {
            market: WeightLimiter(
                self._config.rules(market).rest_weight_per_minute, self._config.refusals_before_ban, clock
            )
            for market in sources
        }
        self._hubs: dict[Market, Hub] = {
            market: Hub(
                market,
                source,
                config=self._config,
                metrics=metrics,
                faults=self._faults,
                connections=connections[market],
                on_subscription=on_subscription,
            )
            for market, source in sources.items()
        }
        app = web.Application(middlewares=[gateway(weights, self._faults, metrics)])
        for market, source in sources.items():
            data = MarketData if market == "spot" else UsdmMarketData
            app.add_routes(data(source, weights[market], self._faults).routes())
            door = Door(source, self._hubs[market], self._faults, self._config, monotonic)
            app.add_routes(door.routes())
        if "spot" in sources:
            app.add_routes(Archives(sources["spot"]).routes())
        app.add_routes(Control(sources, origin, self._hubs).routes())
        app.add_routes(FaultControl(self._faults).routes())
        self._runner = web.AppRunner(
            app,
            access_log=None,
            max_line_size=LONGEST_REQUEST_LINE,
            shutdown_timeout=STOP_WITHIN_S,
        )
        self._pumps: list[asyncio.Task[None]] = []

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
        self._pumps = [
            asyncio.create_task(hub.pump(self._beat), name=f"pump {market}")
            for market, hub in self._hubs.items()
        ]
        names = {market: source.name for market, source in self._sources.items()}
        log.info("listening", host=self._host, port=self.port, sources=names)

    async def stop(self) -> None:
        """Announce the end to every connection, close them and release the port."""
        for pump in self._pumps:
            pump.cancel()
        await self._faults.stop()
        await asyncio.gather(*(hub.shut_down("Server is shutting down") for hub in self._hubs.values()))
        await self._runner.cleanup()

    async def serve(self, stopping: asyncio.Event) -> None:
        """Return when `stopping` is set.

        Raises:
            Exception: what ended a pump, if it did not end by itself.
        """
        if not self._pumps:
            raise RuntimeError("start the server before it is served")
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait({*self._pumps, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for pump in self._pumps:
            if pump.done():
                pump.result()
