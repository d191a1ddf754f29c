"""Where the exchange is: the real Binance, or the simulator that speaks its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from candlestack_core.messages import Market
from candlestack_core.settings import ExchangeSettings, SimulatorSettings
from candlestack_ingest.exchange.binance.routes import UnknownStreamError, route_of

BINANCE_REST = "https://api.binance.com"
BINANCE_WS = "wss://stream.binance.com:9443"
BINANCE_USDM_REST = "https://fapi.binance.com"
BINANCE_USDM_WS = "wss://fstream.binance.com"
SIMULATOR_USDM_WS_PATH = "/usdm"
"""Where the simulator, which has one port for both markets, mounts the sockets of USD-M."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base addresses of one market, without a trailing slash."""

    market: Market
    rest: str
    ws: str

    @classmethod
    def spot(cls, exchange: ExchangeSettings, simulator: SimulatorSettings) -> Endpoints:
        """Return the addresses of spot that the settings name, or those of the exchange they choose."""
        if exchange.exchange == "binance":
            rest, ws = BINANCE_REST, BINANCE_WS
        else:
            address = f"{simulator.simulator_host}:{simulator.simulator_port}"
            rest, ws = f"http://{address}", f"ws://{address}"
        return cls("spot", exchange.exchange_rest_url or rest, exchange.exchange_ws_url or ws)

    @classmethod
    def usdm(cls, exchange: ExchangeSettings, simulator: SimulatorSettings) -> Endpoints:
        """Return the addresses of USD-M that the settings name, or those of the exchange they choose."""
        if exchange.exchange == "binance":
            rest, ws = BINANCE_USDM_REST, BINANCE_USDM_WS
        else:
            address = f"{simulator.simulator_host}:{simulator.simulator_port}"
            rest, ws = f"http://{address}", f"ws://{address}{SIMULATOR_USDM_WS_PATH}"
        return cls("usdm", exchange.exchange_usdm_rest_url or rest, exchange.exchange_usdm_ws_url or ws)

    def combined(self, streams: Sequence[str]) -> str:
        """Return the address of one connection that carries several streams of one route in envelopes.

        Raises:
            UnknownStreamError: when the market has no such stream, or no one route carries them all.
        """
        routes = {route_of(self.market, stream) for stream in streams}
        if len(routes) != 1:
            raise UnknownStreamError(f"streams of {len(routes)} routes cannot share a connection")
        names = "/".join(quote(stream, safe="@") for stream in streams)
        return f"{self.ws}{routes.pop()}/stream?streams={names}"
