"""Where the exchange is: the real Binance, or the simulator that speaks its protocol."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from candlestack_core.settings import ExchangeSettings, SimulatorSettings

BINANCE_REST = "https://api.binance.com"
BINANCE_WS = "wss://stream.binance.com:9443"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base addresses of spot, without a trailing slash."""

    rest: str
    ws: str

    @classmethod
    def of(cls, exchange: ExchangeSettings, simulator: SimulatorSettings) -> Endpoints:
        """Return the addresses that the settings name, or those of the exchange they choose."""
        if exchange.exchange == "binance":
            rest, ws = BINANCE_REST, BINANCE_WS
        else:
            address = f"{simulator.simulator_host}:{simulator.simulator_port}"
            rest, ws = f"http://{address}", f"ws://{address}"
        return cls(exchange.exchange_rest_url or rest, exchange.exchange_ws_url or ws)

    def combined(self, streams: list[str]) -> str:
        """Return the address of one connection that carries several streams in envelopes."""
        return f"{self.ws}/stream?streams=" + "/".join(quote(stream, safe="@") for stream in streams)
