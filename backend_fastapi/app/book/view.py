"""A book at the depth and the pace that a client chose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal, cast

import msgspec

from app.book.channel import BOOKS, NAME, BookFeed, BookNews
from app.stream.channel import Feed
from app.stream.events import Event, Position, Subject
from app.stream.hub import Hub
from app.stream.messages import Count, FromTopic
from app.stream.updates import Named, Snapshot
from app.stream.views import View
from candlestack_core.messages import Book, Market

Depth = Literal[1, 5, 10, 20]
Pace = Literal[100, 250, 500, 1000, 5000]
AS_PUBLISHED: Pace = 100


class BookViewSnapshot(FromTopic, frozen=True, kw_only=True):
    """The best levels of a book; null before one was read. Its levels hold only while its `state` is `synced`.

    Its `checksum` is of the best 10 levels a side, whatever the depth.
    """

    channel: Literal["orderbook"]
    type: Literal["snapshot"]
    market: Market
    depth: Depth
    every_ms: Pace
    data: Book | None


class BookViewUpdate(FromTopic, frozen=True, kw_only=True):
    """The best levels as they are now: they replace those before.

    At most one in `every_ms`, but for a change of trust, which is told at once. `conflated` counts the updates
    that this client was too slow for.
    """

    channel: Literal["orderbook"]
    type: Literal["update"]
    market: Market
    depth: Depth
    every_ms: Pace
    conflated: Count
    data: Book


class BookView(View):
    """The best levels of a book, at most once in a while."""

    def __init__(self, hub: Hub, subject: Subject, depth: Depth, every_ms: Pace) -> None:
        super().__init__(hub, BOOKS, subject)
        self._depth = depth
        self._every_s = 0.0 if every_ms == AS_PUBLISHED else every_ms / 1000
        self._named = Named(market=subject.market, depth=depth, every_ms=every_ms)
        self._newest: Event[Book] | None = None
        self._told: Event[Book] | None = None
        """What the clients were told last; what is newer waits for its time."""
        self._due: asyncio.TimerHandle | None = None

    def begin(self, state: Feed[Any], since: Position | None = None) -> None:  # noqa: ARG002 - begins anew
        newest = cast(BookFeed, state).newest
        self._newest = self._told = None if newest is None else self._cut(newest)
        self._wait_no_more()
        self._tell_anew()

    def send_updates(self, updates: Sequence[BookNews]) -> int:
        news = []
        for update in updates:
            self._newest = self._cut(update.event)
            trust_changed = self._told is None or self._told.value.state != self._newest.value.state
            if trust_changed or self._due is None:
                news.append(self._take_newest(self._newest))
        if news and self._every_s:
            self._wait()
        return self._tell(news) if news else 0

    def snapshot(self) -> Snapshot:
        newest = self._told
        book = None if newest is None else newest.value
        time = None if book is None else book.event_time
        return Snapshot(NAME, self.subject, newest, exchange_time=time, data=book, named=self._named)

    def since(self, position: Position) -> list[BookNews] | None:
        told = self._told
        return [] if told is not None and (told.epoch, told.seq) == (position.epoch, position.seq) else None

    def close(self) -> None:
        super().close()
        self._wait_no_more()

    def _wait_no_more(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _cut(self, event: Event[Book]) -> Event[Book]:
        book = event.value
        bids, asks = book.bids[: self._depth], book.asks[: self._depth]
        return Event(
            event.epoch, event.seq, event.arrival_time, msgspec.structs.replace(book, bids=bids, asks=asks)
        )

    def _take_newest(self, newest: Event[Book]) -> BookNews:
        self._told = newest
        return BookNews(newest, self._named)

    def _wait(self) -> None:
        self._wait_no_more()
        self._due = asyncio.get_running_loop().call_later(self._every_s, self._when_due)

    def _when_due(self) -> None:
        self._due = None
        if self._newest is not None and self._newest is not self._told:
            self._wait()
            self._tell_now([self._take_newest(self._newest)])
