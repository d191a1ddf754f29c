"""Which of two accounts of one candle wins: the one rule behind MongoDB's upsert, Redis and the browser."""

from __future__ import annotations

from typing import Protocol

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle

REST_CLOSED_AFTER_MS = 2_000
"""A 1m candle from REST counts as closed only when its end is this far behind the server's time."""


class Account(Protocol):
    """What is told of one candle: whether it is closed, and by which version."""

    @property
    def closed(self) -> bool: ...
    @property
    def version(self) -> int: ...


def closed_by_rest(open_time: int, server_time: int) -> bool:
    """Tell whether a 1m candle that REST gave may be taken for closed; times in ms.

    Around the minute an answer may still hold the forming one.
    """
    return open_time + MINUTE_MS + REST_CLOSED_AFTER_MS <= server_time


def supersedes(new: Account, old: Account) -> bool:
    """Tell whether `new` replaces `old`, two accounts of the same symbol, interval and window.

    The closed one beats the forming one; then the higher version wins. An equal version changes nothing, so
    that a record delivered twice is written once.
    """
    if new.closed != old.closed:
        return new.closed
    return new.version > old.version


def is_newer(new: Candle, old: Candle) -> bool:
    """Tell whether `new` takes the place of `old` as the latest candle of a symbol and interval."""
    if new.open_time != old.open_time:
        return new.open_time > old.open_time
    return supersedes(new, old)
