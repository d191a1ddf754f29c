"""Candles longer than 1m, made of 1m candles where no roll-up has made them yet: first of all the forming one.

Prices and sums are those of `candlestack_core.intervals.roll_up`; version, source and completeness follow from
the children as they do in the stored roll-ups, so that a closed candle is the one that will be stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from msgspec import UNSET

from app.candles.schemas import OhlcCandle
from candlestack_core.decimals import canonical_decimal
from candlestack_core.intervals import MINUTE_MS, Bar, Interval, roll_up
from candlestack_core.messages import Candle
from candlestack_core.names import backfill_source

_BACKFILL = backfill_source("")


def fold_all(minutes: Iterable[Candle], interval: Interval, newest: int) -> Iterator[OhlcCandle]:
    """Yield the candle of each window in which there is a 1m candle, ascending.

    `minutes` are ascending 1m candles of one pair; `newest` is the open time in ms of the newest there is.
    """
    for _, children in groupby(minutes, key=lambda minute: interval.open_time(minute.open_time)):
        yield fold(list(children), interval, newest)


def fold(children: Sequence[Candle], interval: Interval, newest: int) -> OhlcCandle:
    """Return the candle of one window.

    It is closed when its last minute has begun, by `newest`, and none of its children forms any more. It is
    `partial` where a minute up to `newest` is missing or is itself partial.

    Raises:
        ValueError: as `roll_up` does.
    """
    return candle_of(roll_up([bar_of(child) for child in children], interval).bar, children, interval, newest)


def candle_of(bar: Bar, children: Collection[Candle], interval: Interval, newest: int) -> OhlcCandle:
    """Return the candle of one window whose figures, in `bar`, are those of its children."""
    expected = min(interval.minutes, (newest - bar.open_time) // MINUTE_MS + 1)
    whole = len(children) == expected and all(child.completeness != "partial" for child in children)
    over = expected == interval.minutes
    return OhlcCandle(
        symbol=next(iter(children)).symbol,
        interval=interval.value,
        open_time=bar.open_time,
        close_time=interval.close_time(bar.open_time),
        open=canonical_decimal(bar.open),
        high=canonical_decimal(bar.high),
        low=canonical_decimal(bar.low),
        close=canonical_decimal(bar.close),
        volume=canonical_decimal(bar.volume),
        quote_volume=canonical_decimal(bar.quote_volume),
        trades=bar.trades,
        taker_buy_volume=canonical_decimal(bar.taker_buy_volume),
        taker_buy_quote_volume=canonical_decimal(bar.taker_buy_quote_volume),
        closed=over and all(child.closed for child in children),
        version=max(child.version for child in children),
        source=_source(children),
        completeness="complete" if whole else "partial",
        children=UNSET if whole else len(children),
        expected_children=UNSET if whole else expected,
    )


def bar_of(candle: Candle) -> Bar:
    """Return the figures of a candle, for computing."""
    return Bar(
        open_time=candle.open_time,
        open=Decimal(candle.open),
        high=Decimal(candle.high),
        low=Decimal(candle.low),
        close=Decimal(candle.close),
        volume=Decimal(candle.volume),
        quote_volume=Decimal(candle.quote_volume),
        trades=candle.trades,
        taker_buy_volume=Decimal(candle.taker_buy_volume),
        taker_buy_quote_volume=Decimal(candle.taker_buy_quote_volume),
    )


def _source(children: Collection[Candle]) -> str:
    """Return the source of the last child, as a backfill where any of them is one."""
    newest = max(children, key=lambda child: child.open_time)
    plain = newest.source.removeprefix(_BACKFILL)
    backfilled = any(child.source.startswith(_BACKFILL) for child in children)
    return backfill_source(plain) if backfilled else plain
