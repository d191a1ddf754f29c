"""One UTC day of one pair: all its orders and trades, drawn at once.

The unit of a draw is the *taker order*: a time, a side and a price at the touch, filled by one or more trades
(`fills`). The rule that ties trades to the book:

    The touch (best bid and ask) is constant within each slot of 100 ms. It moves only from a slot to the next
    slot that has orders, and every trade of a slot prints at that slot's touch: sells (`buyer_is_maker`) at
    the best bid, buys at the best ask. A slot without orders has the touch of the last slot that had some.

A day begins with the best bid of its first boundary and ends with that of its second; the path between is a
sum of random steps, one per slot with orders, bridged to the second boundary. The last order of every day
sells, so that the last trade's price is the boundary's too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.activity import orders_before_minutes
from candlestack_simulator.market.boundaries import DayBoundaries
from candlestack_simulator.market.fills import first_trades
from candlestack_simulator.market.hashing import derive_key
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.quantiles import (
    GAP_UNIT,
    STEP_UNIT,
    gap_table,
    size_table,
    step_table,
)
from candlestack_simulator.market.time_grid import DAY_MS, MINUTE_MS, MINUTES_PER_DAY, SLOT_MS

_TRADE_SIZE_SPREAD = 1.6
_SLOT_SHARE = 0.8
"""About the share of orders that are the first of their slot; it only sets the scale of a day's moves."""

_MINUTE_STARTS = np.arange(MINUTES_PER_DAY, dtype=np.float64) * MINUTE_MS

Words = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class TradingDay:
    """All orders and trades of a pair on one UTC day. Orders are in order of time; arrays must not be written.

    `times` (ms into the day), `prices` (ticks) and `sells` have one entry per order, `lots` one per trade.
    `first_trades[i]` is the day's index of order i's first trade, `orders_before[m]` the number of orders
    before minute m; both have one entry more at the end. `opening_bid` is the best bid in ticks before the
    first order.
    """

    day: int
    opening_bid: int
    spread: int
    times: npt.NDArray[np.int32]
    prices: npt.NDArray[np.int32]
    sells: npt.NDArray[np.bool_]
    lots: npt.NDArray[np.int32]
    first_trades: npt.NDArray[np.int64]
    orders_before: npt.NDArray[np.int64]

    @property
    def start_ms(self) -> int:
        return self.day * DAY_MS

    def orders_until(self, time_ms: int) -> int:
        """Return how many orders of the day have a time (epoch ms) of at most `time_ms`."""
        into_day = min(max(time_ms - self.start_ms, -1), DAY_MS)
        return int(self.times.searchsorted(np.int32(into_day), side="right"))

    def order_of_trade(self, index: int) -> int:
        """Return the index of the order that the day's trade `index` belongs to."""
        return int(self.first_trades.searchsorted(index, side="right")) - 1

    def bids_in_slots(self, slots: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the best bid, in ticks, throughout each of several slots, counted from the day's first one."""
        last_ms = (slots * SLOT_MS + SLOT_MS - 1).astype(np.int32)
        orders = self.times.searchsorted(last_ms, side="right") - 1
        known = np.maximum(orders, 0)
        bids = self.prices[known].astype(np.int64) - np.where(self.sells[known], 0, self.spread)
        return np.where(orders < 0, self.opening_bid, bids)

    def bid_in_slot(self, slot: int) -> int:
        """Return the best bid, in ticks, throughout a slot of this day (slots counted from the epoch)."""
        order = self.orders_until(slot * SLOT_MS + SLOT_MS - 1) - 1
        if order < 0:
            return self.opening_bid
        return int(self.prices[order]) - (0 if self.sells[order] else self.spread)


class Drawer(Protocol):
    """Where the days of one pair come from."""

    def draw(self, day: int) -> TradingDay:
        """Return a day (counted from 1970-01-01). Raises IndexError outside of the market's days."""
        ...

    def boundary_bid(self, day: int) -> int:
        """Return the best bid at the first moment of a day. Raises IndexError outside of the market's days."""
        ...


class DayDrawer:
    """Draws the days of one pair: a pure function of (seed, pair, day), held ready with its tables."""

    def __init__(self, seed: int, listing: Listing, first_day: int) -> None:
        self._listing = listing
        self._boundaries = DayBoundaries(seed, listing, first_day)
        self._first_trades = first_trades(seed, listing)
        self._sizes = trade_sizes(listing)
        self._activity_key = derive_key(seed, listing.label, "activity")
        self._orders_key = derive_key(seed, listing.label, "orders")

    def draw(self, day: int) -> TradingDay:
        listing = self._listing
        orders, trades = listing.orders_per_day, listing.trades_per_day
        opening_bid = self._boundaries.bid(day)
        closing_bid = self._boundaries.bid(day + 1)
        before = orders_before_minutes(listing, self._activity_key, day)
        gaps, steps, leanings, sizes = draw_words(self._orders_key, day, (orders, orders, orders, trades))
        times = order_times(gaps, before)
        # Buyers lift the price more often than not: the larger the step, the surer its side.
        sells = leanings < ~steps
        sells[-1] = True
        step_ticks = opening_bid * listing.daily_move / (STEP_UNIT * (_SLOT_SHARE * orders) ** 0.5)
        bids = _bid_path(times, steps, step_ticks, opening_bid, closing_bid)
        prices = bids + ~sells * np.int32(listing.spread_ticks)
        return TradingDay(
            day=day,
            opening_bid=opening_bid,
            spread=listing.spread_ticks,
            times=times,
            prices=prices,
            sells=sells,
            lots=self._sizes.take(sizes),
            first_trades=self._first_trades,
            orders_before=before,
        )

    def boundary_bid(self, day: int) -> int:
        return self._boundaries.bid(day)


def trade_sizes(listing: Listing) -> npt.NDArray[np.int32]:
    """Return the amounts of a pair's trades, in lots, one entry per 16-bit word."""
    return size_table(listing.trade_lots, _TRADE_SIZE_SPREAD)


def draw_words(key: int, day: int, counts: tuple[int, ...]) -> list[Words]:
    """Draw 16-bit words, one array per count. Raw output of a bit generator is the same in every numpy."""
    generator = np.random.SFC64([key, day])
    return [generator.random_raw((count + 3) // 4).view(np.uint16)[:count] for count in counts]


def order_times(gaps: Words, before: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Place each minute's orders inside it, in ms into the day, with the drawn gaps between them.

    Gaps are scaled per minute so that its orders and one more gap, of the mean length, span the minute.
    """
    elapsed = np.zeros(len(gaps) + 1, dtype=np.int64)
    elapsed[1:] = gap_table().take(gaps)
    np.cumsum(elapsed, out=elapsed)
    at_minute = elapsed[before]
    scales = MINUTE_MS / (np.diff(at_minute) + GAP_UNIT)
    counts = np.diff(before)
    into_minute = elapsed[1:]
    into_minute -= np.repeat(at_minute[:-1], counts)
    times = into_minute.astype(np.float64)
    times *= np.repeat(scales, counts)
    times += np.repeat(_MINUTE_STARTS, counts)
    return times.astype(np.int32)


def _bid_path(
    times: npt.NDArray[np.int32], steps: Words, step_ticks: float, opening_bid: int, closing_bid: int
) -> npt.NDArray[np.int32]:
    """Return the best bid at each order, in ticks: it moves with a slot's first order, and ends as told.

    Sums are of integers, and the end is exact because the path is rounded to whole ticks.
    """
    slots = times // np.int32(SLOT_MS)
    moves = np.empty(len(times), dtype=np.bool_)
    moves[0] = True
    np.not_equal(slots[1:], slots[:-1], out=moves[1:])
    sums = moves.astype(np.int64)
    np.cumsum(sums, out=sums)
    bridge = sums.astype(np.float64)
    np.multiply(step_table().take(steps), moves, out=sums)
    np.cumsum(sums, out=sums)
    path = sums * step_ticks
    bridge *= (closing_bid - opening_bid - path[-1]) / bridge[-1]
    path += bridge
    path += opening_bid
    bids: npt.NDArray[np.int32] = np.rint(path, out=path).astype(np.int32)
    return bids
