"""What long-running processes have in common, and where people reach the platform."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from candlestack_core.settings.base import HTTP_SCHEMES, HttpUrl, Port, PortOrAny, SettingsGroup, checked_url


class ServiceSettings(SettingsGroup):
    """What every long-running process has."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe level that is logged"
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="json: one object a line; console: for people at a terminal"
    )
    health_host: str = Field("127.0.0.1", description="Address that /healthz, /readyz and /metrics bind to")
    health_port: PortOrAny = Field(
        0, description="Port of /healthz, /readyz and /metrics; 0 takes a free one and logs it"
    )


class ApiSettings(SettingsGroup):
    """The API."""

    api_host: str = Field("127.0.0.1", description="Address the API binds to")
    api_port: PortOrAny = Field(8000, description="Port of the API; 0 takes a free one and logs it")
    api_cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://localhost:3000", "http://127.0.0.1:3000"),
        description="Pages that may read the API from a browser, separated by commas; * for all",
    )
    api_store_timeout_s: float = Field(
        3.0,
        gt=0,
        le=600,
        description="Seconds after which the API calls Redis or MongoDB away where they do not answer",
    )

    @field_validator("api_cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        origins = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        return tuple(origin if origin == "*" else checked_url(origin, HTTP_SCHEMES) for origin in origins)


class FrontendSettings(SettingsGroup):
    """The dashboard. It is no Python, and reads these variables itself."""

    frontend_host: str = Field("127.0.0.1", description="Address the dashboard binds to")
    frontend_port: Port = Field(3000, description="Port of the dashboard")
    api_url: HttpUrl = Field(
        "", description="Where browsers reach the API; empty: on this machine, at API_PORT"
    )
