"""What every group of settings is, how it is read, and what is said of a bad one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[3]
ENV_FILE = REPOSITORY / ".env"

Port = Annotated[int, Field(ge=1, le=65535)]
PortOrAny = Annotated[int, Field(ge=0, le=65535)]

_WEBSOCKET_SCHEMES = ("ws", "wss")
HTTP_SCHEMES = ("http", "https")


def checked_url(text: str, schemes: tuple[str, ...]) -> str:
    """Return a URL without its last slash; an empty one stays empty.

    Raises:
        ValueError: when it is no URL of one of the schemes.
    """
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not pair, a port that is no port
        usable = False
    if not usable:
        raise ValueError(f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
    return text.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(lambda text: checked_url(text, HTTP_SCHEMES))]
WebSocketUrl = Annotated[str, AfterValidator(lambda text: checked_url(text, _WEBSOCKET_SCHEMES))]


class SettingsGroup(BaseSettings):
    """A frozen group of settings; fields are read from upper-case variables of the same name."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


Group = TypeVar("Group", bound=SettingsGroup)


class BadSettingError(Exception):
    """A setting that only proves unusable later, as a pair that the exchange does not list."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"candlestack: bad setting {variable}: {reason}")


def variable_name(group: type[SettingsGroup], field: str) -> str:
    """Return the environment variable that sets a field (the first of its aliases)."""
    return variable_names(group, field)[0]


def variable_names(group: type[SettingsGroup], field: str) -> tuple[str, ...]:
    """Return every environment variable that sets a field, the one that wins first."""
    alias = group.model_fields[field].validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (field.upper(),)


def load(group: type[Group]) -> Group:
    """Read a group, or end the process with exit code 2 and one line per bad variable.

    CANDLESTACK_ENV_FILE names another file to read instead of `.env` in the root.

    Raises:
        SystemExit: with code 2, after naming every variable that cannot be used and why.
    """
    env_file = os.environ.get("CANDLESTACK_ENV_FILE", ENV_FILE)
    try:
        return group(_env_file=env_file)
    except ValidationError as error:
        names = {variable_name(group, name): variable_names(group, name) for name in group.model_fields}
        for problem in error.errors():
            where = str(problem["loc"][0]).upper()
            name, *others = names.get(where, (where,))
            also = f" (also read as {', '.join(others)})" if others else ""
            reason = problem["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{BadSettingError(name + also, reason)}\n")
        raise SystemExit(2) from None
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"candlestack: {env_file} cannot be read: {error}\n")
        raise SystemExit(2) from None
