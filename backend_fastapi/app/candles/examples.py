"""Examples of the fold, for clients that fold live 1m candles themselves: made here, judged there.

They are drawn at random from a fixed seed, so that the same are written every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from app.candles.fold import fold
from app.candles.schemas import OhlcCandle
from candlestack_core.decimals import from_scaled
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle, Completeness
from candlestack_core.names import SOURCE_BINANCE, SOURCE_SIMULATOR, backfill_source

SEED = 20_261_121
MIDNIGHT = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""
EACH_INTERVAL = 6
LARGEST_UNITS = 10**26

_SOURCES = (SOURCE_SIMULATOR, SOURCE_SIMULATOR, SOURCE_BINANCE, backfill_source(SOURCE_SIMULATOR))
_COMPLETENESS: tuple[Completeness, ...] = ("complete", "complete", "complete", "backfilled", "partial")


class FoldExample(msgspec.Struct, frozen=True, kw_only=True):
    """1m candles of one window, the open time in ms of the newest minute there is, and what they make."""

    minutes: list[Candle]
    newest: int
    candle: OhlcCandle


def fold_examples() -> list[FoldExample]:
    """Return the examples: windows with and without holes and trades, forming and over."""
    return [_example(minutes, interval) for minutes, interval in _windows(Random(SEED))]


def _windows(random: Random) -> Iterator[tuple[list[Candle], Interval]]:
    for interval in (Interval.M5, Interval.H1, Interval.H4, Interval.D1):
        for _ in range(EACH_INTERVAL):
            count = random.randint(1, min(interval.minutes, 8))
            numbers = sorted(random.sample(range(interval.minutes), count))
            yield [_minute(random, number) for number in numbers], interval
    for traded in (True, False):
        yield [_minute(random, number, traded, whole=True) for number in range(5)], Interval.M5
        yield [_minute(random, number, traded, whole=True) for number in range(5, 9)], Interval.M5
    yield [_minute(random, number, whole=True) for number in range(60)], Interval.H1


def _example(minutes: Sequence[Candle], interval: Interval) -> FoldExample:
    *closed, last = minutes
    newest = last.open_time
    if last.open_time // MINUTE_MS % 2:
        # The window goes on or is over, but a minute that has no candle was the last so far.
        newest += MINUTE_MS
    elif last.open_time // MINUTE_MS % 4:
        last = msgspec.structs.replace(last, closed=False)
    children = [*closed, last]
    return FoldExample(minutes=children, newest=newest, candle=fold(children, interval, newest))


def _minute(random: Random, number: int, traded: bool | None = None, *, whole: bool = False) -> Candle:
    if traded is None:
        traded = random.random() < 0.7
    low, open_, close, high = _prices(random)
    volume, quote_volume, taker, taker_quote = (_amount(random) if traded else "0" for _ in range(4))
    open_time = MIDNIGHT + number * MINUTE_MS
    return Candle(
        symbol="BTCUSDT",
        interval="1m",
        open_time=open_time,
        close_time=open_time + MINUTE_MS - 1,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        quote_volume=quote_volume,
        trades=random.randint(1, 500) if traded else 0,
        taker_buy_volume=taker,
        taker_buy_quote_volume=taker_quote,
        closed=True,
        version=open_time + random.randint(0, 10 * MINUTE_MS),
        source=SOURCE_SIMULATOR if whole else random.choice(_SOURCES),
        completeness="complete" if whole else random.choice(_COMPLETENESS),
    )


def _prices(random: Random) -> tuple[str, str, str, str]:
    """Return low, two between, and high: now a few digits, now as many as there may be."""
    # As text a longer price is not always the higher one.
    low, one, other, high = sorted(random.randrange(10 ** random.randint(2, 26)) for _ in range(4))
    between = [one, other] if random.random() < 0.5 else [other, one]
    return from_scaled(low), from_scaled(between[0]), from_scaled(between[1]), from_scaled(high)


def _amount(random: Random) -> str:
    return from_scaled(random.randrange(LARGEST_UNITS) // 10 ** random.randint(0, 20))
