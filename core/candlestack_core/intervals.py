"""Candle intervals and the roll-up rule.

Times are epoch milliseconds, UTC; a window is half-open: `[open_time, open_time + interval)`. All intervals
up to a day divide the UTC day, so a window's start is the time floored to the interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import Enum
from functools import reduce

MINUTE_MS = 60_000
DAY_MS = 86_400_000
LAST_TIME_MS = 253_402_300_799_999
"""The end of the year 9999, after which neither Python nor MongoDB's shell can read a date back."""


class Interval(Enum):
    """An interval the platform keeps candles of; the value is its name on the wire."""

    M1 = "1m"
    M5 = "5m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def ms(self) -> int:
        return _MS[self]

    @property
    def minutes(self) -> int:
        return _MS[self] // MINUTE_MS

    def open_time(self, time_ms: int) -> int:
        """Return the start of the window that holds a time."""
        return time_ms - time_ms % self.ms

    def close_time(self, open_time: int) -> int:
        """Return the last millisecond of the window, as Binance writes it."""
        return open_time + self.ms - 1


_MS = {
    Interval.M1: MINUTE_MS,
    Interval.M5: 5 * MINUTE_MS,
    Interval.H1: 60 * MINUTE_MS,
    Interval.H4: 240 * MINUTE_MS,
    Interval.D1: DAY_MS,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """The figures of one candle as exact decimals, for computing.

    `volume` and `taker_buy_volume` are base amounts, `quote_volume` and `taker_buy_quote_volume` quote ones.
    """

    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    taker_buy_volume: Decimal
    taker_buy_quote_volume: Decimal


@dataclass(frozen=True, slots=True)
class RolledBar:
    """A parent candle with the number of 1m children it was made from and the number it should have."""

    bar: Bar
    children: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.children == self.expected


def roll_up(children: Sequence[Bar], interval: Interval) -> RolledBar:
    """Make the parent candle of 1m children.

    Open, high, low and close come from the children with trades; where none has any, from all of them. Sums
    are exact. Checked against Binance's own candles: a 1m candle without trades repeats the previous close,
    and Binance's longer candles do not look at it.

    Raises:
        ValueError: when there are no children, one does not start on a minute, two share one, or they span
            more than one window.
    """
    if not children:
        raise ValueError("a parent candle needs at least one child")
    ordered = sorted(children, key=lambda child: child.open_time)
    open_time = interval.open_time(ordered[0].open_time)
    if interval.open_time(ordered[-1].open_time) != open_time:
        raise ValueError(f"children span more than one {interval.value} window")
    if any(child.open_time % MINUTE_MS for child in ordered):
        raise ValueError("a child does not start on a minute")
    if len({child.open_time for child in ordered}) != len(ordered):
        raise ValueError("two children share a minute")
    priced = [child for child in ordered if child.trades] or ordered
    bar = Bar(
        open_time=open_time,
        open=priced[0].open,
        high=max(child.high for child in priced),
        low=min(child.low for child in priced),
        close=priced[-1].close,
        volume=_total(child.volume for child in ordered),
        quote_volume=_total(child.quote_volume for child in ordered),
        trades=sum(child.trades for child in ordered),
        taker_buy_volume=_total(child.taker_buy_volume for child in ordered),
        taker_buy_quote_volume=_total(child.taker_buy_quote_volume for child in ordered),
    )
    return RolledBar(bar, children=len(ordered), expected=interval.minutes)


# Decimal's usual context rounds to 28 digits; a sum here must be exact or fail.
_EXACT = Context(prec=76, traps=[Inexact, InvalidOperation])


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, amounts, Decimal(0))
