"""The streams that somebody listens to: what a feed tells, made into Binance's events once for all."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from app.book.channel import BookNews
from app.book.diffs import DiffNews
from app.candles.channel import KlineNews
from app.compat.streams import events
from app.compat.streams.clients import StreamNews
from app.compat.streams.events import Payload
from app.stream.clients import Listener
from app.stream.events import Position
from app.stream.subscription import Source
from app.stream.views import Shared
from app.trades.channel import TradesNews
from candlestack_core.messages import Book, DepthDiff, Listing


class StreamView(Shared):
    """One stream; its clients hear of what happens from now on, and of nothing before."""

    channel_name = "binance"

    def __init__(self, name: str, source: Source, listing: Listing) -> None:
        super().__init__()
        self._name = name
        self._source = source
        self._listing = listing

    def open(self) -> None:
        self._source.join(self, None)

    def close(self) -> None:
        self._source.leave(self)

    def begin(self, state: object, since: Position | None = None) -> None:
        """Tell nothing: the exchange begins its streams with the next event."""

    def send_updates(self, updates: Sequence[Any]) -> int:
        """Take what happened, and tell it."""
        return self._tell([self._news(payload) for update in updates for payload in self._events(update)])

    @abstractmethod
    def _events(self, update: Any) -> Iterator[Payload]:
        """Yield the events that an update is."""

    def _news(self, payload: Payload) -> StreamNews:
        return StreamNews(self._name, payload)

    def _welcome(self, client: Listener, since: Position | None) -> None:
        """Nothing: the next event is the first."""


class TradeStream(StreamView):
    """`trade`: every trade."""

    def _events(self, update: TradesNews) -> Iterator[Payload]:
        for event in update.events:
            yield events.trade_event(event.value, self._listing)


class KlineStream(StreamView):
    """`kline_<interval>`: every change of the forming candle, and the closed one."""

    def _events(self, update: KlineNews) -> Iterator[Payload]:
        yield events.kline_event(update.candle, update.event.value.version, self._listing)


class PartialBookStream(StreamView):
    """`depth<levels>`: the best levels, while they may be believed: here there is no place to say they may not."""

    def _events(self, update: BookNews) -> Iterator[Payload]:
        if update.book.state == "synced":
            yield events.partial_book(update.book, self._listing)


class BookTickerStream(StreamView):
    """`bookTicker`: the best bid and ask whenever they change, while they may be believed."""

    _told: Book | None = None

    def _events(self, update: BookNews) -> Iterator[Payload]:
        book, told = update.book, self._told
        if book.state != "synced":
            return
        if told is None or (told.bids, told.asks) != (book.bids, book.asks):
            self._told = book
            yield events.book_ticker(book, self._listing)


class DiffStream(StreamView):
    """`depth@100ms`: the diffs as the exchange sent them."""

    def _events(self, update: DiffNews) -> Iterator[Payload]:
        yield events.diff_event(update.event.value, self._listing)


class SlowDiffStream(StreamView):
    """`depth`: the diffs of each second as one."""

    _every_s = 1.0
    _merged: DepthDiff | None = None
    _due: asyncio.TimerHandle | None = None

    def close(self) -> None:
        super().close()
        if self._due is not None:
            self._due.cancel()

    def _events(self, update: DiffNews) -> Iterator[Payload]:
        self._merged = events.merged(self._merged, update.event.value)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(self._every_s, self._when_due)
        yield from ()

    def _when_due(self) -> None:
        self._due = None
        if self._merged is not None:
            diff, self._merged = self._merged, None
            self._tell_now([self._news(events.diff_event(diff, self._listing))])
