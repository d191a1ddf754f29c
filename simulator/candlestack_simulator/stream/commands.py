"""The commands a client may send on a stream connection, and the exchange's answers to them.

`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY` and `GET_PROPERTY`, with the error
messages of the exchange's public documents. Nothing here knows a socket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from candlestack_simulator.stream.names import is_well_formed

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")

_TEXT_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")

RequestId = int | str | None


class CommandError(Exception):
    """A command that is answered with an error; `request_id` is None where none could be read."""

    def __init__(self, code: int, message: str, request_id: RequestId = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose form is right; `params` still depend on the method."""

    method: str
    params: list[Any]
    request_id: RequestId


@dataclass(slots=True)
class Session:
    """What commands act on: the streams of one connection, in order, and its envelope."""

    streams: dict[str, None]
    combined: bool
    stream_limit: int

    def add(self, streams: list[str]) -> list[str]:
        """Subscribe and return the streams that are new.

        Raises:
            CommandError: when the connection would exceed its limit; nothing is subscribed then.
        """
        new = [name for name in dict.fromkeys(streams) if name not in self.streams]
        if len(self.streams) + len(new) > self.stream_limit:
            raise CommandError(2, f"Invalid request: more than {self.stream_limit} streams on one connection")
        self.streams.update(dict.fromkeys(new))
        return new

    def remove(self, streams: list[str]) -> list[str]:
        """Unsubscribe and return the streams that were subscribed."""
        removed = [name for name in dict.fromkeys(streams) if name in self.streams]
        for name in removed:
            del self.streams[name]
        return removed


def parse(text: str) -> Command:
    """Read a command.

    Raises:
        CommandError: when it is not JSON, or not a request.
    """
    try:
        request = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise CommandError(3, f"Invalid JSON: expected value at {where}") from None
    except RecursionError:
        raise CommandError(3, "Invalid JSON: recursion limit exceeded at line 1 column 128") from None
    if not isinstance(request, dict):
        raise CommandError(2, "Invalid request: expected an object at line 1 column 0")
    request_id = _request_id(request)
    method = request.get("method")
    if method is None:
        raise CommandError(
            2, f"Invalid request: missing field `method` at line 1 column {len(text)}", request_id
        )
    if method not in METHODS:
        expected = ", ".join(f"`{name}`" for name in METHODS)
        column = text.find(str(method)) + len(str(method)) + 1
        raise CommandError(
            2,
            f"Invalid request: unknown variant `{method}`, expected one of {expected} "
            f"at line 1 column {column}",
            request_id,
        )
    params = request.get("params", [])
    if not isinstance(params, list):
        raise CommandError(2, "Invalid request: params must be an array", request_id)
    return Command(method, params, request_id)


def _request_id(request: dict[str, Any]) -> RequestId:
    """Return the id: a 64-bit integer, a text of up to 36 letters and digits, or null."""
    match request.get("id", ...):
        case bool():
            pass
        case int(number) if -(2**63) <= number < 2**63:
            return number
        case str(text) if _TEXT_ID.fullmatch(text):
            return text
        case None:
            return None
    raise CommandError(2, "Invalid request: request ID must be an unsigned integer")


def result(command: Command, session: Session, changed: Callable[[list[str], list[str]], None]) -> Any:
    """Carry a command out and return its result.

    `changed` hears the streams that were added and those that were removed.

    Raises:
        CommandError: without the request's id; `answer` adds it.
    """
    match command.method:
        case "SUBSCRIBE":
            changed(session.add(_streams(command)), [])
        case "UNSUBSCRIBE":
            changed([], session.remove(_streams(command)))
        case "LIST_SUBSCRIPTIONS":
            if command.params:
                raise CommandError(2, "Invalid request: too many parameters")
            return list(session.streams)
        case "SET_PROPERTY":
            _property(command, values=1)
            if len(command.params) < 2 or not isinstance(command.params[1], bool):
                raise CommandError(1, "Invalid value type: expected Boolean")
            session.combined = command.params[1]
        case "GET_PROPERTY":
            _property(command, values=0)
            return session.combined
    return None


def _streams(command: Command) -> list[str]:
    if not command.params or not all(
        isinstance(name, str) and is_well_formed(name) for name in command.params
    ):
        raise CommandError(2, "Invalid request: invalid stream")
    return command.params


def _property(command: Command, values: int) -> None:
    if not command.params or not isinstance(command.params[0], str):
        raise CommandError(2, "Invalid request: property name must be a string")
    if len(command.params) > 1 + values:
        raise CommandError(2, "Invalid request: too many parameters")
    if command.params[0] != "combined":
        raise CommandError(0, "Unknown property")


def answer(text: str, session: Session, changed: Callable[[list[str], list[str]], None]) -> dict[str, Any]:
    """Carry out what a client sent and return the answer: `{"result", "id"}` or `{"error", "id"}`."""
    request_id: RequestId = None
    try:
        command = parse(text)
        request_id = command.request_id
        return {"result": result(command, session, changed), "id": request_id}
    except CommandError as error:
        known = request_id if error.request_id is None else error.request_id
        return {"error": {"code": error.code, "msg": error.message}, "id": known}
