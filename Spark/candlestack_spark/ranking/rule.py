"""The ranking itself: pure arithmetic on the days of the pairs, exact to the last digit that is written.

A pair is ranked when its history reaches back over the whole window and its day has a price. The change is
that from the first price of the day to the last, in percent, rounded half to even at 8 decimals; pairs are
ordered by the change as it is written, then by quote volume, then by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from candlestack_core.decimals import (
    MAX_DECIMALS,
    MAX_INTEGER_DIGITS,
    NotCanonicalError,
    from_scaled,
    product,
)
from candlestack_core.messages import RankedPair, Ranking
from candlestack_core.names import plain_source
from candlestack_spark.ranking.days import DAY_MINUTES, Days, Figures
from candlestack_spark.ranking.supply import Supply

MOST_ROWS: Final = 100
"""As many as a reader may ask for."""
_PERCENT_UNITS: Final = 100 * 10**MAX_DECIMALS

_TOO_LARGE: Final[int] = 10 ** (MAX_INTEGER_DIGITS + MAX_DECIMALS)
"""In units of 10^-8."""


class Rankings(NamedTuple):
    """The two orders of one time."""

    gainers: Ranking
    losers: Ranking


@dataclass(frozen=True, slots=True)
class Census:
    """How many pairs are ranked, how many are not, and how many minutes the ranked ones miss."""

    ranked: int
    without_a_day: int
    minutes_missing: int


def change_units(figures: Figures) -> int:
    """Return the change of the price over the day in percent, as an integer of 10^-8.

    Raises:
        ZeroDivisionError: the first price is 0.
    """
    return round(Fraction((figures.close - figures.open) * _PERCENT_UNITS, figures.open))


def rank(days: Days, supply: Supply) -> Rankings | None:
    """Return who gained and who lost most; None before the first closed minute."""
    if days.newest is None or days.source is None:
        return None
    changes = {symbol: (change_units(figures), figures) for symbol, figures in _ranked(days).items()}
    up = sorted(changes, key=lambda symbol: (-changes[symbol][0], -changes[symbol][1].quote_volume, symbol))
    down = sorted(changes, key=lambda symbol: (changes[symbol][0], -changes[symbol][1].quote_volume, symbol))
    time, source = days.newest, plain_source(days.source)

    def ranking(order: list[str]) -> Ranking:
        rows = [_row(rank, symbol, *changes[symbol], supply) for rank, symbol in enumerate(order, start=1)]
        return Ranking(time=time, source=source, rows=rows, supply_time=supply.time)

    return Rankings(ranking(up[:MOST_ROWS]), ranking(down[:MOST_ROWS]))


def census(days: Days) -> Census:
    """Return how whole the days are."""
    ranked = _ranked(days)
    return Census(
        ranked=len(ranked),
        without_a_day=len(days.pairs) - len(ranked),
        minutes_missing=sum(DAY_MINUTES - figures.minutes for figures in ranked.values()),
    )


def _ranked(days: Days) -> Mapping[str, Figures]:
    """Return the figures of the pairs that have a day and a price."""
    found: dict[str, Figures] = {}
    for symbol, pair in days.pairs.items():
        if days.start is None or pair.first_seen > days.start:
            continue
        figures = pair.figures()
        if figures is not None and figures.open > 0 and _can_be_written(figures):
            found[symbol] = figures
    return found


def _can_be_written(figures: Figures) -> bool:
    """Tell whether no figure of a row is absurdly large: one such price must not keep all others from being ranked."""
    return max(abs(change_units(figures)), figures.volume, figures.quote_volume) < _TOO_LARGE


def _row(rank: int, symbol: str, change: int, figures: Figures, supply: Supply) -> RankedPair:
    price = from_scaled(figures.close)
    return RankedPair(
        rank=rank,
        symbol=symbol,
        price=price,
        change_percent=f"{'-' if change < 0 else ''}{from_scaled(abs(change))}",
        volume=from_scaled(figures.volume),
        quote_volume=from_scaled(figures.quote_volume),
        market_cap=_market_cap(price, supply.of(symbol)),
    )


def _market_cap(price: str, circulating: str | None) -> str | None:
    if circulating is None:
        return None
    try:
        return product(price, circulating)
    except NotCanonicalError:
        return None
