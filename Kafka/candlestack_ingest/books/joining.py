"""Joining a snapshot with the diffs around it: hold diffs, take a snapshot, become a book."""

from __future__ import annotations

import sys
from collections import deque
from enum import Enum

from candlestack_core.messages import Market
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.local import LocalOrderBook, SequenceError, Snapshot
from candlestack_ingest.books.sequence import repeats, spot_continues, usdm_continues

LEVEL_BYTES = 56 + 2 * 57
"""A level of a diff: a tuple of two short texts."""


class Outcome(Enum):
    """What became of a snapshot."""

    JOINED = "joined"
    WAITING = "waiting"
    """It is ahead of every diff so far: one that comes will join it, or not."""
    MISSED = "missed"
    """No diff bridges it: it is older than what is held, or (USD-M) between two diffs. Fetch another."""


class Joining:
    """Diffs of one book, held in sequence until a snapshot joins them; at most `most_diffs`, the newest."""

    def __init__(self, market: Market, depth: int, most_diffs: int) -> None:
        self._market: Market = market
        self._depth = depth
        self._diffs: deque[Diff] = deque(maxlen=most_diffs)
        self._candidate: LocalOrderBook | None = None

    def __len__(self) -> int:
        return len(self._diffs)

    @property
    def waiting(self) -> bool:
        """Whether a snapshot is here that waits for its first diff."""
        return self._candidate is not None

    def add(self, diff: Diff) -> Outcome | None:
        """Hold a diff; return what became of a snapshot that waited for it, None where none did.

        A diff that does not continue those held makes them worthless: holding begins anew with it.
        """
        if self._diffs:
            held = self._diffs[-1].final_update_id
            if not self._continues(diff, held):
                if repeats(diff.final_update_id, held):
                    return None
                self._diffs.clear()
        self._diffs.append(diff)
        if self._candidate is None:
            return None
        return self._try([diff])

    def offer(self, snapshot: Snapshot) -> Outcome:
        """Take a snapshot in place of any before it."""
        self._candidate = LocalOrderBook(self._market, snapshot, self._depth)
        return self._try(self._diffs)

    def memory(self) -> int:
        """Return about how many bytes it takes, from the newest diff held."""
        candidate = self._candidate.memory() if self._candidate is not None else 0
        if not self._diffs:
            return candidate
        newest = self._diffs[-1]
        levels = (len(newest.bids) + len(newest.asks)) * LEVEL_BYTES
        return candidate + (sys.getsizeof(newest) + levels) * len(self._diffs)

    def book(self) -> LocalOrderBook:
        """Return the joined book; after `JOINED` only."""
        if self._candidate is None or not self._candidate.joined:
            raise RuntimeError("no snapshot has joined")
        return self._candidate

    def _continues(self, diff: Diff, last: int) -> bool:
        if self._market == "spot":
            return spot_continues(diff.first_update_id, diff.final_update_id, last)
        return usdm_continues(diff.previous_final_update_id, last)

    def _try(self, diffs: deque[Diff] | list[Diff]) -> Outcome:
        candidate = self._candidate
        if candidate is None:
            return Outcome.WAITING
        try:
            for diff in diffs:
                candidate.apply(diff)
        except SequenceError:
            self._candidate = None
            return Outcome.MISSED
        return Outcome.JOINED if candidate.joined else Outcome.WAITING
