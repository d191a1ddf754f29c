"""What is known of the books: up to where each was in sequence lately, and which of their holes are open."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from typing import Final

from candlestack_ingest.completeness.minutes import Minute, StreamKey, Synced

STATES: Final = 600
"""States of a book that are remembered: those of a minute, where it is published ten times a second."""
OPEN_MINUTES: Final = 1_440
"""Minutes of a book with a hole that is not healed, the newest of which are watched."""


class Books:
    """The recent states of each book, and the minutes of its depth stream that wait to be healed."""

    def __init__(self) -> None:
        self._states: dict[StreamKey, deque[Synced]] = {}
        self._open: dict[StreamKey, dict[int, int]] = {}
        """The smallest last id of an open hole, by open time."""

    def take(self, key: StreamKey, synced: Synced) -> None:
        """Take a state; one that lies before the newest is that of an exchange that began anew."""
        states = self._states.setdefault(key, deque(maxlen=STATES))
        if states and synced.update_id < states[-1].update_id:
            states.clear()
        if not states or synced.update_id > states[-1].update_id:
            states.append(synced)

    def seen(self) -> Set[StreamKey]:
        """Return the streams whose book has been in sequence."""
        return self._states.keys()

    def states(self, key: StreamKey) -> Sequence[Synced]:
        """Return the states of a book, oldest first."""
        return self._states.get(key, ())

    def note(self, key: StreamKey, minute: Minute) -> None:
        """Remember whether a minute of a book has an open hole."""
        open_holes = [hole.last_id for hole in minute.holes(key.stream) if hole.how is None]
        waiting = self._open.setdefault(key, {})
        waiting.pop(minute.open_time, None)
        if open_holes:
            waiting[minute.open_time] = min(open_holes)
            if len(waiting) > OPEN_MINUTES:
                del waiting[min(waiting)]

    def healed(self) -> list[tuple[StreamKey, int]]:
        """Return the minutes with an open hole that their book is beyond by now."""
        return [
            (key, open_time)
            for key, states in self._states.items()
            if states
            for open_time, last_id in self._open.get(key, {}).items()
            if last_id <= states[-1].update_id
        ]
