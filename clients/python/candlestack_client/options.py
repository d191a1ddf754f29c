"""What both clients can be told, and what both send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

LARGEST_MESSAGE = 16 * 1024 * 1024
CLOSE_TIMEOUT_S = 1.0
"""How long the other side may take to say goodbye."""


@dataclass(frozen=True)
class Options:
    """How patient a client is, in seconds, and the key it sends."""

    api_key: str | None
    timeout_s: float
    attempts: int
    longest_pause_s: float
    silence_s: float

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.api_key is None else {"X-API-Key": self.api_key}

    def of_connection(self) -> dict[str, Any]:
        """Return what a stream's connection is opened with.

        The silence of a stream is noticed by its heartbeats; a ping besides would end the connection of a
        user who is merely slow.
        """
        return {
            "additional_headers": self.headers,
            "open_timeout": self.timeout_s,
            "close_timeout": CLOSE_TIMEOUT_S,
            "ping_interval": None,
            "max_size": LARGEST_MESSAGE,
        }


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name, and the place of one before, only when it is whole."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
