"""The history of one pair, by id and by time: trades, aggregate trades (one per taker order) and candles.

Ids are closed forms, contiguous from day to day:
`trade_id = (day - first_day) * trades_per_day + index`, `agg_id = (day - first_day) * orders_per_day + index`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from candlestack_simulator.market.cache import BoundedCache
from candlestack_simulator.market.candles import CandleRows, candle_rows, candles_from_rows, day_candles
from candlestack_simulator.market.day import Drawer, TradingDay
from candlestack_simulator.market.halts import trading_minutes
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.time_grid import DAY_MS, MINUTE_MS
from candlestack_simulator.source import INTERVAL_MS, AggTrade, Candle, Trade


class DayKey(NamedTuple):
    symbol: str
    day: int


class RowsKey(NamedTuple):
    symbol: str
    day: int
    interval: str


DayCache = BoundedCache[DayKey, TradingDay]
RowsCache = BoundedCache[RowsKey, CandleRows]


class PairHistory:
    """Everything that has traded and will trade in one pair. Its methods take the bound of time they must keep."""

    def __init__(
        self, listing: Listing, first_day: int, drawer: Drawer, days: DayCache, rows: RowsCache
    ) -> None:
        self.listing = listing
        self.start_ms = first_day * DAY_MS
        self._first_day = first_day
        self._drawer = drawer
        self._days = days
        self._rows = rows

    def day(self, day: int) -> TradingDay:
        return self._days.get(DayKey(self.listing.symbol, day), lambda: self._drawer.draw(day))

    def boundary_bid(self, day: int) -> int:
        """Return the best bid, in ticks, at the first moment of a day, without drawing the day."""
        return self._drawer.boundary_bid(day)

    def day_rows(self, day: int, interval: str) -> CandleRows:
        """Return all candles of a day, with what of it still lies ahead."""
        key = RowsKey(self.listing.symbol, day, interval)
        return self._rows.get(
            key, lambda: day_candles(self.listing, self.day(day), self._first_trade_id(day), interval)
        )

    def draw_rows(self, day: int, interval: str) -> CandleRows:
        """Return all candles of a day past the caches: for long histories, read once."""
        return day_candles(self.listing, self._drawer.draw(day), self._first_trade_id(day), interval)

    def orders_until(self, time_ms: int) -> int:
        """Return how many taker orders there have been up to and including `time_ms`: the next `agg_id`."""
        if time_ms < self.start_ms:
            return 0
        day = time_ms // DAY_MS
        return self._first_order_id(day) + self.day(day).orders_until(time_ms)

    def trades_until(self, time_ms: int) -> int:
        """Return how many trades there have been up to and including `time_ms`: the next `trade_id`."""
        return self.first_trade_of(self.orders_until(time_ms))

    def first_trade_of(self, agg_id: int) -> int:
        """Return the id of the first trade of an aggregate trade."""
        days, index = divmod(agg_id, self.listing.orders_per_day)
        if not index:
            return days * self.listing.trades_per_day
        day = self._first_day + days
        return self._first_trade_id(day) + int(self.day(day).first_trades[index])

    def trades(self, first_id: int, end_id: int) -> list[Trade]:
        """Return the trades with ids in `[first_id, end_id)`."""
        trades: list[Trade] = []
        for day, low, high in _split_by_day(first_id, end_id, self.listing.trades_per_day):
            trades += self._trades_of_day(self.day(self._first_day + day), low, high)
        return trades

    def agg_trades(self, first_id: int, end_id: int) -> list[AggTrade]:
        """Return the aggregate trades with ids in `[first_id, end_id)`."""
        aggregates: list[AggTrade] = []
        for day, low, high in _split_by_day(first_id, end_id, self.listing.orders_per_day):
            aggregates += self._agg_trades_of_day(self.day(self._first_day + day), low, high)
        return aggregates

    def candle(self, interval: str, open_time: int, now_ms: int) -> Candle | None:
        """Return the candle of a window as it stands at `now_ms`; None before the market and in a halt."""
        if not self.start_ms <= open_time <= now_ms:
            return None
        day = open_time // DAY_MS
        if open_time + INTERVAL_MS[interval] <= now_ms:
            rows = self.day_rows(day, interval)
            at = int(rows["open_time"].searchsorted(open_time))
            if at == len(rows) or rows["open_time"][at] != open_time:
                return None
            rows = rows[at : at + 1]
        else:
            first_minute = open_time % DAY_MS // MINUTE_MS
            end_minute = first_minute + INTERVAL_MS[interval] // MINUTE_MS
            if not trading_minutes(self.listing.halts, day)[first_minute:end_minute].any():
                return None
            drawn = self.day(day)
            bounds = np.array([drawn.orders_before[first_minute], drawn.orders_until(now_ms)])
            rows = candle_rows(self.listing, drawn, self._first_trade_id(day), np.array([open_time]), bounds)
        return candles_from_rows(self.listing.symbol, interval, rows, now_ms)[0]

    def closed_rows(
        self, interval: str, first_open: int, last_open: int, now_ms: int
    ) -> Iterator[CandleRows]:
        """Yield day by day, ascending, the candles closed at `now_ms` with open times in the closed range."""
        last_closed = min(last_open, now_ms - INTERVAL_MS[interval])
        for day in range(max(first_open, self.start_ms) // DAY_MS, last_closed // DAY_MS + 1):
            yield self._rows_within(day, interval, first_open, last_closed)

    def closed_rows_backwards(self, interval: str, last_open: int, now_ms: int) -> Iterator[CandleRows]:
        """Yield day by day, the last day first, the candles closed at `now_ms` that open until `last_open`."""
        last_closed = min(last_open, now_ms - INTERVAL_MS[interval])
        for day in range(last_closed // DAY_MS, self._first_day - 1, -1):
            yield self._rows_within(day, interval, self.start_ms, last_closed)

    def _rows_within(self, day: int, interval: str, first_open: int, last_open: int) -> CandleRows:
        rows = self.day_rows(day, interval)
        opens = rows["open_time"]
        return rows[int(opens.searchsorted(first_open)) : int(opens.searchsorted(last_open, side="right"))]

    def _first_trade_id(self, day: int) -> int:
        return (day - self._first_day) * self.listing.trades_per_day

    def _first_order_id(self, day: int) -> int:
        return (day - self._first_day) * self.listing.orders_per_day

    def _trades_of_day(self, day: TradingDay, low: int, high: int) -> list[Trade]:
        pair = self.listing.pair
        first, end = day.order_of_trade(low), day.order_of_trade(high - 1) + 1
        bounds = np.clip(day.first_trades[first : end + 1], low, high)
        fills = bounds[1:] - bounds[:-1]
        columns = (
            day.prices[first:end].repeat(fills).astype(np.int64) * pair.tick_e8,
            day.lots[low:high].astype(np.int64) * pair.lot_e8,
            day.times[first:end].repeat(fills).astype(np.int64) + day.start_ms,
            day.sells[first:end].repeat(fills),
        )
        ids = range(self._first_trade_id(day.day) + low, self._first_trade_id(day.day) + high)
        return [
            Trade(pair.symbol, trade_id, *fields)
            for trade_id, *fields in zip(ids, *(column.tolist() for column in columns), strict=True)
        ]

    def _agg_trades_of_day(self, day: TradingDay, low: int, high: int) -> list[AggTrade]:
        pair = self.listing.pair
        first_trades = day.first_trades[low : high + 1]
        lots = day.lots[first_trades[0] : first_trades[-1]].astype(np.int64)
        columns = (
            day.prices[low:high].astype(np.int64) * pair.tick_e8,
            np.add.reduceat(lots, first_trades[:-1] - first_trades[0]) * pair.lot_e8,
            self._first_trade_id(day.day) + first_trades[:-1],
            self._first_trade_id(day.day) + first_trades[1:] - 1,
            day.times[low:high].astype(np.int64) + day.start_ms,
            day.sells[low:high],
        )
        ids = range(self._first_order_id(day.day) + low, self._first_order_id(day.day) + high)
        return [
            AggTrade(pair.symbol, agg_id, *fields)
            for agg_id, *fields in zip(ids, *(column.tolist() for column in columns), strict=True)
        ]


def _split_by_day(first_id: int, end_id: int, per_day: int) -> Iterator[tuple[int, int, int]]:
    """Split an id range into (day since the first, index of the first id, index after the last) per day."""
    while first_id < end_id:
        day, low = divmod(first_id, per_day)
        high = min(end_id - day * per_day, per_day)
        yield day, low, high
        first_id = (day * per_day) + high
