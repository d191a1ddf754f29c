"""Records as the ledger reads them, minute by minute after `records.START`."""

from __future__ import annotations

import msgspec

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Record
from candlestack_core.messages import Book, BookState, Candle, DepthDiff, Market, Trade, encode
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT, backfill_source
from candlestack_core.topics import KLINE_1M, ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from records import START, candle, trade

SOURCE = "simulator"
BACKFILLED = backfill_source(SOURCE)
TOPICS = {Candle: KLINE_1M, Trade: TRADES, DepthDiff: ORDERBOOK_UPDATE, Book: ORDERBOOK}


def a_candle(minute: int, symbol: str, *, by_rest: bool = False) -> Candle:
    made = candle(minute, 1, symbol=symbol)
    return msgspec.structs.replace(made, source=BACKFILLED) if by_rest else made


def a_trade(trade_id: int, minute: int, symbol: str, *, by_rest: bool = False, source: str = SOURCE) -> Trade:
    return msgspec.structs.replace(
        trade(trade_id, symbol),
        time=START + minute * MINUTE_MS,
        source=backfill_source(source) if by_rest else source,
    )


def a_diff(
    first: int, final: int, minute: int, symbol: str, *, market: Market = "spot", previous: int | None = None
) -> DepthDiff:
    return DepthDiff(
        market=market,
        symbol=symbol,
        first_update_id=first,
        final_update_id=final,
        previous_final_update_id=previous,
        bids=[("1", "2")],
        asks=[],
        event_time=START + minute * MINUTE_MS,
        source=SOURCE,
    )


def a_book(update_id: int, symbol: str, *, market: Market = "spot", state: BookState = "synced") -> Book:
    return Book(
        market=market,
        symbol=symbol,
        bids=[("1", "2")],
        asks=[("2", "1")],
        last_update_id=update_id,
        state=state,
        checksum=1,
        event_time=START,
        source=SOURCE,
    )


def record_of(message: Candle | Trade | DepthDiff | Book, at: int = 0, arrived: int = 0) -> Record:
    """Return a record that was received and sent `at` ms after START, and arrived at the broker so long after it."""
    stamp = str(START + at).encode()
    return Record(
        topic=TOPICS[type(message)],
        partition=0,
        offset=0,
        timestamp=START + arrived,
        key=message.symbol.encode(),
        value=encode(message),
        headers=((HEADER_RECEIVED, stamp), (HEADER_SENT, stamp)),
    )
