"""The events of the streams in Binance's own names, prices and amounts padded as the exchange pads them."""

from __future__ import annotations

from typing import Any

import msgspec

from app.compat.binance.aggregates import Aggregate, aggregate_row
from app.compat.binance.rows import level_rows, padded
from app.compat.binance.schemas import DayTicker, MiniTicker
from app.compat.binance.tickers import best
from candlestack_core.messages import Book, Candle, DepthDiff, Listing, Trade

Payload = dict[str, Any]


def trade_event(trade: Trade, listing: Listing) -> Payload:
    """Return a trade; its event time is its own."""
    return {
        "e": "trade",
        "E": trade.time,
        "s": trade.symbol,
        "t": trade.trade_id,
        "p": padded(trade.price, listing.quote_precision),
        "q": padded(trade.quantity, listing.base_precision),
        "T": trade.time,
        "m": trade.buyer_is_maker,
        "M": True,
    }


def aggregate_event(trades: Aggregate, listing: Listing) -> Payload:
    """Return an aggregate as REST tells it; its event time is that of its last trade."""
    row = aggregate_row(trades, listing)
    return {"e": "aggTrade", "E": row.time, "s": listing.symbol, **msgspec.to_builtins(row)}


def mini_ticker_event(ticker: MiniTicker, event_time: int) -> Payload:
    """Return what 24 hours brought, without what changed."""
    return {
        "e": "24hrMiniTicker",
        "E": event_time,
        "s": ticker.symbol,
        "c": ticker.last_price,
        "o": ticker.open_price,
        "h": ticker.high_price,
        "l": ticker.low_price,
        "v": ticker.volume,
        "q": ticker.quote_volume,
    }


def ticker_event(ticker: DayTicker, event_time: int) -> Payload:
    """Return what 24 hours brought in full."""
    return {
        "e": "24hrTicker",
        "E": event_time,
        "s": ticker.symbol,
        "p": ticker.price_change,
        "P": ticker.price_change_percent,
        "w": ticker.weighted_avg_price,
        "x": ticker.prev_close_price,
        "c": ticker.last_price,
        "Q": ticker.last_qty,
        "b": ticker.bid_price,
        "B": ticker.bid_qty,
        "a": ticker.ask_price,
        "A": ticker.ask_qty,
        "o": ticker.open_price,
        "h": ticker.high_price,
        "l": ticker.low_price,
        "v": ticker.volume,
        "q": ticker.quote_volume,
        "O": ticker.open_time,
        "C": ticker.close_time,
        "F": ticker.first_id,
        "L": ticker.last_id,
        "n": ticker.count,
    }


def kline_event(candle: Candle, event_time: int, listing: Listing) -> Payload:
    """Return a candle; the ids of its trades are not known, and written as Binance writes that."""
    base, quote = listing.base_precision, listing.quote_precision
    return {
        "e": "kline",
        "E": event_time,
        "s": candle.symbol,
        "k": {
            "t": candle.open_time,
            "T": candle.close_time,
            "s": candle.symbol,
            "i": candle.interval,
            "f": -1,
            "L": -1,
            "o": padded(candle.open, quote),
            "c": padded(candle.close, quote),
            "h": padded(candle.high, quote),
            "l": padded(candle.low, quote),
            "v": padded(candle.volume, base),
            "n": candle.trades,
            "x": candle.closed,
            "q": padded(candle.quote_volume, quote),
            "V": padded(candle.taker_buy_volume, base),
            "Q": padded(candle.taker_buy_quote_volume, quote),
            "B": "0",
        },
    }


def diff_event(diff: DepthDiff, listing: Listing) -> Payload:
    """Return a depth diff."""
    return {
        "e": "depthUpdate",
        "E": diff.event_time,
        "s": diff.symbol,
        "U": diff.first_update_id,
        "u": diff.final_update_id,
        "b": level_rows(diff.bids, listing),
        "a": level_rows(diff.asks, listing),
    }


def follows(first: DepthDiff, then: DepthDiff) -> bool:
    """Tell whether a diff changes what the one before left, with none missing in between."""
    return then.first_update_id <= first.final_update_id + 1 and then.final_update_id > first.final_update_id


def merged(first: DepthDiff, then: DepthDiff) -> DepthDiff:
    """Return one diff that does what two do of which the second follows the first."""
    return DepthDiff(
        market=then.market,
        symbol=then.symbol,
        first_update_id=first.first_update_id,
        final_update_id=then.final_update_id,
        previous_final_update_id=first.previous_final_update_id,
        bids=list((dict(first.bids) | dict(then.bids)).items()),
        asks=list((dict(first.asks) | dict(then.asks)).items()),
        event_time=then.event_time,
        source=then.source,
    )


def partial_book(book: Book, listing: Listing) -> Payload:
    """Return the best levels of a book."""
    return {
        "lastUpdateId": book.last_update_id,
        "bids": level_rows(book.bids, listing),
        "asks": level_rows(book.asks, listing),
    }


def book_ticker(book: Book, listing: Listing) -> Payload:
    """Return the best bid and ask; zeros for a side where there is none."""
    bid, bid_quantity, ask, ask_quantity = best(book, listing)
    return {
        "u": book.last_update_id,
        "s": book.symbol,
        "b": bid,
        "B": bid_quantity,
        "a": ask,
        "A": ask_quantity,
    }
