"""When a pair does not trade: fixed windows of the past and short ones that come back every day.

While halted a pair has no trades, no depth updates and no candles, and its status is `BREAK`; its book stands
as the last slot before the halt left it. Halts begin and end with a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.time_grid import DAY_MS, MINUTE_MS, MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class FixedHalt:
    """A halt over the half-open window `[start_ms, end_ms)`, whole minutes of UTC epoch time."""

    start_ms: int
    end_ms: int

    @classmethod
    def between(cls, start: str, end: str) -> FixedHalt:
        """Build from two ISO 8601 times of UTC."""
        start_ms, end_ms = (
            int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000 for text in (start, end)
        )
        return cls(start_ms, end_ms)


@dataclass(frozen=True, slots=True)
class DailyHalt:
    """A halt of every day: `minutes` minutes from `start_minute` after midnight UTC, not over midnight."""

    start_minute: int
    minutes: int


@dataclass(frozen=True)
class HaltSchedule:
    """All halts of a pair. A fixed window must not touch a daily one, or the counts below would be wrong."""

    fixed: tuple[FixedHalt, ...] = ()
    daily: tuple[DailyHalt, ...] = ()

    def __post_init__(self) -> None:
        for halt in self.daily:
            if not 0 < halt.start_minute < halt.start_minute + halt.minutes < MINUTES_PER_DAY:
                raise ValueError(f"{halt} does not lie inside a day")
        for window in self.fixed:
            if window.start_ms % MINUTE_MS or window.end_ms % MINUTE_MS:
                raise ValueError(f"{window} does not begin and end with a minute")
            overlap = self._daily_ms_before(window.end_ms) - self._daily_ms_before(window.start_ms)
            if overlap:
                raise ValueError(f"{window} overlaps a daily halt")

    def halt_at(self, time_ms: int) -> FixedHalt | None:
        """Return the halt that is in force at a time, or None."""
        for window in self.fixed:
            if window.start_ms <= time_ms < window.end_ms:
                return window
        day_ms = time_ms // DAY_MS * DAY_MS
        for halt in self.daily:
            start_ms = day_ms + halt.start_minute * MINUTE_MS
            end_ms = start_ms + halt.minutes * MINUTE_MS
            if start_ms <= time_ms < end_ms:
                return FixedHalt(start_ms, end_ms)
        return None

    def halted_ms_before(self, time_ms: int) -> int:
        """Return for how many ms of epoch time before `time_ms` the schedule halts the pair."""
        total = self._daily_ms_before(time_ms)
        for window in self.fixed:
            total += min(max(time_ms - window.start_ms, 0), window.end_ms - window.start_ms)
        return total

    def _daily_ms_before(self, time_ms: int) -> int:
        days, into_day = divmod(time_ms, DAY_MS)
        total = 0
        for halt in self.daily:
            length = halt.minutes * MINUTE_MS
            total += days * length + min(max(into_day - halt.start_minute * MINUTE_MS, 0), length)
        return total


@lru_cache(maxsize=256)
def trading_minutes(schedule: HaltSchedule, day: int) -> npt.NDArray[np.bool_]:
    """Return for each of the 1,440 minutes of a day (counted from the epoch) whether the pair trades in it."""
    trading = np.ones(MINUTES_PER_DAY, dtype=np.bool_)
    for halt in schedule.daily:
        trading[halt.start_minute : halt.start_minute + halt.minutes] = False
    first_minute = day * MINUTES_PER_DAY
    for window in schedule.fixed:
        start = window.start_ms // MINUTE_MS - first_minute
        end = window.end_ms // MINUTE_MS - first_minute
        trading[max(start, 0) : max(end, 0)] = False
    trading.flags.writeable = False
    return trading
