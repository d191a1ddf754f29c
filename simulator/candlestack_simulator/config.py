"""What can be set about the exchange's protocol, apart from where its data comes from."""

from __future__ import annotations

from dataclasses import dataclass

from candlestack_core.settings import SimulatorSettings
from candlestack_simulator.source import Market


@dataclass(frozen=True, slots=True)
class MarketRules:
    """What spot and futures do differently."""

    ping_interval_s: float
    pong_timeout_s: float
    messages_per_second: int
    rest_weight_per_minute: int


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Limits and times of the protocol server; the defaults are Binance's own where it names them."""

    ping_interval_s: float = 20.0
    pong_timeout_s: float = 60.0
    messages_per_second: int = 5
    """Inbound messages (pings, pongs and commands) in any second above which a connection is closed."""
    rest_weight_per_minute: int = 6_000
    usdm_ping_interval_s: float = 180.0
    usdm_pong_timeout_s: float = 600.0
    usdm_messages_per_second: int = 10
    usdm_rest_weight_per_minute: int = 2_400
    connection_life_s: float = 86_400.0
    shutdown_notice_s: float = 600.0
    """How long before its end a connection hears `serverShutdown`; at most half of its life."""
    connections_per_5_minutes: int = 300
    streams_per_connection: int = 1024
    refusals_before_ban: int = 10
    """Requests above the weight limit in one minute that are answered 429 before the address is banned."""
    pump_interval_s: float = 0.05
    """How often subscribers are sent what has happened since."""
    client_backlog_bytes: int = 4 * 2**20
    """Unsent bytes at which a client that does not read is disconnected."""

    @property
    def notice_before_end_s(self) -> float:
        """Return the notice that a connection really gets, in seconds."""
        return min(self.shutdown_notice_s, self.connection_life_s / 2)

    def rules(self, market: Market) -> MarketRules:
        """Return the rules of a market."""
        if market == "spot":
            return MarketRules(
                self.ping_interval_s,
                self.pong_timeout_s,
                self.messages_per_second,
                self.rest_weight_per_minute,
            )
        return MarketRules(
            self.usdm_ping_interval_s,
            self.usdm_pong_timeout_s,
            self.usdm_messages_per_second,
            self.usdm_rest_weight_per_minute,
        )


def from_settings(settings: SimulatorSettings) -> SimulatorConfig:
    """Return the configuration that the environment asks for."""
    return SimulatorConfig(
        ping_interval_s=settings.simulator_ping_interval_s,
        pong_timeout_s=settings.simulator_pong_timeout_s,
        connection_life_s=settings.simulator_connection_life_s,
        shutdown_notice_s=settings.simulator_shutdown_notice_s,
        messages_per_second=settings.simulator_messages_per_second,
        rest_weight_per_minute=settings.simulator_rest_weight_per_minute,
        usdm_ping_interval_s=settings.simulator_usdm_ping_interval_s,
        usdm_pong_timeout_s=settings.simulator_usdm_pong_timeout_s,
        usdm_messages_per_second=settings.simulator_usdm_messages_per_second,
        usdm_rest_weight_per_minute=settings.simulator_usdm_rest_weight_per_minute,
        connections_per_5_minutes=settings.simulator_connections_per_5_minutes,
        streams_per_connection=settings.simulator_streams_per_connection,
        refusals_before_ban=settings.simulator_refusals_before_ban,
    )
