"""What the candle store has of the last day: read whole at the start, then again as far as it was written since.

Bulk jobs write into the store and not to Kafka, and offsets of a topic that was made anew lead nowhere: what is
looked up here heals both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from bson import Timestamp

from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_spark.ranking.days import Days
from candlestack_spark.ranking.records import EARLY_MS
from candlestack_spark.stores.documents import Document, time_of
from candlestack_spark.stores.mongo import CandleStore

_TIMES: Final = ("open_time", "close_time")
_COUNTS: Final = ("trades", "version")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into the store brought."""

    taken: int
    """1m candles that were new, or better than what was known."""
    refused: tuple[str, ...]
    """Documents that are no 1m candle, each with the reason."""


class History:
    """The 1m candles of the store, for the days of the pairs."""

    def __init__(self, store: CandleStore) -> None:
        self._store = store
        self._read_to: Timestamp | None = None
        """Up to which write everything was read."""

    def read(self, days: Days) -> Look:
        """Take what the store has of the window, and may move the window on; after the first time what is new.

        Raises:
            PyMongoError: MongoDB is away.
        """
        # First of all: what is written from here on is the next look's.
        newest_write = self._store.newest_write()
        # A minute that is still to come, by the clock that stamped the newest write, would move the window away.
        latest = None if newest_write is None else newest_write.time * 1000 + EARLY_MS - MINUTE_MS
        ends = self._store.coverage()
        for symbol, end in ends.items():
            days.seen(symbol, end.oldest)
        if self._read_to is None:
            found = self._day(days, list(ends), latest)
        elif newest_write is None or newest_write == self._read_to or days.start is None:
            found = []
        else:
            found = self._store.minutes_written_since(self._read_to, days.start, latest)
        look = _take(days, found)
        self._read_to = newest_write
        return look

    def _day(self, days: Days, symbols: list[str], latest: int | None) -> Iterable[Document]:
        newest = [self._store.newest(symbol, Interval.M1, latest) for symbol in symbols]
        known = [time for time in (*newest, days.newest) if time is not None]
        if not known:
            return
        start, end = max(known) - DAY_MS + MINUTE_MS, max(known) + MINUTE_MS
        for symbol in symbols:
            yield from self._store.minutes(symbol, start, end)


def candle_of(document: Document) -> Candle:
    """Return a stored 1m candle as a message.

    Raises:
        ValueError: it is none.
    """
    try:
        fields = {name: value for name, value in document.items() if name in Candle.__struct_fields__}
        fields |= {name: time_of(document[name]) for name in _TIMES}
        fields |= {name: int(document[name]) for name in _COUNTS}
        return msgspec.convert(fields | {"closed": True}, Candle)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{document.get('_id')}: {error}") from error


def _take(days: Days, documents: Iterable[Document]) -> Look:
    taken, refused = 0, []
    for document in documents:
        try:
            taken += days.take(candle_of(document))
        except ValueError as error:
            refused.append(str(error))
    return Look(taken, tuple(refused))
