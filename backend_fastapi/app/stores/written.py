"""What was written into the candle store since one looked: how a restated candle is noticed.

MongoDB puts the time of the write into each 1m candle, by its own clock and no two alike, and an index answers
which pairs and minutes were written since a time. Two writes may be seen in another order than their times say,
so a look reaches back by a margin, and tells apart what it has seen before. Once a look has found nothing new for as
long as the margin, no earlier write can still appear, and the next looks find the newest alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import pymongo
from bson import Timestamp

from app.stores.candles import CandleStore, Document

WRITTEN_AT = "written_at"
MARGIN_S = 10
"""A write may be seen later than its time says, by less than this: no writer uses a transaction."""
MOST_WRITES = 2_000
"""More at once, and nothing is told apart: everything may have changed."""

_Minute = tuple[str, int]


class Changes(NamedTuple):
    """What a look found: the pairs and open times in ms that were written, or that all may have been."""

    minutes: list[_Minute]
    everything: bool = False


class WrittenMinutes:
    """Looks again and again at what was written; one look at a time."""

    def __init__(self, store: CandleStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._newest: Timestamp | None = None
        self._newest_found_at = 0.0
        self._all_known_before = _FIRST
        self._seen: dict[_Minute, Timestamp] = {}

    async def look(self) -> Changes:
        """Return what was written between the look before and the moment at which this one began, or later.

        Raises:
            StoreAwayError: MongoDB does not answer. The next look finds what this one would have.
        """
        before = self._newest
        if before is None:
            return await self._begin()
        began = self._monotonic()
        # The newest one is always found again: it tells that the database is the same.
        since = min(before, self._all_known_before)
        found = await self._store.find_minutes(
            {WRITTEN_AT: {"$gte": since}}, [(WRITTEN_AT, pymongo.ASCENDING)], MOST_WRITES + 1, _COVERED
        )
        if not found or len(found) > MOST_WRITES:
            # What was there is gone: another database; or too much is new to be told apart.
            return await self._begin()
        written = {(each["symbol"], int(each["open_time"])): each[WRITTEN_AT] for each in found}
        changed = [minute for minute, at in written.items() if self._seen.get(minute) != at]
        self._seen = written
        self._note(max(before, *written.values()), began)
        return Changes(changed)

    def _note(self, newest: Timestamp, began: float) -> None:
        """Take note of the newest write that a look has found, and from when on others may still appear.

        What the look did not find is younger than the margin was, by MongoDB's clock, as the look began; and that
        clock had come to the newest write's time before it was found.
        """
        if newest != self._newest:
            self._newest, self._newest_found_at = newest, self._monotonic()
        found_for_s = max(int(began - self._newest_found_at), 0)
        all_known_before = Timestamp(max(newest.time + found_for_s - MARGIN_S, 0), 0)
        self._all_known_before = max(self._all_known_before, all_known_before)

    async def _begin(self) -> Changes:
        began = self._monotonic()
        newest = await self._store.find_minutes(
            {WRITTEN_AT: {"$exists": True}}, [(WRITTEN_AT, pymongo.DESCENDING)], 1, _COVERED
        )
        self._newest = None
        self._all_known_before = _FIRST
        if newest:
            self._note(newest[0][WRITTEN_AT], began)
        self._seen = {}
        return Changes([], everything=True)


_FIRST = Timestamp(0, 0)
_COVERED: Document = {"_id": False, "symbol": True, "open_time": True, WRITTEN_AT: True}
