"""Candles of any interval, straight from a day's trades.

Every interval that divides a day is a list of bounds between orders; no candle is made from other candles.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from candlestack_simulator.market.day import TradingDay
from candlestack_simulator.market.halts import trading_minutes
from candlestack_simulator.market.listing import Listing
from candlestack_simulator.market.time_grid import MINUTE_MS, MINUTES_PER_DAY
from candlestack_simulator.source import INTERVAL_MS, Candle

CANDLE_FIELDS = (
    "open_time",
    "open_e8",
    "high_e8",
    "low_e8",
    "close_e8",
    "volume_e8",
    "quote_volume_e8",
    "trades",
    "taker_buy_volume_e8",
    "taker_buy_quote_volume_e8",
    "first_trade_id",
    "last_trade_id",
)
CANDLE_DTYPE = np.dtype([(name, np.int64) for name in CANDLE_FIELDS])
"""One row per candle, fields as in `source.Candle`; the close time follows from the interval."""

CandleRows = np.ndarray[tuple[int], np.dtype[np.void]]


def day_candles(listing: Listing, day: TradingDay, first_trade_id: int, interval: str) -> CandleRows:
    """Return the candles of a whole day, ascending; windows that a halt covers entirely have none.

    `first_trade_id` is the id of the day's first trade.
    """
    minutes = INTERVAL_MS[interval] // MINUTE_MS
    open_times = day.start_ms + np.arange(0, MINUTES_PER_DAY, minutes, dtype=np.int64) * MINUTE_MS
    rows = candle_rows(listing, day, first_trade_id, open_times, day.orders_before[::minutes])
    open_for_trading = trading_minutes(listing.halts, day.day).reshape(-1, minutes).any(axis=1)
    return rows if open_for_trading.all() else rows[open_for_trading]


def candle_rows(
    listing: Listing,
    day: TradingDay,
    first_trade_id: int,
    open_times: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.int64],
) -> CandleRows:
    """Aggregate adjacent windows: window i holds the orders `[bounds[i], bounds[i + 1])` of the day.

    A window without orders repeats the previous close, with 0 trades and trade ids -1.
    """
    tick, lot, quote = listing.pair.tick_e8, listing.pair.lot_e8, listing.quote_unit_e8
    rows = np.zeros(len(open_times), dtype=CANDLE_DTYPE)
    rows["open_time"] = open_times
    closing = bounds[1:] - 1
    close = np.where(closing >= 0, day.prices[closing], day.opening_bid).astype(np.int64) * tick
    for name in ("open_e8", "high_e8", "low_e8", "close_e8"):
        rows[name] = close
    rows["first_trade_id"] = rows["last_trade_id"] = -1
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if not len(filled):
        return rows

    first, last = int(bounds[0]), int(bounds[-1])
    starts = bounds[filled]
    within = starts - first
    prices = day.prices[first:last]
    rows["open_e8"][filled] = day.prices[starts].astype(np.int64) * tick
    rows["high_e8"][filled] = np.maximum.reduceat(prices, within).astype(np.int64) * tick
    rows["low_e8"][filled] = np.minimum.reduceat(prices, within).astype(np.int64) * tick

    order_trades = day.first_trades[first : last + 1]
    lots_before = np.zeros(order_trades[-1] - order_trades[0] + 1, dtype=np.int64)
    np.copyto(lots_before[1:], day.lots[order_trades[0] : order_trades[-1]])
    np.cumsum(lots_before, out=lots_before)
    order_lots = np.diff(lots_before.take(order_trades - order_trades[0]))
    order_quotes = order_lots * prices
    buys = ~day.sells[first:last]
    rows["volume_e8"][filled] = np.add.reduceat(order_lots, within) * lot
    rows["quote_volume_e8"][filled] = np.add.reduceat(order_quotes, within) * quote
    rows["taker_buy_volume_e8"][filled] = np.add.reduceat(order_lots * buys, within) * lot
    rows["taker_buy_quote_volume_e8"][filled] = np.add.reduceat(order_quotes * buys, within) * quote

    first_trades = day.first_trades[starts]
    end_trades = day.first_trades[bounds[1:][filled]]
    rows["trades"][filled] = end_trades - first_trades
    rows["first_trade_id"][filled] = first_trade_id + first_trades
    rows["last_trade_id"][filled] = first_trade_id + end_trades - 1
    return rows


def candles_from_rows(symbol: str, interval: str, rows: CandleRows, now_ms: int) -> list[Candle]:
    """Turn rows into candles; one whose window has not passed by `now_ms` is not closed."""
    interval_ms = INTERVAL_MS[interval]
    candles = []
    for open_time, *amounts in rows.tolist():
        end_ms = open_time + interval_ms
        fields = (symbol, interval, open_time, end_ms - 1, *amounts, end_ms <= now_ms)
        candles.append(Candle(*fields))
    return candles
