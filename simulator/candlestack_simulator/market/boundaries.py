"""Prices at the boundaries of days: where each day of a pair begins and the day before it ends.

Logarithmic prices are a cumulative sum of one step a day, in whole units of 2^-32, reflected at a factor of
`BAND` about the pair's anchor. Reflection keeps every seed's market listed at plausible prices over decades
and never makes a step larger.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.hashing import derive_key, hash64
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.quantiles import STEP_UNIT, step_table

BAND = 2.5
LAST_DAY = 47_482
"""2100-01-01, in days since 1970-01-01: the market's end of time."""

_LOG_UNIT = 1 << 32


class DayBoundaries:
    """The best bid, in ticks, at the beginning of each day from `first_day` up to `LAST_DAY`."""

    def __init__(self, seed: int, listing: Listing, first_day: int) -> None:
        self._first_day = first_day
        self._bids = _boundary_bids(seed, listing, LAST_DAY - first_day + 1)

    def bid(self, day: int) -> int:
        """Return the best bid at the first moment of a day. Raises IndexError outside of the market's days."""
        if not self._first_day <= day <= LAST_DAY:
            raise IndexError(f"day {day} is not one of {self._first_day} to {LAST_DAY}")
        return int(self._bids[day - self._first_day])


def _boundary_bids(seed: int, listing: Listing, count: int) -> npt.NDArray[np.int64]:
    words = hash64(derive_key(seed, listing.symbol, "boundaries"), np.arange(count, dtype=np.int64))
    step = round(listing.daily_move * _LOG_UNIT / STEP_UNIT)
    steps = step_table()[(words >> np.uint64(48)).astype(np.intp)].astype(np.int64) * step
    band = round(math.log(BAND) * _LOG_UNIT)
    # The first word also places the first day anywhere in the inner half of the band.
    steps[0] = int(words[0] % np.uint64(band)) - band // 2
    unfolded = (np.cumsum(steps) + band) % (4 * band)
    folded = np.where(unfolded > 2 * band, 4 * band - unfolded, unfolded) - band
    bids: npt.NDArray[np.int64] = np.rint(listing.anchor_ticks * np.exp(folded / _LOG_UNIT)).astype(np.int64)
    return bids
