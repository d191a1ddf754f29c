"""The 1m candles of one window of a longer interval, as they come."""

from __future__ import annotations

from app.candles.fold import bar_of, candle_of
from app.candles.schemas import OhlcCandle
from candlestack_core.intervals import Bar, Interval, roll_up
from candlestack_core.messages import Candle
from candlestack_core.versions import supersedes


class Window:
    """Folds its minutes without adding them all up for each change: mostly it is the newest that changes."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._minutes: dict[int, Candle] = {}
        self._newest = -1
        self._before_newest: Bar | None = None
        """The figures of all minutes but the newest; None where they have to be added up anew."""

    def take(self, minute: Candle) -> bool:
        """Take an account of a minute of the window; tell whether it is the best of that minute so far."""
        known = self._minutes.get(minute.open_time)
        if known is not None and not supersedes(minute, known):
            return False
        if minute.open_time > self._newest:
            self._before_newest = self._figures() if self._minutes else None
            self._newest = minute.open_time
        elif minute.open_time < self._newest:
            self._before_newest = None
        self._minutes[minute.open_time] = minute
        return True

    def candle(self, newest: int) -> OhlcCandle:
        """Return the candle of the window; `newest` is the open time in ms of the newest minute there is.

        Raises:
            ValueError: no minute was taken yet.
        """
        return candle_of(self._figures(), self._minutes.values(), self._interval, newest)

    def _figures(self) -> Bar:
        if self._before_newest is None and len(self._minutes) > 1:
            older = [bar_of(minute) for minute in self._minutes.values() if minute.open_time < self._newest]
            self._before_newest = roll_up(older, self._interval).bar
        parts = [] if self._before_newest is None else [self._before_newest]
        parts += [bar_of(self._minutes[self._newest])] if self._minutes else []
        return roll_up(parts, self._interval).bar
