"""What readers are given of a tracked book, each as the message of its place."""

from __future__ import annotations

from typing import Final

from candlestack_core.messages import Book, KnownBook, LiveBook
from candlestack_ingest.books.tracked import TrackedBook

PUBLISHED_LEVELS: Final = 20
LIVE_LEVELS: Final = 10


def published(tracked: TrackedBook) -> Book:
    """Return the best 20 levels a side, for Kafka; without levels before the first snapshot."""
    book = tracked.book
    bids, asks = book.best(PUBLISHED_LEVELS) if book is not None else ([], [])
    return Book(
        market=tracked.market,
        symbol=tracked.symbol,
        bids=bids,
        asks=asks,
        last_update_id=book.last_update_id if book is not None else 0,
        state=tracked.state,
        checksum=book.checksum() if book is not None else 0,
        event_time=book.event_time if book is not None else 0,
        source=tracked.source,
    )


def known(tracked: TrackedBook) -> KnownBook:
    """Return every level known to be true, for Redis; without levels before the first snapshot."""
    book = tracked.book
    # Reading the levels may prune them, so the limits are read after.
    return KnownBook(
        market=tracked.market,
        symbol=tracked.symbol,
        bids=book.bids.known() if book is not None else [],
        asks=book.asks.known() if book is not None else [],
        last_update_id=book.last_update_id if book is not None else 0,
        state=tracked.state,
        checksum=book.checksum() if book is not None else 0,
        event_time=book.event_time if book is not None else 0,
        source=tracked.source,
        bid_limit=book.bids.limit if book is not None else None,
        ask_limit=book.asks.limit if book is not None else None,
    )


def live(book: KnownBook) -> LiveBook:
    """Return the best 10 levels a side, for the hash of live books."""
    return LiveBook(
        s=book.symbol,
        b=book.bids[:LIVE_LEVELS],
        a=book.asks[:LIVE_LEVELS],
        u=book.last_update_id,
        state=book.state,
        t=book.event_time,
    )
