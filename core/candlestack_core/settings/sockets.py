"""What the clients of the API's sockets may do."""

from __future__ import annotations

from pydantic import Field

from candlestack_core.settings.base import SettingsGroup


class SocketSettings(SettingsGroup):
    """The API's sockets."""

    api_max_sockets: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="WebSocket clients served at once; one more is asked to come later",
    )
    api_max_sockets_per_address: int = Field(
        500,
        ge=1,
        le=100_000,
        description="WebSocket clients of one address served at once; behind a proxy all have the proxy's",
    )
    api_max_subscriptions: int = Field(
        200, ge=1, le=10_000, description="Subscriptions that one WebSocket client may hold"
    )
    api_max_message_bytes: int = Field(
        16_384,
        ge=1_024,
        le=1_048_576,
        description="Longest message that a WebSocket client may send, in bytes",
    )
    api_heartbeat_s: float = Field(
        15.0,
        ge=1,
        le=300,
        description="Seconds between two heartbeats on a socket, for clients that cannot see pings",
    )
