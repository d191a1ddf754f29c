"""What a client may ask for on a connection of streams, and Binance's words for what it may not.

Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from app.compat.streams.names import is_well_formed

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
COMBINED = "combined"
_TEXT_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")

CommandId = int | str | None


class CommandError(Exception):
    """A command that is answered with an error; `command_id` is None where none could be read."""

    def __init__(self, code: int, message: str, command_id: CommandId = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.command_id = command_id


@dataclass(frozen=True, slots=True)
class Command:
    """A command that can be carried out."""

    method: str
    params: list[Any]
    command_id: CommandId

    @property
    def streams(self) -> list[str]:
        """The streams that it names, without doubles."""
        return list(dict.fromkeys(self.params))


def command_of(text: str | bytes) -> Command:
    """Read a command.

    Raises:
        CommandError: it is no JSON, no command, or its parameters are not those of its method.
    """
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = (
            f" at line {error.lineno} column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise CommandError(3, f"Invalid JSON: expected value{where}") from None
    if not isinstance(read, dict):
        raise CommandError(2, "Invalid request: expected an object at line 1 column 0")
    command = Command(_method(read), read.get("params", []), _id(read))
    try:
        _check(command)
    except CommandError as error:
        raise CommandError(error.code, error.message, command.command_id) from None
    return command


def _method(read: dict[str, Any]) -> str:
    method = read.get("method")
    if method in METHODS:
        return str(method)
    command_id = _id(read)
    if method is None:
        raise CommandError(2, "Invalid request: missing field `method`", command_id)
    expected = ", ".join(f"`{name}`" for name in METHODS)
    raise CommandError(
        2, f"Invalid request: unknown variant `{method}`, expected one of {expected}", command_id
    )


def _id(read: dict[str, Any]) -> CommandId:
    """Return the id: a 64-bit integer, a text of up to 36 letters and digits, or null."""
    match read.get("id", ...):
        case bool():
            pass
        case int(number) if -(2**63) <= number < 2**63:
            return number
        case str(text) if _TEXT_ID.fullmatch(text):
            return text
        case None:
            return None
    raise CommandError(2, "Invalid request: request ID must be an unsigned integer")


def _check(command: Command) -> None:
    params = command.params
    if not isinstance(params, list):
        raise CommandError(2, "Invalid request: params must be an array")
    match command.method:
        case "SUBSCRIBE" | "UNSUBSCRIBE":
            if not params or not all(isinstance(name, str) and is_well_formed(name) for name in params):
                raise CommandError(2, "Invalid request: invalid stream")
        case "LIST_SUBSCRIPTIONS":
            if params:
                raise CommandError(2, "Invalid request: too many parameters")
        case _:
            _check_property(params, with_value=command.method == "SET_PROPERTY")


def _check_property(params: list[Any], *, with_value: bool) -> None:
    if not params or not isinstance(params[0], str):
        raise CommandError(2, "Invalid request: property name must be a string")
    if len(params) > 1 + with_value:
        raise CommandError(2, "Invalid request: too many parameters")
    if params[0] != COMBINED:
        raise CommandError(0, "Unknown property")
    if with_value and (len(params) < 2 or not isinstance(params[1], bool)):
        raise CommandError(1, "Invalid value type: expected Boolean")
