"""Who may ask the API, and how often."""

from __future__ import annotations

from pydantic import Field

from candlestack_core.settings.base import SettingsGroup

_ENTRY = "[A-Za-z_][A-Za-z0-9_]{0,39}:[0-9a-f]{64}"


class AccessSettings(SettingsGroup):
    """Who may ask the API."""

    api_keys: str = Field(
        "",
        pattern=rf"^({_ENTRY}(,{_ENTRY})*)?$",
        repr=False,
        description="Accepted keys as NAME:SHA-256, separated by commas; empty: no key is needed",
    )
    api_requests_per_minute: int = Field(
        6_000,
        ge=0,
        le=10_000_000,
        description="Requests a minute of one key or, without keys, one address; an export counts as 50; 0: no limit",
    )

    @property
    def key_hashes(self) -> dict[str, str]:
        """`api_keys` by owner."""
        return dict(entry.split(":") for entry in self.api_keys.split(",") if entry)
