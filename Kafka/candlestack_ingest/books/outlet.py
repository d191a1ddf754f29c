"""Publishing books: at most so often each, its trust state at once, and only what is newest."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from candlestack_core.logging import get_logger
from candlestack_core.messages import BookState
from candlestack_core.pauses import Pauses
from candlestack_core.service import Health
from candlestack_ingest.books.tracked import TrackedBook

_LOG = get_logger(__name__)

CHECK_EVERY_S = 2.0
"""While nothing is due, the outlet is asked this often whether it is there."""


class OutletAwayError(Exception):
    """What is published to did not take it, and may take it later."""


class Outlet(Protocol):
    """A place where books are published."""

    @property
    def name(self) -> str:
        """The place, as readiness calls it."""
        ...

    async def check(self) -> None:
        """Look whether the place answers.

        Raises:
            OutletAwayError: it does not.
        """
        ...

    async def write(self, books: Sequence[TrackedBook]) -> None:
        """Publish books as they are now.

        Raises:
            OutletAwayError: some may not be published.
        """
        ...


@dataclass(slots=True)
class _Published:
    version: int
    state: BookState
    at: float


class Schedule:
    """Which books are due at an outlet: changed, and their last publication long enough ago or in another state."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._published: dict[tuple[str, str], _Published] = {}

    def due(self, books: Iterable[TrackedBook], now: float) -> list[TrackedBook]:
        """Return the books to publish now."""
        return [book for book in books if self.due_at(book) <= now]

    def due_at(self, book: TrackedBook) -> float:
        """Return when a book is to be published, as it is now: at once (-inf), at a time, or not at all (inf)."""
        last = self._published.get((book.market, book.symbol))
        if last is None or last.state != book.state:
            return -math.inf
        return math.inf if last.version == book.version else last.at + self._every_s

    def note(self, books: Iterable[TrackedBook], now: float) -> None:
        """Take note of books that are about to be published as they are."""
        for book in books:
            self._published[book.market, book.symbol] = _Published(book.version, book.state, now)

    def forget(self) -> None:
        """Make every book due: nobody knows what the outlet has."""
        self._published.clear()


async def publish(
    outlet: Outlet,
    books: Callable[[], Iterable[TrackedBook]],
    *,
    changed: asyncio.Event,
    schedule: Schedule,
    health: Health,
    pauses: Pauses | None = None,
) -> None:
    """Publish books until cancelled; while the outlet is away, only the newest state of each waits.

    `changed` is set by whoever changes books, and cleared here.
    """
    pauses = pauses or Pauses(first=0.1, longest=2.0)
    checked_at = -CHECK_EVERY_S
    while True:
        changed.clear()
        now = time.monotonic()
        due = schedule.due(books(), now)
        try:
            if due:
                schedule.note(due, now)
                await outlet.write(due)
            elif now - checked_at >= CHECK_EVERY_S:
                await outlet.check()
            else:
                next_at = min(map(schedule.due_at, books()), default=math.inf)
                await _wait(changed, min(next_at, checked_at + CHECK_EVERY_S) - now)
                continue
        except OutletAwayError as error:
            health.not_ready(outlet.name, str(error))
            _LOG.warning("books cannot be published", outlet=outlet.name, reason=str(error))
            schedule.forget()
            await asyncio.sleep(pauses.next())
        else:
            checked_at = now
            pauses.reset()
            health.ready(outlet.name)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    # Not `wait_for`: before Python 3.12 it may lose a cancellation that comes with the event.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
