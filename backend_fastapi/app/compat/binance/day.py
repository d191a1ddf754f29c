"""What the last minutes of a pair brought, mostly 1,440 of them, up to the newest one, which may be forming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.candles.service import CandleService
from app.candles.span import Span
from candlestack_core.decimals import scaled
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_core.versions import supersedes

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of the minutes; prices and amounts in units of 10^-8, times in ms."""

    open_time: int
    close_time: int
    open: int
    high: int
    low: int
    last: int
    volume: int
    quote_volume: int
    count: int
    close_before: int
    """Of the minute before the first; the first one's open where there is none."""


class _Figures(NamedTuple):
    """What a day takes from a candle; prices and amounts in units of 10^-8."""

    open_time: int
    closed: bool
    version: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    quote_volume: int
    trades: int

    @classmethod
    def of(cls, candle: Candle) -> _Figures:
        return cls(
            open_time=candle.open_time,
            closed=candle.closed,
            version=candle.version,
            open=scaled(candle.open),
            high=scaled(candle.high),
            low=scaled(candle.low),
            close=scaled(candle.close),
            volume=scaled(candle.volume),
            quote_volume=scaled(candle.quote_volume),
            trades=candle.trades,
        )


class RollingDay:
    """The minutes of a day and the one before it, as they come; a newer one pushes out what is older than that."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Figures] = {}
        self._newest = 0
        self._before_newest: _Figures | None = None
        """The day's minutes but the newest in one, for mostly it is the newest that changes; None to add them up."""

    def take(self, minute: Candle) -> None:
        """Take an account of a minute; it counts where it is the best of that minute so far."""
        figures = _Figures.of(minute)
        known = self._minutes.get(minute.open_time)
        if known is not None and not supersedes(figures, known):
            return
        self._minutes[minute.open_time] = figures
        if minute.open_time != self._newest:
            self._before_newest = None
        self._newest = max(self._newest, minute.open_time)
        if len(self._minutes) > DAY_MINUTES + 1:
            oldest = self._newest - DAY_MINUTES * MINUTE_MS
            self._minutes = {time: known for time, known in self._minutes.items() if time >= oldest}

    def day(self) -> Day | None:
        """Return the day up to the newest minute; None before there is one."""
        newest = self._minutes.get(self._newest)
        if newest is None:
            return None
        open_time = _open_time(self._newest)
        if self._before_newest is None:
            times = sorted(time for time in self._minutes if open_time <= time < self._newest)
            self._before_newest = _in_one([self._minutes[time] for time in times]) if times else None
        window = [newest] if self._before_newest is None else [self._before_newest, newest]
        return _day(window, open_time, self._minutes.get(open_time - MINUTE_MS))


async def day(candles: CandleService, symbol: str) -> Day:
    """Return the last day of a pair's data.

    Raises:
        ApiError: as `CandleService.latest` does.
    """
    return await since(candles, symbol, _open_time)


async def since(candles: CandleService, symbol: str, begin: Callable[[int], int]) -> Day:
    """Return what a pair's minutes brought, read as minutes up to a full hour, hours, and minutes again.

    `begin` tells from the open time of the newest minute that of the first; days lie between them at most.

    Raises:
        ApiError: as `CandleService.latest` does.
    """
    newest = await candles.latest(symbol)
    open_time = begin(newest.open_time)
    first_hour = Interval.H1.open_time(open_time + Interval.H1.ms - 1)
    last_hour = Interval.H1.open_time(newest.open_time)
    parts = [
        (Interval.M1, open_time - MINUTE_MS, first_hour),
        (Interval.H1, first_hour, last_hour),
        (Interval.M1, last_hour, newest.open_time + MINUTE_MS),
    ]
    if first_hour >= last_hour:
        parts = [(Interval.M1, open_time - MINUTE_MS, newest.open_time + MINUTE_MS)]
    before: _Figures | None = None
    window: list[_Figures] = []
    for interval, start, end in parts:
        found = map(_Figures.of, await candles.candles(symbol, interval, Span(start, end - 1, DAY_MINUTES)))
        for figures in found:
            if figures.open_time >= open_time:
                window.append(figures)
            else:
                before = figures
    return _day(window or [_Figures.of(newest)], open_time, before)


def _open_time(newest: int) -> int:
    """Return when the day begins whose last minute opens at a time."""
    return newest - (DAY_MINUTES - 1) * MINUTE_MS


def _day(window: Sequence[_Figures], open_time: int, before: _Figures | None) -> Day:
    """Return the day of some candles ascending by open time."""
    figures = _in_one(window)
    return Day(
        open_time=open_time,
        close_time=figures.version,
        open=figures.open,
        high=figures.high,
        low=figures.low,
        last=figures.close,
        volume=figures.volume,
        quote_volume=figures.quote_volume,
        count=figures.trades,
        close_before=figures.open if before is None else before.close,
    )


def _in_one(window: Sequence[_Figures]) -> _Figures:
    """Return candles ascending by open time as one; its prices are those of candles with trades, if any has."""
    priced = [candle for candle in window if candle.trades] or window
    return _Figures(
        open_time=window[0].open_time,
        closed=window[-1].closed,
        version=max(candle.version for candle in window),
        open=priced[0].open,
        high=max(candle.high for candle in priced),
        low=min(candle.low for candle in priced),
        close=priced[-1].close,
        volume=sum(candle.volume for candle in window),
        quote_volume=sum(candle.quote_volume for candle in window),
        trades=sum(candle.trades for candle in window),
    )
