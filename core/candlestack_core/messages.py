"""The value of every topic: one message type each, and the only definition of its fields.

Times are epoch milliseconds; prices and amounts canonical decimals as strings (`decimals.Amount`), and where
others already read a topic JSON numbers with the same digits. Decoding validates: a value that does not fit
raises `msgspec.ValidationError` or `msgspec.DecodeError`.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from itertools import chain
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from candlestack_core.decimals import (
    MAX_DECIMALS,
    Amount,
    NotCanonicalError,
    Signed,
    are_amounts,
    canonical_decimal,
)

Symbol = Annotated[str, Meta(min_length=2, max_length=40)]
TimeMs = Annotated[int, Meta(ge=0, lt=2**53)]
Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Market = Literal["spot", "usdm"]
Completeness = Literal["complete", "backfilled", "partial"]
Source = Annotated[str, Meta(pattern=r"^(backfill:)?(binance|simulator|replay)$(?!\n)")]


class Candle(msgspec.Struct, frozen=True, kw_only=True):
    """A candle over `[open_time, open_time + interval)`.

    `volume` and `taker_buy_volume` are base amounts, `quote_volume` and `taker_buy_quote_volume` quote ones.
    `version` orders two accounts of one candle: the event time of a stream's, the server's time of a REST
    answer's, in ms.
    """

    symbol: Symbol
    interval: Literal["1m", "5m", "1h", "4h", "1d"]
    open_time: TimeMs
    close_time: TimeMs
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: Amount
    quote_volume: Amount
    trades: Id
    taker_buy_volume: Amount
    taker_buy_quote_volume: Amount
    closed: bool
    version: TimeMs
    source: Source
    completeness: Completeness


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One trade; `quantity` in base, `quote_quantity` in quote currency."""

    symbol: Symbol
    trade_id: Id
    price: Amount
    quantity: Amount
    quote_quantity: Amount
    time: TimeMs
    buyer_is_maker: bool
    source: Source


Level = tuple[Amount, Amount]
"""A price and the absolute quantity there, in base currency; in a diff the quantity 0 removes the level."""


class DepthDiff(msgspec.Struct, frozen=True, kw_only=True):
    """One depth diff as the exchange sent it; `previous_final_update_id` only where the market has it (usdm)."""

    market: Market
    symbol: Symbol
    first_update_id: Id
    final_update_id: Id
    previous_final_update_id: Id | None
    bids: list[Level]
    asks: list[Level]
    event_time: TimeMs
    source: Source


BookState = Literal["synced", "resyncing", "stale", "starved"]
"""Whether a book may be believed: only while `synced`.

`resyncing`: its sequence broke or has not begun. `stale`: nothing has come for a while, for no book of its
market. `starved`: nothing has come for it, while other books of its market are spoken of.
"""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an order book, best levels first.

    `last_update_id` is the id of the last diff in it, `event_time` that diff's; both are 0 before the first.
    `checksum` is the CRC32 of the best 10 levels a side (`books.checksum` of the ingest package).
    """

    market: Market
    symbol: Symbol
    bids: list[Level]
    asks: list[Level]
    last_update_id: Id
    state: BookState
    checksum: Annotated[int, Meta(ge=0, lt=2**32)]
    event_time: TimeMs
    source: Source


class KnownBook(Book, frozen=True, kw_only=True):
    """A book with every level that is known to be true, as Redis holds it.

    `bid_limit` and `ask_limit` are its depth limit: between these two prices, both included, each level of the
    exchange's book is here; beyond them nothing is known. None: nothing lies beyond, the whole side is here.
    """

    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]
    """Amounts as in any book, but judged together: one by one it takes milliseconds."""
    bid_limit: Amount | None
    ask_limit: Amount | None


class LiveBook(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the hash of live books: symbol, best 10 bids and asks, update id, trust state, event time."""

    s: Symbol
    b: list[Level]
    a: list[Level]
    u: Id
    state: BookState
    t: TimeMs


class MarketData(msgspec.Struct, frozen=True, kw_only=True):
    """Open, high, low, close and volume (base) of the candle that opened at `timestamp`, forming or closed.

    The names are those that readers of the topic expect. Prices and volume are JSON numbers with their exact
    digits, never floats.
    """

    symbol: Symbol
    timestamp: TimeMs
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    source: Source

    def __post_init__(self) -> None:
        for name in ("open", "high", "low", "close", "volume"):
            try:
                canonical_decimal(getattr(self, name))
            except NotCanonicalError as error:
                raise ValueError(f"{error} - at `$.{name}`") from None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of spot as the exchange lists it.

    Its prices are multiples of `tick_size`, its base amounts of `step_size`; the exchange itself writes them
    with `quote_precision` and `base_precision` decimals. `entry` is the whole entry of the exchange's own list,
    as it came at `time`.
    """

    symbol: Symbol
    status: str
    base_asset: str
    quote_asset: str
    base_precision: Annotated[int, Meta(ge=0, le=MAX_DECIMALS)]
    quote_precision: Annotated[int, Meta(ge=0, le=MAX_DECIMALS)]
    tick_size: Amount
    step_size: Amount
    entry: msgspec.Raw
    time: TimeMs
    source: Source


class RankedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair in a ranking: its last price, and what its day brought.

    `rank` counts from 1. `change_percent` is the change of the price over the day in percent, `volume` a base
    amount, `quote_volume` a quote one. `market_cap` is the price times the circulating supply, in quote
    currency; null where the supply is not known.
    """

    rank: Annotated[int, Meta(ge=1)]
    symbol: Symbol
    price: Amount
    change_percent: Signed
    volume: Amount
    quote_volume: Amount
    market_cap: Amount | None


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs ordered by what a day brought: the 1,440 minutes up to the newest closed one.

    `time` is the open time of that minute in ms; `rows` are ascending by rank. `supply_time` is of when the
    circulating supplies are that the market caps rest on, in ms; null where none is known.
    """

    time: TimeMs
    source: Source
    rows: list[RankedPair]
    supply_time: TimeMs | None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be understood: the original bytes in base64, where they came from, and why.

    `origin` is `stream:<address or stream>`, `rest:<path>` or `topic:<topic>/<partition>@<offset>`.
    """

    origin: str
    reason: str
    payload: str
    size: int
    time: TimeMs

    @classmethod
    def of(cls, payload: bytes, *, origin: str, reason: str, time: int) -> DeadLetter:
        """Wrap bytes, cut off where a record of the topic could not hold them (`size` tells the whole)."""
        kept = payload[:MAX_DEAD_LETTER_BYTES]
        return cls(
            origin=origin[:500],
            reason=reason[:1000],
            payload=base64.b64encode(kept).decode(),
            size=len(payload),
            time=time,
        )

    def original(self) -> bytes:
        """Return the bytes that were kept."""
        return base64.b64decode(self.payload)


MAX_DEAD_LETTER_BYTES = 512 * 1024

encode = msgspec.json.Encoder(decimal_format="number").encode
"""Write any message as JSON bytes."""

decode_candle = msgspec.json.Decoder(Candle).decode
decode_trade = msgspec.json.Decoder(Trade).decode
decode_depth_diff = msgspec.json.Decoder(DepthDiff).decode
decode_book = msgspec.json.Decoder(Book).decode
decode_live_book = msgspec.json.Decoder(LiveBook).decode
decode_market_data = msgspec.json.Decoder(MarketData).decode
decode_listing = msgspec.json.Decoder(Listing).decode
decode_ranking = msgspec.json.Decoder(Ranking).decode
decode_dead_letter = msgspec.json.Decoder(DeadLetter).decode
_decode_known_book = msgspec.json.Decoder(KnownBook).decode


def decode_known_book(data: bytes | str) -> KnownBook:
    """Return a book.

    Raises:
        msgspec.DecodeError: it is none, or one of its levels is not canonical.
    """
    book = _decode_known_book(data)
    if not are_amounts([amount for level in chain(book.bids, book.asks) for amount in level]):
        raise msgspec.ValidationError("a price or quantity of a level is not canonical")
    return book
