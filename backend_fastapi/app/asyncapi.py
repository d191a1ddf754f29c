"""The contract of the sockets: an AsyncAPI 3 document, and JSON Schemas of every message.

All of it is made from the types that the messages are decoded into and encoded from.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec

from app.channels import CHANNELS
from app.openapi import VERSION, schemas_of
from app.requests import ANSWERS, MESSAGES, REQUESTS
from app.stream.channel import AnyChannel
from app.stream.messages import CloseCode, Status
from app.stream.sockets import ALL_CHANNELS

_REF = "#/$defs/{name}"
_COMPONENT_REF = "#/components/schemas/{name}"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ALL = "all"
_CLOSE_CODES = {code.name: {"code": code.value, "description": code.meaning} for code in CloseCode}
_DESCRIPTION = (
    "What happens now, by WebSocket: one JSON object in each text frame. Times are epoch milliseconds, UTC;"
    f" prices and amounts are decimal strings. On `{ALL_CHANNELS}` a client subscribes to many pairs and"
    " channels; each of the other addresses tells of one pair, and takes no message. Before the first update"
    " comes a snapshot. `seq` is the offset of the newest record in a message, equal on every process of the"
    " API; a `prev` other than the last `seq` of the same subscription means that something was missed. The"
    " server pings, and says by code and reason why it ends a connection."
)

Types = tuple[type[msgspec.Struct], ...]
_ON_CHANNELS: Types = (*(message for channel in CHANNELS for message in channel.messages), Status)
_ON_ALL: Types = (*REQUESTS, *ANSWERS, *MESSAGES)


def socket_schema() -> dict[str, Any]:
    """Describe every message of the sockets of one channel."""
    return {
        "$schema": _DIALECT,
        "title": "SocketMessage",
        "description": (
            "Every message of the sockets of one channel, one JSON object in one text frame. The server alone"
            " speaks: a message from the client ends the connection. "
            + " ".join(f"{_address(channel)}: {channel.summary}" for channel in CHANNELS)
        ),
        "oneOf": _any_of(_ON_CHANNELS),
        "$defs": _schemas_of(_ON_CHANNELS, _REF),
        "x-close-codes": _CLOSE_CODES,
    }


def session_schema() -> dict[str, Any]:
    """Describe what is said on the socket of all channels, by either side."""
    return {
        "$schema": _DIALECT,
        "title": "SessionMessage",
        "description": f"Every message of {ALL_CHANNELS}: requests have an `op`, all others a `channel` and a `type`.",
        "oneOf": [
            {"title": "Request", "description": "What a client sends.", "oneOf": _any_of(REQUESTS)},
            {"title": "Answer", "description": "What the server answers.", "oneOf": _any_of(ANSWERS)},
            {"title": "Message", "description": "What the channels tell.", "oneOf": _any_of(MESSAGES)},
        ],
        "$defs": _schemas_of(_ON_ALL, _REF),
        "x-close-codes": _CLOSE_CODES,
    }


def document() -> dict[str, Any]:
    """Describe the sockets as AsyncAPI does: their addresses, and who sends what."""
    spoken = tuple(dict.fromkeys((*_ON_ALL, *_ON_CHANNELS)))
    channels = {_ALL: _channel(ALL_CHANNELS, "All channels.", _ON_ALL)}
    operations = {
        "request": _operation("receive", _ALL, "What a client asks for.", REQUESTS),
        "tell": _operation("send", _ALL, "The answers, and what the channels tell.", (*ANSWERS, *MESSAGES)),
    }
    for channel in CHANNELS:
        messages: Types = (*channel.messages, Status)
        query = channel.query.model_json_schema()
        channels[channel.name] = _channel(channel.path, channel.summary, messages) | {
            "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}}
        }
        operation = _operation("send", channel.name, channel.summary, messages)
        operations[f"tell_{channel.name}"] = operation
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Candlestack sockets", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "localhost:8000", "protocol": "ws"}},
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {message.__name__: _message(message) for message in spoken},
            "schemas": _schemas_of(spoken, _COMPONENT_REF),
        },
        "x-close-codes": _CLOSE_CODES,
    }


def _channel(address: str, description: str, messages: Types) -> dict[str, Any]:
    named = {m.__name__: {"$ref": f"#/components/messages/{m.__name__}"} for m in messages}
    return {"address": address, "description": description, "messages": named}


def _operation(action: str, channel: str, summary: str, messages: Types) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{m.__name__}"} for m in messages],
    }


def _message(message: type[msgspec.Struct]) -> dict[str, Any]:
    summary, _, _ = inspect.cleandoc(message.__doc__ or "").partition("\n\n")
    return {
        "name": message.__name__,
        "summary": " ".join(summary.split()),
        "payload": {"$ref": _COMPONENT_REF.format(name=message.__name__)},
    }


def _schemas_of(types: Types, ref_template: str) -> dict[str, Any]:
    """Return the JSON Schemas of some types without OpenAPI's discriminators, which AsyncAPI writes otherwise.

    They are no loss: each alternative names the value of its own tag.
    """
    schemas: dict[str, Any] = _without_discriminators(schemas_of(types, ref_template))
    return schemas


def _without_discriminators(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: _without_discriminators(value) for name, value in schema.items() if name != "discriminator"
        }
    return [_without_discriminators(each) for each in schema] if isinstance(schema, list) else schema


def _any_of(messages: Iterable[type[msgspec.Struct]]) -> list[dict[str, str]]:
    return [{"$ref": _REF.format(name=message.__name__)} for message in messages]


def _address(channel: AnyChannel) -> str:
    return f"{channel.path}?{'&'.join(f'{name}=' for name in channel.query.model_fields)}"
