"""The seeded market: a `Source` whose whole past and future follow from one number.

Everything is random access. The unit is the UTC day per pair (`day`); the book is a function of the slot
(`book`). Nothing is stored, so a market of years starts at once, and two starts with one seed are the same
market. Time comes from an injected clock; no answer holds anything after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from candlestack_simulator.market.basis import BasisDrawer
from candlestack_simulator.market.candles import CANDLE_DTYPE, CandleRows, candles_from_rows
from candlestack_simulator.market.day import DayDrawer, Drawer
from candlestack_simulator.market.history import DayCache, PairHistory, RowsCache
from candlestack_simulator.market.listing import LISTINGS, USDM_LISTINGS, Listing
from candlestack_simulator.market.pair_book import PairBook
from candlestack_simulator.market.streams import PairPlan, PairStreams, Sent, in_order, plan_streams
from candlestack_simulator.market.time_grid import DAY_MS
from candlestack_simulator.source import (
    INTERVAL_MS,
    AggTrade,
    Candle,
    Coverage,
    Depth,
    Emission,
    Pair,
    Trade,
)

FIRST_DAY = 18_262
"""2020-01-01, in days since 1970-01-01: when the market opened."""

_CACHED_TRADES = 4_000_000
_CACHED_ROWS = 200_000
_EMISSION_STEP_MS = 1000


def system_clock_ms() -> int:
    """Return the system's time in ms of UTC epoch time."""
    return time.time_ns() // 1_000_000


class SeededMarket:
    """A market of 15 pairs that never sleep and two thin ones, from 2020-01-01 UTC on.

    `clock` tells the time in ms; `clock_offset_ms` is added to it and may be set at any time (an exchange
    whose clock is ahead); it must tell a time from the opening to 2099. `listings` are all pairs by default;
    a pair's market does not depend on which others are listed. Caches hold about 4 million trades (40 MB) and
    200,000 candles (20 MB). With an `underlying` it is the market of futures on that one (see `usdm`).
    """

    name: Literal["simulator", "replay"] = "simulator"

    def __init__(
        self,
        seed: int,
        *,
        clock: Callable[[], int] = system_clock_ms,
        clock_offset_ms: int = 0,
        listings: Sequence[Listing] = LISTINGS,
        underlying: SeededMarket | None = None,
    ) -> None:
        self.seed = seed
        self.clock_offset_ms = clock_offset_ms
        self._clock = clock
        days: DayCache = DayCache(_CACHED_TRADES, cost=lambda day: len(day.lots))
        rows: RowsCache = RowsCache(_CACHED_ROWS, cost=len)

        def drawer(listing: Listing) -> Drawer:
            if underlying is None:
                return DayDrawer(seed, listing, FIRST_DAY)
            return BasisDrawer(seed, listing, underlying._histories[listing.symbol])

        self._histories = {
            listing.symbol: PairHistory(listing, FIRST_DAY, drawer(listing), days, rows)
            for listing in listings
        }
        self._books = {symbol: PairBook(seed, history) for symbol, history in self._histories.items()}
        self._streams = {
            symbol: PairStreams(seed, history, self._books[symbol])
            for symbol, history in self._histories.items()
        }
        self._plan = lru_cache(maxsize=64)(self._plan_known_streams)

    def usdm(self) -> SeededMarket:
        """Return the market of USD-M futures on this one's pairs; it shares the clock, with its offset."""
        listings = [listing for listing in USDM_LISTINGS if listing.symbol in self._histories]
        return SeededMarket(self.seed, clock=self.now_ms, listings=listings, underlying=self)

    def pairs(self) -> Sequence[Pair]:
        """Return all pairs; one that is halted now has the status `BREAK`."""
        now_ms = self.now_ms()
        return [
            history.listing.pair
            if history.listing.halts.halt_at(now_ms) is None
            else replace(history.listing.pair, status="BREAK")
            for history in self._histories.values()
        ]

    def coverage(self, symbol: str) -> Coverage:
        return Coverage(self._histories[symbol].start_ms, None)

    def now_ms(self) -> int:
        return self._clock() + self.clock_offset_ms

    def ended(self) -> bool:
        return False

    def emissions(self, streams: Collection[str], after_ms: int, until_ms: int) -> Iterator[Emission]:
        """Yield what the named streams send in `(after_ms, until_ms]`, never later than now; see `streams`."""
        plan = self._plan(frozenset(streams))
        after_ms = max(after_ms, FIRST_DAY * DAY_MS)
        until_ms = min(until_ms, self.now_ms())
        while after_ms < until_ms:
            step_end = min(after_ms + _EMISSION_STEP_MS, until_ms)
            sent: list[Sent] = []
            for pair_streams, pair_plan in plan:
                sent.extend(pair_streams.sent(pair_plan, after_ms, step_end))
            yield from in_order(sent)
            after_ms = step_end

    def trades_from_id(self, symbol: str, first_id: int, limit: int) -> Sequence[Trade]:
        history = self._histories[symbol]
        first_id = max(first_id, 0)
        return history.trades(first_id, min(first_id + limit, history.trades_until(self.now_ms())))

    def last_trades(self, symbol: str, limit: int) -> Sequence[Trade]:
        history = self._histories[symbol]
        end_id = history.trades_until(self.now_ms())
        return history.trades(max(end_id - limit, 0), end_id)

    def trades_between(self, symbol: str, start_ms: int, end_ms: int) -> Sequence[Trade]:
        history = self._histories[symbol]
        last_ms = min(end_ms - 1, self.now_ms())
        return history.trades(history.trades_until(start_ms - 1), history.trades_until(last_ms))

    def agg_trades(
        self, symbol: str, *, from_id: int | None, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[AggTrade]:
        """Return aggregate trades, one per taker order; a range of time includes both of its ends.

        Up to `limit` from `from_id` or `start_ms` on, otherwise the last ones up to `end_ms` or now.
        """
        history = self._histories[symbol]
        now_ms = self.now_ms()
        end_id = history.orders_until(now_ms if end_ms is None else min(end_ms, now_ms))
        if from_id is None and start_ms is None:
            return history.agg_trades(max(end_id - limit, 0), end_id)
        first_id = max(from_id or 0, 0 if start_ms is None else history.orders_until(start_ms - 1), 0)
        return history.agg_trades(first_id, min(first_id + limit, end_id))

    def candles(
        self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[Candle]:
        history = self._histories[symbol]
        now_ms = self.now_ms()
        last_open = now_ms if end_ms is None else min(end_ms, now_ms)
        forming_open = now_ms // INTERVAL_MS[interval] * INTERVAL_MS[interval]
        forming = history.candle(interval, forming_open, now_ms) if forming_open <= last_open else None
        if start_ms is None:
            wanted = limit - (forming is not None)
            backwards = history.closed_rows_backwards(interval, last_open, now_ms)
            rows = _newest(backwards, wanted)
        else:
            rows = _first(history.closed_rows(interval, start_ms, last_open, now_ms), limit)
        candles = candles_from_rows(symbol, interval, rows, now_ms)
        if forming is not None and len(candles) < limit and (start_ms is None or start_ms <= forming_open):
            candles.append(forming)
        return candles

    def candles_of_days(self, symbol: str, first_day: int, days: int, interval: str = "1m") -> CandleRows:
        """Return the closed candles of whole days as rows of `CANDLE_DTYPE`, ascending, past the caches.

        Days are counted from 1970-01-01. Raises IndexError for a day before the market opened and ValueError
        for one that has not ended.
        """
        if (first_day + days) * DAY_MS > self.now_ms():
            raise ValueError(f"day {first_day + days - 1} has not ended")
        history = self._histories[symbol]
        drawn = [history.draw_rows(day, interval) for day in range(first_day, first_day + days)]
        return np.concatenate(drawn) if drawn else np.zeros(0, dtype=CANDLE_DTYPE)

    def depth(self, symbol: str, limit: int, age_ms: int = 0) -> Depth:
        return self._books[symbol].depth(self.now_ms() - age_ms, limit)

    def depth_at(self, symbol: str, update_id: int) -> Depth | None:
        """Return the whole book (5,000 levels a side) with this last update id; ids inside a diff have none."""
        return self._books[symbol].depth_at(update_id, self.now_ms())

    def _plan_known_streams(self, streams: frozenset[str]) -> list[tuple[PairStreams, PairPlan]]:
        return [
            (self._streams[symbol], plan)
            for symbol, plan in plan_streams(streams).items()
            if symbol in self._streams
        ]


def _first(days: Iterator[CandleRows], limit: int) -> CandleRows:
    """Join the first `limit` rows."""
    taken = [np.zeros(0, dtype=CANDLE_DTYPE)]
    missing = limit
    while missing > 0 and (rows := next(days, None)) is not None:
        taken.append(rows[:missing])
        missing -= len(taken[-1])
    return np.concatenate(taken)


def _newest(days: Iterator[CandleRows], limit: int) -> CandleRows:
    """Join the last `limit` rows of days that come the last one first."""
    taken = [np.zeros(0, dtype=CANDLE_DTYPE)]
    missing = limit
    while missing > 0 and (rows := next(days, None)) is not None:
        taken.append(rows[-missing:])
        missing -= len(taken[-1])
    return np.concatenate(taken[::-1])
