"""What the order-book route takes and answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from app.book.channel import MarketParameter
from app.symbols.schemas import SymbolParameter
from candlestack_core.decimals import Amount
from candlestack_core.messages import BookState, Id, Level, Market, Source, Symbol, TimeMs

DEPTH_DEFAULT = 100
DEPTH_LARGEST = 1000
"""What the builder keeps at most."""


class OrderBook(msgspec.Struct, frozen=True, kw_only=True):
    """The best levels of a book, and whether it may be believed: only while `state` is `synced`.

    `bid_limit` and `ask_limit` are the depth limit: between these two prices, both included, every level of
    the exchange's book is known, and beyond them nothing is; null where nothing lies beyond. `age` is the time
    in ms since the exchange sent the last diff in the book; null before the first, and in a replayed
    recording, whose times lie in the past. A book whose builder has fallen silent is `stale`. `checksum` is
    the CRC32 over the best 10 levels a side.
    """

    market: Market
    symbol: Symbol
    bids: list[Level]
    asks: list[Level]
    state: BookState
    last_update_id: Id
    checksum: int
    event_time: TimeMs
    age: int | None
    bid_limit: Amount | None
    ask_limit: Amount | None
    source: Source


class OrderBookQuery(BaseModel):
    """The query of `/orderbook`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter
    market: MarketParameter = "spot"
    depth: Annotated[
        int, Field(ge=1, le=DEPTH_LARGEST, description="The best so many levels of each side")
    ] = DEPTH_DEFAULT
