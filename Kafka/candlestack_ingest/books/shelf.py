"""All books of the builder, by market and symbol: a diff goes to its own book and touches no other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from candlestack_core import metrics
from candlestack_core.messages import BookState, Market
from candlestack_core.names import SOURCE_REPLAY
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.tracked import Limits, TrackedBook

STATES: tuple[BookState, ...] = ("synced", "resyncing", "stale", "starved")


class Shelf:
    """The books that are expected from the first diff on, and those that diffs came for.

    A recording holds what it holds: nothing is expected of it.
    """

    def __init__(self, expected: Mapping[Market, Sequence[str]], limits: Limits) -> None:
        self._expected = expected
        self._limits = limits
        self._books: dict[tuple[Market, str], TrackedBook] = {}
        self._heard_at: dict[Market, float] = {}

    def books(self) -> Iterable[TrackedBook]:
        """Return every book."""
        return self._books.values()

    def take(self, diff: Diff, heard_at: float, now: float, arrival_time: int | None = None) -> None:
        """Give a diff to its book.

        Times in seconds of one monotonic clock; `arrival_time` in epoch ms, when its frame was read.
        """
        if not self._books and diff.source != SOURCE_REPLAY:
            for market, symbols in self._expected.items():
                for symbol in symbols:
                    self._add(market, symbol, diff.source, now)
        book = self._books.get((diff.market, diff.symbol)) or self._add(
            diff.market, diff.symbol, diff.source, now
        )
        self._heard_at[diff.market] = max(self._heard_at.get(diff.market, -math.inf), heard_at)
        book.arrival_time = arrival_time
        book.take(diff, heard_at, now)

    def _add(self, market: Market, symbol: str, source: str, now: float) -> TrackedBook:
        book = self._books[market, symbol] = TrackedBook(market, symbol, source, self._limits, now)
        return book

    def watch(self, now: float) -> None:
        """Look for silent books, and for books whose audit is due."""
        for book in self._books.values():
            book.watch(now, self._heard_at.get(book.market, -math.inf))

    def synced(self) -> int:
        """Return how many books may be believed."""
        return sum(book.state == "synced" for book in self._books.values())

    def measure(self) -> None:
        """Set the metrics of every book."""
        for tracked in self._books.values():
            labels = {"market": tracked.market, "symbol": tracked.symbol}
            for state in STATES:
                metrics.BOOK_STATE.labels(**labels, state=state).set(tracked.state == state)
            metrics.BOOK_BUFFERED_DIFFS.labels(**labels).set(tracked.buffered)
            metrics.BOOK_MEMORY.labels(**labels).set(tracked.memory())
            if tracked.book is not None:
                metrics.BOOK_LEVELS.labels(**labels, side="bids").set(len(tracked.book.bids))
                metrics.BOOK_LEVELS.labels(**labels, side="asks").set(len(tracked.book.asks))
