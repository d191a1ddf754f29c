"""The last day of every pair, minute by minute: all that a ranking is made from. Pure state, no clock.

The window is 1,440 minutes long and ends with the newest closed minute of any pair; it moves on only, by the
candles' own times. Sums are integers of 10^-8, kept up to date as minutes come and go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from candlestack_core.decimals import scaled
from candlestack_core.intervals import DAY_MS, MINUTE_MS
from candlestack_core.messages import Candle
from candlestack_core.versions import supersedes

DAY_MINUTES: Final = DAY_MS // MINUTE_MS


class Minute(msgspec.Struct, frozen=True, array_like=True):
    """What a ranking has to know of a closed 1m candle; amounts as in the message."""

    open: str
    close: str
    volume: str
    quote_volume: str
    traded: bool
    """Whether there was a trade: a minute without one repeats the previous close."""
    version: int

    @property
    def closed(self) -> bool:
        """Always: forming candles are not ranked."""
        return True

    @classmethod
    def of(cls, candle: Candle) -> Minute:
        return cls(
            open=candle.open,
            close=candle.close,
            volume=candle.volume,
            quote_volume=candle.quote_volume,
            traded=candle.trades > 0,
            version=candle.version,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """A pair's day in units of 10^-8: its first and last price, its sums, and how many minutes it has."""

    open: int
    close: int
    volume: int
    quote_volume: int
    minutes: int


@dataclass(slots=True)
class PairDay:
    """The minutes of one pair within the window, by open time in ms."""

    first_seen: int
    """The oldest minute ever met, which may lie before the window."""
    minutes: dict[int, Minute] = field(default_factory=dict)
    volume: int = 0
    quote_volume: int = 0

    def put(self, open_time: int, minute: Minute) -> None:
        """Put a minute in its place, over what is there."""
        self.remove(open_time)
        self.minutes[open_time] = minute
        self.volume += scaled(minute.volume)
        self.quote_volume += scaled(minute.quote_volume)

    def remove(self, open_time: int) -> None:
        """Remove a minute where there is one."""
        minute = self.minutes.pop(open_time, None)
        if minute is not None:
            self.volume -= scaled(minute.volume)
            self.quote_volume -= scaled(minute.quote_volume)

    def figures(self) -> Figures | None:
        """Return the figures of the minutes that are there, by the roll-up rule; None where there are none.

        The first and the last price are of minutes with trades; where none has any, of all.
        """
        if not self.minutes:
            return None
        priced = [open_time for open_time, minute in self.minutes.items() if minute.traded] or self.minutes
        return Figures(
            open=scaled(self.minutes[min(priced)].open),
            close=scaled(self.minutes[max(priced)].close),
            volume=self.volume,
            quote_volume=self.quote_volume,
            minutes=len(self.minutes),
        )


class KeptPair(msgspec.Struct, frozen=True, array_like=True):
    """A pair as it is kept over a restart."""

    first_seen: int
    minutes: dict[int, Minute]


class KeptDays(msgspec.Struct, frozen=True, array_like=True):
    """The days of all pairs as they are kept over a restart."""

    newest: int | None
    source: str | None
    pairs: dict[str, KeptPair]


class Days:
    """The last day of every pair."""

    def __init__(self) -> None:
        self._pairs: dict[str, PairDay] = {}
        self.newest: int | None = None
        """The open time in ms of the newest closed minute of any pair."""
        self.source: str | None = None
        """Where that minute came from, as its candle said."""

    @property
    def start(self) -> int | None:
        """The open time in ms of the first of the 1,440 minutes."""
        return None if self.newest is None else self.newest - DAY_MS + MINUTE_MS

    @property
    def pairs(self) -> Mapping[str, PairDay]:
        return self._pairs

    def take(self, candle: Candle) -> bool:
        """Take a 1m candle; tell whether a ranking may be another for it.

        A forming one, one that is before the window and one that does not win over what is there change
        nothing, in whatever order candles come.
        """
        if not candle.closed:
            return False
        known = self.seen(candle.symbol, candle.open_time)
        if self.start is not None and candle.open_time < self.start:
            return known
        pair, minute = self._pairs[candle.symbol], Minute.of(candle)
        held = pair.minutes.get(candle.open_time)
        if held is not None and not supersedes(minute, held):
            return known
        pair.put(candle.open_time, minute)
        if self.newest is None or candle.open_time > self.newest:
            self._move_on(candle.open_time)
            self.source = candle.source
        return True

    def seen(self, symbol: str, open_time: int) -> bool:
        """Take note that a pair had a candle at a time in ms; tell whether that makes its history longer."""
        pair = self._pairs.setdefault(symbol, PairDay(first_seen=open_time + MINUTE_MS))
        if open_time >= pair.first_seen:
            return False
        pair.first_seen = open_time
        return True

    def _move_on(self, newest: int) -> None:
        before, self.newest = self.start, newest
        start = self.start
        if before is None or start is None:
            return
        left = range(before, min(start, before + DAY_MS), MINUTE_MS)
        for pair in self._pairs.values():
            for open_time in left:
                pair.remove(open_time)

    def kept(self) -> KeptDays:
        """Return all that has to be kept over a restart."""
        pairs = {symbol: KeptPair(pair.first_seen, pair.minutes) for symbol, pair in self._pairs.items()}
        return KeptDays(self.newest, self.source, pairs)

    @classmethod
    def restored(cls, kept: KeptDays) -> Days:
        """Return the days that were kept."""
        days = cls()
        days.newest, days.source = kept.newest, kept.source
        for symbol, pair in kept.pairs.items():
            day = days._pairs[symbol] = PairDay(first_seen=pair.first_seen)
            for open_time, minute in pair.minutes.items():
                day.put(open_time, minute)
        return days
