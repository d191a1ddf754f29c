"""Write the contract that clients are built from: `python -m app.contract`, or `--check` for drift.

`contract/openapi.json` describes the REST side and `contract/asyncapi.json` the sockets; the messages of `/ws` are
also in `contract/session.schema.json`, those of the sockets of one channel in `contract/socket.schema.json`.
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

from app import asyncapi
from app.application import create_app
from app.candles.examples import fold_examples

CONTRACT = Path(__file__).resolve().parents[1] / "contract"


def documents() -> dict[str, str]:
    """Return the text of each file of the contract, by its name."""
    return {
        "openapi.json": _text(create_app().openapi()),
        "asyncapi.json": _text(asyncapi.document()),
        "socket.schema.json": _text(asyncapi.socket_schema()),
        "session.schema.json": _text(asyncapi.session_schema()),
        "fold.examples.json": _lines(fold_examples()),
    }


def stale() -> list[str]:
    """Return the names of the files that are not what the code says."""
    return [
        name
        for name, text in documents().items()
        if not (CONTRACT / name).is_file() or (CONTRACT / name).read_text(encoding="utf-8") != text
    ]


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
