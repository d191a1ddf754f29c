"""Which candles a request is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from candlestack_core.intervals import MINUTE_MS, Interval

FOLDED_MINUTES = 2 * 1_440
"""How many 1m candles a request makes longer ones of at most: those of the forming day and the one before.

The roll-ups are minutes late; where they stand still for longer than this, a hole remains."""


class Opened(Protocol):
    """What has an open time in ms, as candles of any form have."""

    @property
    def open_time(self) -> int: ...


AnyCandle = TypeVar("AnyCandle", bound=Opened)


@dataclass(frozen=True, slots=True)
class Span:
    """Which candles are wanted; `start` and `end` are open times in ms, both inclusive.

    With a start the first `limit` from there, without it the newest `limit`.
    """

    start: int | None
    end: int | None
    limit: int

    def holds(self, open_time: int) -> bool:
        after = self.start is None or open_time >= self.start
        return after and (self.end is None or open_time <= self.end)

    def cut(self, candles: Iterable[AnyCandle]) -> list[AnyCandle]:
        """Return the wanted ones of some candles, ascending by open time."""
        held = sorted((c for c in candles if self.holds(c.open_time)), key=lambda c: c.open_time)
        return held[-self.limit :] if self.start is None else held[: self.limit]

    def unsettled(self, found: Sequence[Opened], oldest: int, newest: int) -> range:
        """Return the minutes between two, inclusive, in which further candles would change the answer.

        `found` are the candles found so far as `cut` returns them: where they are as many as are wanted, none
        beyond them counts.
        """
        first = oldest if self.start is None else max(oldest, self.start + -self.start % MINUTE_MS)
        last = newest if self.end is None else min(newest, self.end - self.end % MINUTE_MS)
        if len(found) >= self.limit:
            if self.start is None:
                first = max(first, found[0].open_time)
            else:
                last = min(last, found[-1].open_time)
        return range(first, last + 1, MINUTE_MS)

    def minutes_to_fold(self, interval: Interval, rolled_up: Sequence[Opened], newest: int) -> Span | None:
        """Return the minutes of the wanted windows that begin after the last one that was found rolled up.

        `newest` is the open time of the newest minute. None where there is no such window; of many the last.
        """
        if self.start is not None and len(rolled_up) >= self.limit:
            return None
        last = interval.open_time(newest if self.end is None else min(newest, self.end))
        first = max(last - (FOLDED_MINUTES // interval.minutes - 1) * interval.ms, 0)
        if rolled_up:
            first = max(first, rolled_up[-1].open_time + interval.ms)
        if self.start is not None:
            first = max(first, self.start + -self.start % interval.ms)
        return Span(first, interval.close_time(last), FOLDED_MINUTES) if first <= last else None
