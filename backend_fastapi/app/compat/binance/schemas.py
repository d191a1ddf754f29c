"""What Binance answers, in its own names; prices and amounts padded as the exchange pads them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import field

KlineRow = tuple[int, str, str, str, str, str, int, str, int, str, str, str]
"""Open time, open, high, low, close, volume, close time, quote volume, trades, taker buy base and quote volume,
and one that means nothing."""
Level = tuple[str, str]


class Nothing(msgspec.Struct, frozen=True):
    """The answer to a ping."""


class ServerTime(msgspec.Struct, frozen=True, rename="camel"):
    """The time here, in ms."""

    server_time: int


class RateLimit(msgspec.Struct, frozen=True, rename="camel"):
    """One limit on requests."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int


class ExchangeInfo(msgspec.Struct, frozen=True, rename="camel"):
    """The pairs, each as the exchange itself lists it, and the limits that hold here."""

    timezone: str
    server_time: int
    rate_limits: list[RateLimit]
    exchange_filters: list[Any]
    symbols: list[msgspec.Raw]


class Depth(msgspec.Struct, frozen=True, rename="camel"):
    """The best levels of a book, as prices with quantities."""

    last_update_id: int
    bids: list[Level]
    asks: list[Level]


class TradeRow(msgspec.Struct, frozen=True, rename="camel"):
    """One trade. The platform knows no others than best matches."""

    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool
    is_best_match: bool = True


class AggregateTrade(msgspec.Struct, frozen=True):
    """Neighbouring trades of one time, price and side.

    The exchange's own number of an aggregate is not known: `a` is the id of its first trade, as `f` is.
    """

    aggregate_id: int = field(name="a")
    price: str = field(name="p")
    quantity: str = field(name="q")
    first_id: int = field(name="f")
    last_id: int = field(name="l")
    time: int = field(name="T")
    buyer_is_maker: bool = field(name="m")
    best_match: bool = field(name="M", default=True)


class MiniTicker(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a while brought to a pair, as 24 hours. The id of the first trade is not known, and -1."""

    symbol: str
    open_price: str
    high_price: str
    low_price: str
    last_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


class WindowTicker(MiniTicker, frozen=True, kw_only=True, rename="camel"):
    """The same in full."""

    price_change: str
    price_change_percent: str
    weighted_avg_price: str


class DayTicker(WindowTicker, frozen=True, kw_only=True, rename="camel"):
    """The same of 24 hours, with the best prices now; zero where the book may not be believed."""

    prev_close_price: str
    last_qty: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str


class AveragePrice(msgspec.Struct, frozen=True, rename="camel"):
    """The average price of the last minutes by volume, and when the newest trade was, in ms."""

    mins: int
    price: str
    close_time: int


class PriceTicker(msgspec.Struct, frozen=True):
    """The last price of a pair."""

    symbol: str
    price: str


class BookTicker(msgspec.Struct, frozen=True, rename="camel"):
    """The best bid and ask of a pair."""

    symbol: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str
