"""Inverse distribution functions as integer tables, one entry per 16-bit random word.

Drawing is then one gather per value, and what is drawn is the same integer on every machine.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

WORDS = 1 << 16
STEP_UNIT = 256
"""The standard deviation of `step_table`, as an integer."""

GAP_UNIT = 256


def _midpoints() -> npt.NDArray[np.float64]:
    return (np.arange(WORDS, dtype=np.float64) + 0.5) / WORDS


@cache
def _normal_table() -> npt.NDArray[np.float64]:
    quantile = NormalDist().inv_cdf
    return np.array([quantile(p) for p in _midpoints().tolist()])


@cache
def step_table() -> npt.NDArray[np.int32]:
    """Return price steps, symmetric about 0 with standard deviation `STEP_UNIT` and fat tails (about 8 of them)."""
    normal = _normal_table()
    fat = normal * (1 + 0.25 * normal**2)
    table: npt.NDArray[np.int32] = np.rint(fat / fat.std() * STEP_UNIT).astype(np.int32)
    table.flags.writeable = False
    return table


@cache
def gap_table() -> npt.NDArray[np.int32]:
    """Return gaps between orders: Weibull of shape 0.6, so that orders come in bursts and pauses."""
    table = np.maximum(np.rint((-np.log1p(-_midpoints())) ** (1 / 0.6) * GAP_UNIT), 1).astype(np.int32)
    table.flags.writeable = False
    return table


def size_table(median_lots: float, spread: float) -> npt.NDArray[np.int32]:
    """Return amounts in lots: log-normal with the given median and log standard deviation, at least 1 lot."""
    lots = np.maximum(np.rint(median_lots * np.exp(spread * _normal_table())), 1)
    table = lots.astype(np.int32)
    table.flags.writeable = False
    return table
