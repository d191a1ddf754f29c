"""How a day's orders spread over its minutes: busy hours, clusters of activity, quiet spells.

A minute's weight is a power of two of a sum of noises on three scales (the hour, interpolated; five minutes;
the minute) and of a daily profile. Prices move per order, so volatility clusters with activity.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.halts import trading_minutes
from candlestack_simulator.market.hashing import hash64
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.time_grid import MINUTES_PER_DAY

_OCTAVE = 16
_WEIGHTS = np.array([round(2 ** (10 + i / _OCTAVE)) for i in range(-128, 129)], dtype=np.int64)
_MINUTES = np.arange(MINUTES_PER_DAY, dtype=np.int64)
# Quiet about 04:00 UTC, busiest about 15:00, when both sides of the Atlantic are awake.
_PROFILE = np.array(
    [
        round(10 * math.exp(-(((minute - 900) / 240) ** 2)) - 8 * math.exp(-(((minute - 240) / 180) ** 2)))
        for minute in range(MINUTES_PER_DAY)
    ],
    dtype=np.int64,
)


def orders_before_minutes(listing: Listing, key: int, day: int) -> npt.NDArray[np.int64]:
    """Return how many of the day's orders come before each minute: 1,441 counts from 0 to all of them.

    Halted minutes get none, and each minute of a sleepless pair at least one.
    """
    weights = _WEIGHTS[128 + np.clip(_PROFILE + _noise(key, day), -128, 128)]
    weights *= trading_minutes(listing.halts, day)
    before = np.zeros(MINUTES_PER_DAY + 1, dtype=np.int64)
    np.cumsum(weights, out=before[1:])
    total = int(before[-1])
    if listing.sleepless:
        spare = listing.orders_per_day - MINUTES_PER_DAY
        return before * spare // total + np.arange(MINUTES_PER_DAY + 1)
    return before * listing.orders_per_day // total


def _noise(key: int, day: int) -> npt.NDArray[np.int64]:
    hours = _uniform(key ^ 1, day * 24, 25, 41) - 20
    into_hour = _MINUTES % 60
    hour = _MINUTES // 60
    slow = (hours[hour] * (60 - into_hour) + hours[hour + 1] * into_hour) // 60
    middle = np.repeat(_uniform(key ^ 2, day * 288, 288, 25) - 12, 5)
    fast = _uniform(key ^ 3, day * MINUTES_PER_DAY, MINUTES_PER_DAY, 49) - 24
    return slow + middle + fast


def _uniform(key: int, first: int, count: int, bound: int) -> npt.NDArray[np.int64]:
    """Return numbers in `[0, bound)` for the indices from `first`: the same wherever a window begins."""
    words = hash64(key, np.arange(first, first + count, dtype=np.int64))
    return (words % np.uint64(bound)).astype(np.int64)
