"""One book as the builder keeps it: in sequence or not, heard or silent, due for a snapshot or not.

Nothing here waits or asks: diffs, snapshots and the time (seconds of one monotonic clock) are given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import BookState, Market
from candlestack_core.pauses import Pauses
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.joining import Joining, Outcome
from candlestack_ingest.books.local import LocalOrderBook, SequenceError, Snapshot, matching_share

_LOG = get_logger(__name__)

SETTLED_AFTER_S = 10.0
"""A book that kept its sequence for so long may fetch at once when it loses it; another pauses first."""
AUDIT_ATTEMPTS = 5
"""Snapshots fetched for one audit at most; then the next is awaited."""
THIN = 0.2
"""Share of the depth below which a side is renewed by a fresh snapshot, before the market leaves it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How books are kept: levels a side, diffs held, seconds between audits, and the pauses between snapshots."""

    depth: int
    buffer_diffs: int
    audit_every_s: float
    silent_after_s: float
    pauses: Callable[[], Pauses] = lambda: Pauses(first=0.5, longest=30.0)


class TrackedBook:
    """The book of one market and symbol, with its trust state."""

    def __init__(self, market: Market, symbol: str, source: str, limits: Limits, now: float) -> None:
        self.market: Market = market
        self.symbol = symbol
        self.source = source
        self.version = 0
        """Counts every change of what a reader sees."""
        self.heard_at = now
        """When a diff last arrived; before the first, when waiting for it began."""
        self.arrival_time: int | None = None
        """When the frame of the newest diff was read from the exchange's socket, in epoch ms; None: not known."""
        self.book: LocalOrderBook | None = None
        """The book as it is or, while not in sequence, as it last was."""
        self._limits = limits
        self._in_sequence = False
        self._silence: BookState | None = None
        self._pauses = limits.pauses()
        self._joining: Joining | None = self._new_joining()
        self._auditing = False
        self._attempts = 0
        self._fetching = False
        self._fetch_at = now
        self._joined_at = -math.inf
        self._audit_at = math.inf

    def _new_joining(self) -> Joining:
        return Joining(self.market, self._limits.depth, self._limits.buffer_diffs)

    @property
    def state(self) -> BookState:
        """Whether the book may be believed. Silence comes before sequence: a silent book cannot be in it."""
        if self._silence is not None:
            return self._silence
        return "synced" if self._in_sequence else "resyncing"

    @property
    def buffered(self) -> int:
        """How many diffs are held for a snapshot."""
        return len(self._joining) if self._joining is not None else 0

    def memory(self) -> int:
        """Return about how many bytes the book and the diffs held take."""
        book = self.book.memory() if self.book is not None else 0
        return book + (self._joining.memory() if self._joining is not None else 0)

    def take(self, diff: Diff, heard_at: float, now: float) -> None:
        """Take a diff that arrived at `heard_at`, in the order of arrival."""
        self.heard_at = max(self.heard_at, heard_at)
        self.source = diff.source
        if self._in_sequence and self.book is not None:
            self._apply(self.book, diff, now)
        if self._joining is not None:
            outcome = self._joining.add(diff)
            if outcome is not None:
                self._judge(outcome, now)

    def _apply(self, book: LocalOrderBook, diff: Diff, now: float) -> None:
        try:
            if not book.apply(diff):
                return
        except SequenceError as error:
            self._lose_sequence("gap", str(error), now)
            return
        self.version += 1
        if book.crossed:
            self._lose_sequence("crossed", f"crossed at {book.last_update_id}", now)
        elif book.exhausted:
            self._lose_sequence("exhausted", "the market left what the snapshot reached", now)
        elif self._joining is None and book.thinner_than(int(self._limits.depth * THIN)):
            self._begin_audit(now)

    def _lose_sequence(self, reason: str, detail: str, now: float) -> None:
        metrics.BOOK_RESYNCS.labels(market=self.market, symbol=self.symbol, reason=reason).inc()
        _LOG.warning(
            "the book lost its sequence",
            market=self.market,
            symbol=self.symbol,
            reason=reason,
            detail=detail,
        )
        self._in_sequence = False
        self.version += 1
        self._auditing = False
        self._joining = self._new_joining()
        if now - self._joined_at >= SETTLED_AFTER_S:
            self._pauses.reset()
            self._fetch_at = now
        else:
            self._fetch_at = now + self._pauses.next()

    def watch(self, now: float, market_heard_at: float) -> None:
        """Look whether the book is silent; `market_heard_at` is when any book of its market last heard a diff."""
        silence: BookState | None = None
        if now - self.heard_at > self._limits.silent_after_s:
            spoken_of = now - market_heard_at <= self._limits.silent_after_s
            silence = "starved" if spoken_of else "stale"
        if silence != self._silence:
            _LOG.info(
                "the book is heard again" if silence is None else "the book is silent",
                market=self.market,
                symbol=self.symbol,
                state=silence,
            )
            self._silence = silence
            self.version += 1
        if self._in_sequence and self._joining is None and now >= self._audit_at:
            self._begin_audit(now)

    def _begin_audit(self, now: float) -> None:
        self._joining = self._new_joining()
        self._auditing = True
        self._attempts = 0
        self._audit_at = now + self._limits.audit_every_s

    def wants_snapshot(self, now: float) -> bool:
        """Tell whether a snapshot is to be fetched now: there are diffs for it to join, and the pause is over."""
        joining = self._joining
        return (
            joining is not None
            and len(joining) > 0
            and not joining.waiting
            and not self._fetching
            and now >= self._fetch_at
        )

    def fetch_begins(self) -> None:
        """Take note that a snapshot is being fetched."""
        self._fetching = True
        self._attempts += 1

    def fetch_failed(self, now: float, outcome: str = "refused") -> None:
        """Take note that no usable snapshot came; another is fetched after a pause that grows."""
        self._fetching = False
        metrics.BOOK_SNAPSHOTS.labels(market=self.market, outcome=outcome).inc()
        self._fetch_at = now + self._pauses.next()
        if self._auditing and self._attempts >= AUDIT_ATTEMPTS:
            metrics.BOOK_AUDITS.labels(market=self.market, outcome="unjoined").inc()
            self._end_audit()

    def offer(self, snapshot: Snapshot, now: float) -> None:
        """Take the snapshot that was fetched."""
        self._fetching = False
        if self._joining is not None:
            self._judge(self._joining.offer(snapshot), now)

    def _judge(self, outcome: Outcome, now: float) -> None:
        if outcome is Outcome.MISSED:
            self.fetch_failed(now, outcome.value)
        elif outcome is Outcome.JOINED and self._joining is not None:
            fresh = self._joining.book()
            if fresh.crossed or fresh.exhausted:
                self._joining = self._new_joining()
                self.fetch_failed(now, "unusable")
                return
            metrics.BOOK_SNAPSHOTS.labels(market=self.market, outcome=outcome.value).inc()
            if self._auditing and self.book is not None:
                self._compare(self.book, fresh)
            self._become(fresh, now)

    def _compare(self, book: LocalOrderBook, fresh: LocalOrderBook) -> None:
        if book.last_update_id != fresh.last_update_id:
            metrics.BOOK_AUDITS.labels(market=self.market, outcome="unjoined").inc()
            return
        share = matching_share(book, fresh)
        metrics.BOOK_AUDIT_MATCH.labels(market=self.market, symbol=self.symbol).set(share)
        metrics.BOOK_AUDITS.labels(market=self.market, outcome="match" if share == 1 else "mismatch").inc()
        if share < 1:
            _LOG.warning(
                "the book differs from a fresh snapshot, which replaces it",
                market=self.market,
                symbol=self.symbol,
                share=round(share, 4),
                update_id=fresh.last_update_id,
            )

    def _become(self, fresh: LocalOrderBook, now: float) -> None:
        if not self._in_sequence:
            _LOG.info(
                "the book is in sequence",
                market=self.market,
                symbol=self.symbol,
                update_id=fresh.last_update_id,
            )
            self._joined_at = now
        elif now - self._joined_at >= SETTLED_AFTER_S:
            self._pauses.reset()
        self.book = fresh
        self._in_sequence = True
        self.version += 1
        self._end_audit()
        self._audit_at = now + self._limits.audit_every_s

    def _end_audit(self) -> None:
        self._auditing = False
        self._joining = None
