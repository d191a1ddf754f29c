"""Order books: Redis has every known level, four times a second; the hub has the best of each that is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from app.book.channel import BOOKS
from app.book.schemas import OrderBook
from app.problems import NoDataError, UnavailableError
from app.stores.coalesced import Coalesced
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from app.stream.events import Subject
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from candlestack_core.decimals import Amount
from candlestack_core.messages import Book, BookState, KnownBook, Level, Market
from candlestack_core.names import SOURCE_REPLAY

PUBLISHED_LEVELS = 20
"""A side, in a record of the topic."""
GRACE_MS = 5_000
"""Added to the silence after which the builder itself calls a book silent: two clocks, and the way of a diff."""


class BookService:
    """Answers the order-book route."""

    def __init__(
        self,
        symbols: SymbolService,
        hub: Hub,
        realtime: RealtimeStore,
        silent_after_ms: int,
        clock_ms: Callable[[], int],
    ) -> None:
        """Take after how many ms without a diff the builder says that a book is silent."""
        self._symbols = symbols
        self._hub = hub
        self._realtime = realtime
        self._believed_ms = silent_after_ms + GRACE_MS
        self._clock_ms = clock_ms
        self._reads: dict[Subject, Coalesced[KnownBook | None]] = {}

    async def newest(self, symbol: str, market: Market, depth: int) -> OrderBook:
        """Return the best `depth` levels a side of a pair's book.

        Raises:
            ApiError: the pair is unknown, or not in that market; it has no book yet; or what would tell is away.
        """
        await self._symbols.require(symbol, market)
        away: dict[str, str] = {}
        subject = Subject(symbol, market)
        published = self._hub.feed(BOOKS, subject).book
        if published is not None and depth <= PUBLISHED_LEVELS and self._hub.live:
            return self._answer(_as_far_as_published(published), depth)
        book = await or_away(self._stored(subject), away)
        if book is None and published is not None:
            book = _as_far_as_published(published)
        if book is not None:
            return self._answer(book, depth)
        if away:
            raise UnavailableError(away)
        raise NoDataError(f"no {market} book of {symbol} has been seen yet")

    async def _stored(self, subject: Subject) -> KnownBook | None:
        """Return the book of a known pair as Redis has it."""
        read = self._reads.get(subject)
        if read is None:
            read = self._reads[subject] = Coalesced(
                partial(self._realtime.book, subject.market, subject.symbol)
            )
        return await read.ask()

    def _answer(self, book: KnownBook, depth: int) -> OrderBook:
        state, age = self.judge(book)
        return OrderBook(
            market=book.market,
            symbol=book.symbol,
            bids=book.bids[:depth],
            asks=book.asks[:depth],
            state=state,
            last_update_id=book.last_update_id,
            checksum=book.checksum,
            event_time=book.event_time,
            age=age,
            bid_limit=book.bid_limit,
            ask_limit=book.ask_limit,
            source=book.source,
        )

    def judge(self, book: Book) -> tuple[BookState, int | None]:
        """Return the trust state of a book as it is now, and its age in ms where that can be told."""
        age = self._age(book)
        # The builder judges silence; where it is itself the one that is silent, the reader must.
        silent = book.state == "synced" and age is not None and age > self._believed_ms
        return "stale" if silent else book.state, age

    def _age(self, book: Book) -> int | None:
        if book.event_time == 0 or book.source == SOURCE_REPLAY:
            return None
        # The exchange's clock may be ahead.
        return max(0, self._clock_ms() - book.event_time)


def _as_far_as_published(book: Book) -> KnownBook:
    """Take the last of the published levels for the depth limit: nothing is told of what lies beyond."""
    return KnownBook(
        **msgspec.structs.asdict(book), bid_limit=_last_price(book.bids), ask_limit=_last_price(book.asks)
    )


def _last_price(levels: Sequence[Level]) -> Amount | None:
    return levels[-1][0] if levels else None
