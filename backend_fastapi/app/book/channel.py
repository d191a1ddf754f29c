"""The channel of the order books: the best levels of a pair in a market, whenever they change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.stream.channel import Channel, SocketQuery
from app.stream.clients import Client
from app.stream.events import Event, Position, Subject
from app.stream.messages import Count, FromTopic
from app.stream.updates import Named, Snapshot, Update, counted_message, update_head
from candlestack_core.messages import Book, Market, decode_book
from candlestack_core.topics import ORDERBOOK

NAME = "orderbook"
HISTORY_RECORDS = 3_000
"""Half a minute of all books; one that has been silent for longer is in Redis."""

MarketParameter = Annotated[
    Market, Field(description="`spot`, or `usdm` for the USD-M perpetual futures of the same name")
]


class OrderBookSnapshot(FromTopic, frozen=True, kw_only=True):
    """The book of a pair in a market, best levels first; null before one was read.

    The first message of `/ws/orderbook`. Its levels hold only while its `state` is `synced`.
    """

    channel: Literal["orderbook"]
    type: Literal["snapshot"]
    market: Market
    data: Book | None


class OrderBookUpdate(FromTopic, frozen=True, kw_only=True):
    """The book as it is now, as a whole: it replaces the one before.

    `conflated` counts the books between `prev` and this one that this client was too slow for; a book never
    waits behind another.
    """

    channel: Literal["orderbook"]
    type: Literal["update"]
    market: Market
    conflated: Count
    data: Book


class BookNews(Update):
    """One state of a book."""

    nothing_missed: ClassVar[bytes] = b'"conflated":0,'

    def __init__(self, event: Event[Book], named: Named | None = None) -> None:
        """Take a record, and what else the message names besides the market."""
        super().__init__(event.seq)
        self.book = event.value
        self.event = event
        self._named = Named(market=self.book.market) if named is None else named

    @cached_property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        book = self.book
        return update_head(
            NAME, book.symbol, self.event, exchange_time=book.event_time, data=book, named=self._named
        )


class BookFeed:
    """The newest book of one pair in one market."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._newest: Event[Book] | None = None
        self._snapshot: Snapshot | None = None

    @property
    def book(self) -> Book | None:
        return None if self._newest is None else self._newest.value

    def take(self, events: Sequence[Event[Book]]) -> list[BookNews]:
        """Take the next records; return the newest, and before it the last in each other trust state."""
        self._newest = events[-1]
        self._snapshot = None
        last_in_state = [
            event for event, following in pairwise(events) if event.value.state != following.value.state
        ]
        return [BookNews(event) for event in (*last_in_state, events[-1])]

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        if self._snapshot is None:
            book = self.book
            self._snapshot = Snapshot(
                NAME,
                self._subject,
                self._newest,
                exchange_time=None if book is None else book.event_time,
                data=book,
                named=Named(market=self._subject.market),
            )
        return self._snapshot

    @property
    def newest(self) -> Event[Book] | None:
        """The record of the newest book."""
        return self._newest

    def since(self, position: Position) -> list[BookNews] | None:
        """Return nothing where a position is that of the newest book; None otherwise, as a book is a whole."""
        newest = self._newest
        known = newest is not None and newest.epoch == position.epoch and newest.seq == position.seq
        return [] if known else None


class BookClient(Client[BookNews]):
    """A client of a book: of what it does not read in time it is sent the newest, and told of the rest."""

    channel: ClassVar[str] = NAME
    _conflated = 0

    def _keep(self, update: BookNews) -> None:
        if self._updates:
            self._updates.clear()
            self._conflated += 1
        self._updates.append(update)

    def _forget_updates(self) -> None:
        super()._forget_updates()
        self._conflated = 0

    def _message(self, update: BookNews) -> bytes:
        conflated, self._conflated = self._conflated, 0
        return counted_message(update.head, self._prev, self._clock_ms(), b"conflated", conflated)


class BookSocketQuery(SocketQuery):
    """The query of `/ws/orderbook`."""

    market: MarketParameter = "spot"

    def subject(self) -> Subject:
        return Subject(self.symbol, self.market)


BOOKS: Channel[Book, BookFeed] = Channel(
    name=NAME,
    summary="The best 20 levels a side of a pair's book in a market, with its trust state.",
    topic=lambda _: ORDERBOOK,
    decode=decode_book,
    subject=lambda book: Subject(book.symbol, book.market),
    new_feed=BookFeed,
    new_client=BookClient,
    messages=(OrderBookSnapshot, OrderBookUpdate),
    history_records=HISTORY_RECORDS,
    required=False,
    query=BookSocketQuery,
)
