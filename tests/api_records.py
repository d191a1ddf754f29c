"""Made-up records, as the topics and the stores behind the API have them."""

from __future__ import annotations

from typing import Any

import msgspec

from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Book, Candle, KnownBook, Market, Trade

NOON = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC."""


def candle(symbol: str, minute: int, *, closed: bool = True, close: str = "100.5", **fields: Any) -> Candle:
    """Return a 1m candle, `minute` minutes after noon; its version is the end of the minute, or its half."""
    open_time = NOON + minute * MINUTE_MS
    made: dict[str, Any] = {
        "symbol": symbol,
        "interval": "1m",
        "open_time": open_time,
        "close_time": open_time + MINUTE_MS - 1,
        "open": "100",
        "high": "101",
        "low": "99.25",
        "close": close,
        "volume": "2.125",
        "quote_volume": "213.5625",
        "trades": 7,
        "taker_buy_volume": "1",
        "taker_buy_quote_volume": "100.5",
        "closed": closed,
        "version": open_time + (MINUTE_MS if closed else MINUTE_MS // 2),
        "source": "simulator",
        "completeness": "complete",
    }
    return Candle(**made | fields)


def trade(symbol: str, trade_id: int, **fields: Any) -> Trade:
    """Return a trade, `trade_id` seconds after noon."""
    made: dict[str, Any] = {
        "symbol": symbol,
        "trade_id": trade_id,
        "price": "100.5",
        "quantity": "0.125",
        "quote_quantity": "12.5625",
        "time": NOON + trade_id * 1000,
        "buyer_is_maker": trade_id % 2 == 0,
        "source": "simulator",
    }
    return Trade(**made | fields)


def book(symbol: str, update_id: int, *, market: Market = "spot", levels: int = 20, **fields: Any) -> Book:
    """Return a book of some levels a side around 100, whose best bid quantity is the update id."""
    bids = [(canonical(f"{100 - number / 100:.2f}"), str(number)) for number in range(1, levels + 1)]
    asks = [(canonical(f"{100 + number / 100:.2f}"), str(number)) for number in range(1, levels + 1)]
    made: dict[str, Any] = {
        "market": market,
        "symbol": symbol,
        "bids": [(price, str(update_id)) if price == "99.99" else (price, size) for price, size in bids],
        "asks": asks,
        "last_update_id": update_id,
        "state": "synced",
        "checksum": 1_234,
        "event_time": NOON + update_id,
        "source": "simulator",
    }
    return Book(**made | fields)


def known_book(symbol: str, update_id: int, *, levels: int = 1000, **fields: Any) -> KnownBook:
    """Return a book as Redis holds it, with its depth limit at the last level of each side."""
    best = book(symbol, update_id, levels=levels, **fields)
    return KnownBook(**msgspec.structs.asdict(best), bid_limit=best.bids[-1][0], ask_limit=best.asks[-1][0])
