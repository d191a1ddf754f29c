"""Days of a futures pair, whose price follows its spot pair's at a small and slowly changing distance.

The basis is drawn per hour, from -0.4 to 1.2 per mille of the spot price, and interpolated from slot to slot.
A slot's best bid is the spot pair's in the same slot, moved by the basis and cut to whole ticks; orders, sides
and amounts are the future's own. What `day` says of the touch and of a day's two ends holds here as well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.activity import orders_before_minutes
from candlestack_simulator.market.day import TradingDay, draw_words, order_times, trade_sizes
from candlestack_simulator.market.fills import first_trades
from candlestack_simulator.market.hashing import derive_key, hash64
from candlestack_simulator.market.history import PairHistory
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.time_grid import DAY_MS, SLOT_MS

LOWEST_BASIS, HIGHEST_BASIS = -40, 120
_WHOLE = 100_000
"""The basis counts in units of 10^-5 of the spot price."""

_SLOTS_PER_HOUR = 3_600_000 // SLOT_MS
_SLOTS_PER_DAY = DAY_MS // SLOT_MS

Slots = npt.NDArray[np.int64]


class BasisDrawer:
    """Draws the days of one futures pair over the history of its spot pair."""

    def __init__(self, seed: int, listing: Listing, spot: PairHistory) -> None:
        self._listing = listing
        self._spot = spot
        self._first_trades = first_trades(seed, listing)
        self._sizes = trade_sizes(listing)
        self._activity_key = derive_key(seed, listing.label, "activity")
        self._orders_key = derive_key(seed, listing.label, "orders")
        self._basis_key = derive_key(seed, listing.label, "basis")

    def draw(self, day: int) -> TradingDay:
        listing = self._listing
        orders, trades = listing.orders_per_day, listing.trades_per_day
        opening_bid, closing_bid = self.boundary_bid(day), self.boundary_bid(day + 1)
        before = orders_before_minutes(listing, self._activity_key, day)
        gaps, leanings, sizes = draw_words(self._orders_key, day, (orders, orders, trades))
        times = order_times(gaps, before)
        slots = times.astype(np.int64) // SLOT_MS
        spot_bids = self._spot.day(day).bids_in_slots(slots)
        bids = self._moved(spot_bids, day * _SLOTS_PER_DAY + slots)
        bids[slots == slots[-1]] = closing_bid
        sells = leanings < np.uint16(1 << 15)
        sells[-1] = True
        return TradingDay(
            day=day,
            opening_bid=opening_bid,
            spread=listing.spread_ticks,
            times=times,
            prices=(bids + ~sells * listing.spread_ticks).astype(np.int32),
            sells=sells,
            lots=self._sizes.take(sizes),
            first_trades=self._first_trades,
            orders_before=before,
        )

    def boundary_bid(self, day: int) -> int:
        spot_bid = np.array([self._spot.boundary_bid(day)], dtype=np.int64)
        return int(self._moved(spot_bid, np.array([day * _SLOTS_PER_DAY], dtype=np.int64))[0])

    def _moved(self, spot_bids: Slots, slots: Slots) -> Slots:
        """Return the bids in this pair's ticks that belong to spot bids in slots counted from the epoch."""
        spot_e8 = spot_bids * self._spot.listing.pair.tick_e8
        moved = spot_e8 * (_WHOLE + self._basis(slots)) // (_WHOLE * self._listing.pair.tick_e8)
        lowest: Slots = np.maximum(moved, 1)
        return lowest

    def _basis(self, slots: Slots) -> Slots:
        hours = slots // _SLOTS_PER_HOUR
        into_hour = slots % _SLOTS_PER_HOUR
        before, after = self._hourly(hours), self._hourly(hours + 1)
        return (before * (_SLOTS_PER_HOUR - into_hour) + after * into_hour) // _SLOTS_PER_HOUR

    def _hourly(self, hours: Slots) -> Slots:
        words = hash64(self._basis_key, hours) % np.uint64(HIGHEST_BASIS - LOWEST_BASIS + 1)
        return words.astype(np.int64) + LOWEST_BASIS
