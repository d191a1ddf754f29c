"""The simulated exchange."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from candlestack_core.settings.base import PortOrAny, SettingsGroup


class SimulatorSettings(SettingsGroup):
    """The simulated exchange."""

    simulator_host: str = Field("127.0.0.1", description="Address the simulator binds to")
    simulator_port: PortOrAny = Field(
        9500, description="Port of the simulator; 0 takes a free one and logs it"
    )
    simulator_seed: int = Field(20260101, ge=0, le=2**63 - 1, description="Seed of the simulated market")
    simulator_connection_life_s: float = Field(
        86_400, gt=0, description="Seconds after which a WebSocket connection ends, as Binance's 24 hours"
    )
    simulator_shutdown_notice_s: float = Field(
        600, ge=0, description="Seconds before its end at which a connection hears serverShutdown"
    )
    simulator_ping_interval_s: float = Field(20, gt=0, description="Seconds between pings on spot")
    simulator_pong_timeout_s: float = Field(
        60, gt=0, description="Seconds without a pong that end a connection of spot"
    )
    simulator_usdm_ping_interval_s: float = Field(180, gt=0, description="Seconds between pings on futures")
    simulator_usdm_pong_timeout_s: float = Field(
        600, gt=0, description="Seconds without a pong that end a connection of futures"
    )
    simulator_messages_per_second: int = Field(
        5, ge=1, le=10_000, description="Messages a second above which a connection of spot is closed"
    )
    simulator_usdm_messages_per_second: int = Field(
        10, ge=1, le=10_000, description="Messages a second above which a connection of futures is closed"
    )
    simulator_rest_weight_per_minute: int = Field(
        6_000, ge=1, le=10_000_000, description="REST weight a minute that spot allows an address"
    )
    simulator_usdm_rest_weight_per_minute: int = Field(
        2_400, ge=1, le=10_000_000, description="REST weight a minute that futures allow an address"
    )
    simulator_refusals_before_ban: int = Field(
        10,
        ge=1,
        le=10_000,
        description="Requests of a minute answered 429 before the address is banned (418)",
    )
    simulator_streams_per_connection: int = Field(
        1_024, ge=1, le=1_024, description="Streams that a connection may have"
    )
    simulator_connections_per_5_minutes: int = Field(
        300, ge=1, le=1_000_000, description="Connections that an address may open in five minutes"
    )
    simulator_clock_offset_ms: int = Field(
        0,
        ge=-3_600_000,
        le=3_600_000,
        description="How far the exchange's clock is ahead of this machine's, in ms",
    )
    replay_recording: str = Field(
        "",
        description="Recording to replay instead of the seeded market: files or globs, separated by commas",
    )
    replay_speed: float = Field(1, gt=0, le=10_000, description="Speed of the replay; 1 is as recorded")
    replay_times: Literal["kept", "shifted"] = Field(
        "shifted", description="kept: times as recorded; shifted: moved to now by whole minutes"
    )
    replay_start_delay_s: float = Field(
        3, ge=0, le=600, description="Seconds between the first subscription and the start of the replay"
    )
