"""Which trades fill which taker order: one plan per pair, the same on every day.

Each block of 8 orders is filled by 12 trades: six orders by one trade, one by two and one by four, in an
order of its own per block. With one plan for all days, trade ids and the ids of aggregate trades (one per
taker order) are both contiguous and closed forms of day and index.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.hashing import derive_key, hash64
from candlestack_simulator.market.listing import ORDERS_PER_BLOCK, TRADES_PER_BLOCK, Listing

_BLOCK_FILLS = np.array([1, 1, 1, 1, 1, 1, 2, 4], dtype=np.int64)
assert len(_BLOCK_FILLS) == ORDERS_PER_BLOCK
assert _BLOCK_FILLS.sum() == TRADES_PER_BLOCK


def first_trades(seed: int, listing: Listing) -> npt.NDArray[np.int64]:
    """Return the index of each order's first trade within the day, and the number of trades as last entry."""
    words = hash64(
        derive_key(seed, listing.label, "fills"), np.arange(listing.orders_per_day, dtype=np.int64)
    )
    fills = _BLOCK_FILLS[np.argsort(words.reshape(-1, ORDERS_PER_BLOCK), axis=1, kind="stable")]
    first = np.zeros(listing.orders_per_day + 1, dtype=np.int64)
    np.cumsum(fills.ravel(), out=first[1:])
    first.flags.writeable = False
    return first
