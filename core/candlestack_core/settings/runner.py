"""The local runner."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from candlestack_core.settings.base import REPOSITORY, Port, SettingsGroup


class RunnerSettings(SettingsGroup):
    """The local runner; relative folders are taken from the repository's root."""

    profile: Literal["all", "live"] = Field(
        "all", description="all: the whole platform; live: without Spark and Airflow"
    )
    candlestack_home: Path = Field(
        Path(".candlestack"), description="Folder of the local platform's data and logs"
    )
    candlestack_cache: Path = Field(
        Path("~/.cache/candlestack"), description="Folder of downloads, which clones of the repository share"
    )
    kafka_controller_port: Port = Field(
        9093, description="Port of the broker's own controller, on this machine only"
    )
    health_port_base: int = Field(
        9600,
        ge=1,
        le=65_000,
        description="First of the ports on which make up lets each service serve /readyz and /metrics",
    )

    @property
    def home(self) -> Path:
        """`candlestack_home` as an absolute path."""
        return (REPOSITORY / self.candlestack_home.expanduser()).resolve()

    @property
    def cache(self) -> Path:
        """`candlestack_cache` as an absolute path."""
        return (REPOSITORY / self.candlestack_cache.expanduser()).resolve()
