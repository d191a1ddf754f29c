"""Where history comes from: the real Binance, or the simulator, which has both on its one port."""

from __future__ import annotations

from dataclasses import dataclass

from candlestack_core.names import SOURCE_BINANCE, SOURCE_REPLAY, SOURCE_SIMULATOR
from candlestack_core.settings import ExchangeSettings, SimulatorSettings, SparkSettings

BINANCE_REST = "https://api.binance.com"
BINANCE_ARCHIVES = "https://data.binance.vision"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base addresses without a trailing slash, and what the exchange is called in `source`."""

    rest: str
    archives: str
    source: str

    @classmethod
    def of(cls, exchange: ExchangeSettings, simulator: SimulatorSettings, spark: SparkSettings) -> Addresses:
        """Return the addresses that the settings name, or those of the exchange they choose."""
        if exchange.exchange == "binance":
            rest, archives, source = BINANCE_REST, BINANCE_ARCHIVES, SOURCE_BINANCE
        else:
            rest = archives = f"http://{simulator.simulator_host}:{simulator.simulator_port}"
            source = SOURCE_REPLAY if simulator.replay_recording else SOURCE_SIMULATOR
        return cls(exchange.exchange_rest_url or rest, spark.archive_url or archives, source)
