"""The order book of a pair in any slot of 100 ms: a stateless function of (seed, pair, slot, touch).

A side is `LEVELS_PER_SIDE` levels, best first: the touch, then one level in each cell of `level_ticks` ticks
behind it, at a tick of the cell that a hash of the cell chooses. A level's quantity is a hash of its price and
of a time bucket, the longer the farther it lies from the touch, so that a few dozen levels change per slot.
Where prices reach down to one tick the bids end there.

These levels are the whole book. One that passes the far edge when the touch moves is added or removed like
any other, so a client that applies every diff to a snapshot of all levels holds exactly the book, and one that
began with fewer levels holds it as deep as its snapshot reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.hashing import derive_key, hash_versions, key_prices
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.quantiles import size_table

LEVELS_PER_SIDE = 5000

_LEVEL_SIZE_SPREAD = 1.1

Ticks = npt.NDArray[np.int64]
Lots = npt.NDArray[np.int32]
Levels = tuple[Ticks, Lots]


def _bucket_shifts() -> npt.NDArray[np.int64]:
    """Return per rank the binary logarithm of its time bucket, in slots: 0.4 s at the touch, 102 s far away."""
    shifts = np.full(LEVELS_PER_SIDE, 10, dtype=np.int64)
    for rank, shift in ((1000, 8), (200, 6), (50, 4), (10, 2)):
        shifts[:rank] = shift
    return shifts


_SHIFTS = _bucket_shifts()


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """What a side is as long as the touch stands: its prices, and what their quantities are hashed from."""

    prices: Ticks
    keyed: npt.NDArray[np.uint32]
    phases: Ticks
    shifts: Ticks


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A whole book: levels as arrays of prices (ticks) and quantities (lots), best first."""

    bids: Levels
    asks: Levels


class BookModel:
    """Computes the books of one pair."""

    def __init__(self, seed: int, listing: Listing) -> None:
        self._spread = listing.spread_ticks
        self._cell = listing.level_ticks
        self._place_key = derive_key(seed, listing.label, "book", "places")
        self._side_keys = {side: derive_key(seed, listing.label, "book", side) for side in ("bids", "asks")}
        self._lots = size_table(listing.level_lots, _LEVEL_SIZE_SPREAD)
        self._sides = lru_cache(maxsize=4)(self._lay_sides)
        self.book = lru_cache(maxsize=4)(self._compute)

    def _compute(self, slot: int, bid: int) -> Book:
        """Return the book of a slot (counted from the epoch) whose best bid, in ticks, is `bid`."""
        bids, asks = self._sides(bid)
        return Book((bids.prices, self._quantities(bids, slot)), (asks.prices, self._quantities(asks, slot)))

    def _quantities(self, side: _Side, slot: int) -> Lots:
        words = hash_versions(side.keyed, (side.phases + slot) >> side.shifts)
        return self._lots.take(words >> np.uint32(16))

    def _lay_sides(self, bid: int) -> tuple[_Side, _Side]:
        ask = bid + self._spread
        below = np.arange(bid // self._cell, max(bid // self._cell - LEVELS_PER_SIDE, 0), -1, dtype=np.int64)
        above = np.arange(ask // self._cell, ask // self._cell + LEVELS_PER_SIDE, dtype=np.int64)
        bid_prices, ask_prices = self._level_prices(below), self._level_prices(above)
        return (
            self._side("bids", bid, bid_prices[bid_prices < bid]),
            self._side("asks", ask, ask_prices[ask_prices > ask]),
        )

    def _level_prices(self, cells: Ticks) -> Ticks:
        if self._cell == 1:
            return cells
        words = hash_versions(key_prices(self._place_key, cells), 0)
        return cells * self._cell + words % np.uint32(self._cell)

    def _side(self, name: str, touch: int, behind: Ticks) -> _Side:
        prices = np.concatenate((np.array([touch], dtype=np.int64), behind))[:LEVELS_PER_SIDE]
        keyed = key_prices(self._side_keys[name], prices)
        phases = (hash_versions(keyed, 0xFFFFFFFF) & np.uint32(0x3FF)).astype(np.int64)
        return _Side(prices, keyed, phases, _SHIFTS[: len(prices)])


def changed_levels(before: Levels, after: Levels, *, descending: bool) -> Levels:
    """Return the levels in which two states of one side differ, best first; quantity 0 removes a level.

    Both states are sorted best first: bids in descending order of price, asks ascending.
    """
    (old_prices, old_lots), (new_prices, new_lots) = before, after
    if old_prices is new_prices:
        changed = np.flatnonzero(old_lots != new_lots)
        return new_prices[changed], new_lots[changed]
    sign = -1 if descending else 1
    old_keys, new_keys = old_prices * sign, new_prices * sign
    at_old = np.minimum(old_keys.searchsorted(new_keys), len(old_keys) - 1)
    set_levels = (old_keys[at_old] != new_keys) | (old_lots[at_old] != new_lots)
    at_new = np.minimum(new_keys.searchsorted(old_keys), len(new_keys) - 1)
    gone = new_keys[at_new] != old_keys
    keys = np.concatenate((new_keys[set_levels], old_keys[gone]))
    lots = np.concatenate((new_lots[set_levels], np.zeros(int(gone.sum()), dtype=np.int32)))
    order = keys.argsort()
    return keys[order] * sign, lots[order]
