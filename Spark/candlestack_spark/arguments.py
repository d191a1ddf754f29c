"""The arguments of the batch jobs: a window of time and pairs, refused in one line where they are wrong."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from candlestack_core.intervals import Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_MS = 253_402_300_799_999
"""The end of the year 9999."""


class BadArgumentError(ValueError):
    """An argument that cannot be used; the text says which and why."""


class Arguments(argparse.ArgumentParser):
    """A parser whose errors are one line on stderr and exit code 2."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"candlestack: {message}\n")
        raise SystemExit(2)

    def add_window(self) -> None:
        """Add `--start`, `--end` and `--symbols`."""
        self.add_argument("--start", metavar="TIME", help="first open time: UTC in ISO 8601, or epoch ms")
        self.add_argument("--end", metavar="TIME", help="end of the window, which it no longer holds")
        self.add_argument("--symbols", metavar="PAIRS", help="pairs, separated by commas; none: all")


@dataclass(frozen=True, slots=True)
class Window:
    """What was asked for: `[start, end)` in ms, open where it was not given, and pairs (none: all)."""

    start: int | None
    end: int | None
    symbols: tuple[str, ...]

    @property
    def bounded(self) -> bool:
        """Whether it is less than everything."""
        return self.start is not None or self.end is not None or bool(self.symbols)

    def require_aligned(self, interval: Interval) -> None:
        """Refuse a window that cuts a candle of an interval in two.

        Raises:
            BadArgumentError: it does.
        """
        for name, time in (("--start", self.start), ("--end", self.end)):
            if time is not None and time % interval.ms:
                raise BadArgumentError(f"{name} {iso(time)} is not the start of a {interval.value} candle")

    def require_known(self, known: Collection[str]) -> None:
        """Refuse pairs that nobody knows.

        Raises:
            BadArgumentError: there is one.
        """
        for symbol in self.symbols:
            if symbol not in known:
                raise BadArgumentError(f"--symbols {symbol}: no such pair is known")


def window_of(arguments: argparse.Namespace) -> Window:
    """Return the window that was asked for.

    Raises:
        BadArgumentError: a time is none, the window is empty or reversed, or a pair cannot be one.
    """
    start, end = (
        None if text is None else _time(f"--{name}", text)
        for name, text in (("start", arguments.start), ("end", arguments.end))
    )
    if start is not None and end is not None and start >= end:
        raise BadArgumentError(f"--start {iso(start)} is not before --end {iso(end)}")
    symbols = tuple(
        dict.fromkeys(part.strip().upper() for part in (arguments.symbols or "").split(",") if part.strip())
    )
    for symbol in symbols:
        if not re.fullmatch(r"[^\W_]{2,40}", symbol):
            raise BadArgumentError(f"--symbols {symbol!r} is not a pair; write e.g. BTCUSDT,ETHUSDT")
    return Window(start, end, symbols)


def _time(name: str, text: str) -> int:
    if re.fullmatch(r"[0-9]{1,15}", text):
        time_ms = int(text)
    else:
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            raise BadArgumentError(f"{name} {text!r} is no time; write e.g. 2026-01-01T00:00Z") from None
        # A time that names no zone is UTC, as all times here.
        since = (time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - _EPOCH
        time_ms = since // _MILLISECOND
        if since % _MILLISECOND:
            raise BadArgumentError(f"{name} {text!r} is finer than a millisecond")
    if not 0 <= time_ms <= _LAST_MS:
        raise BadArgumentError(f"{name} {text!r} is not within the years 1970 to 9999")
    return time_ms


def iso(time_ms: int) -> str:
    """Return a time in ms as UTC in ISO 8601."""
    return f"{_EPOCH + time_ms * _MILLISECOND:%Y-%m-%dT%H:%M:%SZ}"
