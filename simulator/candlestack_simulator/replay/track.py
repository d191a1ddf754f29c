"""What one stream emits over a whole recording."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from candlestack_simulator.source import Record

Key = tuple[int, int]
"""Event time in ms and, within one time, the place in the recording."""

BEFORE_ALL = -1
AFTER_ALL = 2**62


class Track:
    """The records of one stream in order of their keys."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._records: list[Record] = []

    def append(self, key: Key, record: Record) -> None:
        """Add a record that comes after all that are there."""
        self._keys.append(key)
        self._records.append(record)

    def between(self, after_ms: int, until_ms: int) -> Iterator[tuple[Key, Record]]:
        """Yield the records with an event time in `(after_ms, until_ms]`."""
        first = bisect_right(self._keys, (after_ms, AFTER_ALL + 1))
        last = bisect_right(self._keys, (until_ms, AFTER_ALL + 1))
        for place in range(first, last):
            yield self._keys[place], self._records[place]
