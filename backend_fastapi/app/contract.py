"""Write the contract that clients are built from: `python -m app.contract`, or `--check` for drift.

`contract/openapi.json` describes the REST side, `contract/socket.schema.json` every message of the sockets;
`contract/fold.examples.json` shows how 1m candles make longer ones, for clients that do so live.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.application import create_app
from app.candles.examples import fold_examples
from app.channels import CHANNELS
from app.openapi import schemas_of
from app.stream.channel import AnyChannel
from app.stream.messages import CloseCode, Status

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
_REF = "#/$defs/{name}"
_SOCKET_MESSAGES: tuple[type[msgspec.Struct], ...] = (
    *(message for channel in CHANNELS for message in channel.messages),
    Status,
)


def documents() -> dict[str, str]:
    """Return the text of each file of the contract, by its name."""
    return {
        "openapi.json": _text(create_app().openapi()),
        "socket.schema.json": _text(_socket_schema()),
        "fold.examples.json": _lines(fold_examples()),
    }


def stale() -> list[str]:
    """Return the names of the files that are not what the code says."""
    return [
        name
        for name, text in documents().items()
        if not (CONTRACT / name).is_file() or (CONTRACT / name).read_text(encoding="utf-8") != text
    ]


def _socket_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SocketMessage",
        "description": (
            "Every message of the sockets, one JSON object in one text frame. The server alone speaks: a message"
            " from the client ends the connection. "
            + " ".join(f"{_address(channel)}: {channel.summary}" for channel in CHANNELS)
        ),
        "oneOf": [{"$ref": _REF.format(name=message.__name__)} for message in _SOCKET_MESSAGES],
        "$defs": schemas_of(_SOCKET_MESSAGES, _REF),
        "x-close-codes": {code.name: {"code": code.value, "description": code.meaning} for code in CloseCode},
    }


def _address(channel: AnyChannel) -> str:
    return f"{channel.path}?{'&'.join(f'{name}=' for name in channel.query.model_fields)}"


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _lines(examples: Sequence[msgspec.Struct]) -> str:
    """Write a list with a line for each example: there are many, and each is read as a whole."""
    return "[\n" + ",\n".join(msgspec.json.encode(example).decode() for example in examples) + "\n]\n"


def main() -> None:
    """Run the command; exit code 1 when `--check` finds a stale file."""
    parser = argparse.ArgumentParser(prog="python -m app.contract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is stale")
    if parser.parse_args().check:
        if names := stale():
            sys.stderr.write(f"stale: {', '.join(names)}; write them with: python -m app.contract\n")
            raise SystemExit(1)
        return
    CONTRACT.mkdir(exist_ok=True)
    for name, text in documents().items():
        (CONTRACT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
