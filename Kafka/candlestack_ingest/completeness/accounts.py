"""Minutes as they are to be: what the store has, what came, and how a minute hangs together with its neighbours."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Final

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_ingest.completeness.books import Books
from candlestack_ingest.completeness.collection import Change, MinuteCollection, Stored
from candlestack_ingest.completeness.minutes import Minute, StreamKey, skipped

_LOG = get_logger(__name__)

MOST_SKIPPED: Final = 1_440
"""Minutes without a candle that are accounted for before the next one: those of a day."""
MOST_RUNS: Final = 50_000
"""Runs of a minute, beyond which its document would come near to what MongoDB can hold."""


class Account:
    """The minutes of one stream that a batch tells of, and their neighbours."""

    def __init__(
        self,
        key: StreamKey,
        told: Mapping[int, Minute],
        stored: Mapping[int, Stored],
        collection: MinuteCollection,
    ) -> None:
        """Take what came, and of the store those minutes and the ones beside each."""
        self.key = key
        self._collection = collection
        self._stored = dict(stored)
        self._minutes = {open_time: each.minute.copy() for open_time, each in stored.items()}
        self._told = [open_time for open_time in sorted(told) if self._take(told[open_time])]

    def _take(self, facts: Minute) -> bool:
        known = self._minutes.get(facts.open_time)
        if known is None:
            # Only a state of its book came, and the minute itself is gone.
            if not facts.sources:
                return False
            self._minutes[facts.open_time] = facts.copy()
            return True
        if len(known.streamed) + len(known.fetched) > MOST_RUNS:
            _LOG.error("a minute is too torn for the ledger", **self.key._asdict(), open_time=facts.open_time)
            return False
        known.merge(facts)
        return True

    def settle(self, newest: int | None, coming: Container[int], books: Books) -> None:
        """Join the minutes to those before and after them, and heal what the book is beyond.

        `newest` is the newest minute that the store has; `coming` are minutes that will be settled after these.
        """
        stream, states = self.key.stream, books.states(self.key)
        candles = stream == "kline_1m"
        for open_time in self._told:
            minute = self._minutes[open_time]
            before = self._before(open_time)
            if candles:
                self._account_for_skipped(before, minute)
            elif before is not None:
                minute.join(before)
            after = self._after(open_time, newest, coming)
            if after is not None:
                if candles:
                    self._account_for_skipped(minute, after)
                else:
                    after.join(minute)
                    after.heal(stream, states)
            minute.heal(stream, states)

    def _account_for_skipped(self, before: Minute | None, after: Minute) -> None:
        if before is not None:
            for open_time in skipped(before.open_time, after.open_time, MOST_SKIPPED):
                self._minutes.setdefault(open_time, Minute(open_time, arrived=after.arrived))

    def _before(self, open_time: int) -> Minute | None:
        """Return the minute before; None where there is none, or the store's account of it holds still."""
        if (beside := self._minutes.get(open_time - MINUTE_MS)) is not None:
            return beside
        if open_time in self._stored:
            return None
        self._learn(self._collection.nearest(self.key, open_time, later=False))
        earlier = [each for each in self._minutes if each < open_time]
        return self._minutes[max(earlier)] if earlier else None

    def _after(self, open_time: int, newest: int | None, coming: Container[int]) -> Minute | None:
        """Return the minute after; None where there is none, or it will look back itself, or knows already."""
        if (beside := self._minutes.get(open_time + MINUTE_MS)) is not None:
            return beside
        if newest is None or open_time >= newest or open_time + MINUTE_MS in coming:
            return None
        stored = self._stored.get(open_time)
        minute = self._minutes[open_time]
        if stored is not None and (stored.minute.last_id, stored.minute.sources) == (
            minute.last_id,
            minute.sources,
        ):
            return None
        self._learn(self._collection.nearest(self.key, open_time, later=True))
        later = [each for each in self._minutes if each > open_time]
        return self._minutes[min(later)] if later else None

    def _learn(self, found: Stored | None) -> None:
        # What was not there a moment ago and is now, another member has written: to insert it will fail, and
        # all of it is read again.
        if found is not None and found.minute.open_time not in self._minutes:
            self._stored[found.minute.open_time] = found
            self._minutes[found.minute.open_time] = found.minute.copy()

    def changes(self) -> Iterator[Change]:
        """Return the minutes that are not as the store has them."""
        for open_time, minute in sorted(self._minutes.items()):
            stored = self._stored.get(open_time)
            if stored is None or stored.minute != minute:
                yield Change(self.key, minute, stored)

    def new_holes(self) -> int:
        """Return how many holes there are that the store knew nothing of."""
        stream = self.key.stream
        known = [hole for stored in self._stored.values() for hole in stored.minute.holes(stream)]
        return sum(
            not any(old.first_id <= hole.last_id and hole.first_id <= old.last_id for old in known)
            for _, minute, _ in self.changes()
            for hole in minute.holes(stream)
        )
