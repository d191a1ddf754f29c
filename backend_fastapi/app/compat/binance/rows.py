"""Candles, trades and levels as Binance writes them."""

from __future__ import annotations

from collections.abc import Iterable

from app.compat.binance.schemas import KlineRow, Level, TradeRow
from candlestack_core.messages import Candle, Listing, Trade
from candlestack_core.messages import Level as BookLevel


def padded(amount: str, decimals: int) -> str:
    """Return a canonical decimal with so many decimals, as far as it has no more of its own."""
    whole, _, fraction = amount.partition(".")
    fraction = fraction.ljust(decimals, "0")
    return f"{whole}.{fraction}" if fraction else whole


def kline_row(candle: Candle, listing: Listing) -> KlineRow:
    """Return a candle of a pair as a row."""
    base, quote = listing.base_precision, listing.quote_precision
    return (
        candle.open_time,
        padded(candle.open, quote),
        padded(candle.high, quote),
        padded(candle.low, quote),
        padded(candle.close, quote),
        padded(candle.volume, base),
        candle.close_time,
        padded(candle.quote_volume, quote),
        candle.trades,
        padded(candle.taker_buy_volume, base),
        padded(candle.taker_buy_quote_volume, quote),
        "0",
    )


def trade_row(trade: Trade, listing: Listing) -> TradeRow:
    """Return a trade of a pair as a row."""
    return TradeRow(
        id=trade.trade_id,
        price=padded(trade.price, listing.quote_precision),
        qty=padded(trade.quantity, listing.base_precision),
        quote_qty=padded(trade.quote_quantity, listing.quote_precision),
        time=trade.time,
        is_buyer_maker=trade.buyer_is_maker,
    )


def level_rows(levels: Iterable[BookLevel], listing: Listing) -> list[Level]:
    """Return the levels of a side of a book as rows."""
    base, quote = listing.base_precision, listing.quote_precision
    return [(padded(price, quote), padded(quantity, base)) for price, quantity in levels]
