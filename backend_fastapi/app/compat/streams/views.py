"""The streams that somebody listens to: what a feed tells, made into Binance's events once for all."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast

from app.book.channel import BookNews
from app.book.diffs import DiffNews
from app.candles.channel import KlineNews
from app.compat.binance.aggregates import SETTLED_AFTER_MS, Aggregate, Aggregator
from app.compat.streams import events
from app.compat.streams.clients import StreamClient, StreamNews
from app.compat.streams.events import Payload
from app.stream.clients import Listener
from app.stream.events import Position
from app.stream.messages import CloseCode
from app.stream.subscription import Source
from app.stream.views import Shared
from app.trades.channel import TradeFeed, TradesNews
from candlestack_core.messages import Book, DepthDiff, Listing


class StreamView(Shared):
    """One stream; its clients hear of what happens from now on, and of nothing before."""

    channel_name = "binance"
    unbroken: ClassVar[bool] = False
    """Whether a client takes each event for the one after the last, and none tells that one was missed."""

    def __init__(self, name: str, source: Source, listing: Listing) -> None:
        super().__init__()
        self._name = name
        self._source = source
        self._listing = listing
        self._telling = False

    def open(self) -> None:
        self._source.join(self, None)

    def close(self) -> None:
        self._source.leave(self)

    def begin(self, state: object, since: Position | None = None) -> None:  # noqa: ARG002 - tells no state
        """Tell nothing: the exchange begins its streams with the next event.

        Where it begins anew, what happened meanwhile is not told one by one; so who was told of all before is sent
        away, and comes back as after any end of a connection.
        """
        if self.unbroken and self._telling:
            for client in list(self._clients):
                cast(StreamClient, client).end(CloseCode.RESTARTING, "events may be missing; connect again")

    def send_updates(self, updates: Sequence[Any]) -> int:
        """Take what happened, and tell it."""
        self._telling = True
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

    unbroken = True

    def _events(self, update: TradesNews) -> Iterator[Payload]:
        for event in update.events:
            yield events.trade_event(event.value, self._listing)


class AggregateTradeStream(StreamView):
    """`aggTrade`: neighbouring trades of one time, price and side, once no further one is expected."""

    unbroken = True
    _due: asyncio.TimerHandle | None = None

    def begin(self, state: object, since: Position | None = None) -> None:
        super().begin(state, since)
        self._aggregator = Aggregator()
        # From before: an aggregate is told where one of its trades is new.
        known = cast(TradeFeed, state).trades()
        self._heard = known[-1].trade_id if known else -1
        for trade in known:
            self._aggregator.take(trade)

    def close(self) -> None:
        super().close()
        if self._due is not None:
            self._due.cancel()

    def _events(self, update: TradesNews) -> Iterator[Payload]:
        for event in update.events:
            yield from self._event(self._aggregator.take(event.value))
        if self._due is not None:
            self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(SETTLED_AFTER_MS / 1000, self._when_settled)

    def _event(self, aggregate: Aggregate | None) -> Iterator[Payload]:
        if aggregate is not None and aggregate[-1].trade_id > self._heard:
            yield events.aggregate_event(aggregate, self._listing)

    def _when_settled(self) -> None:
        self._due = None
        self._tell_now([self._news(payload) for payload in self._event(self._aggregator.end())])


class KlineStream(StreamView):
    """`kline_<interval>`: every change of the forming candle, and the closed one."""

    unbroken = True

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
    """`depth`: the diffs of each second, or of `every_s`, as one."""

    def __init__(self, name: str, source: Source, listing: Listing, every_s: float = 1.0) -> None:
        super().__init__(name, source, listing)
        self._every_s = every_s
        self._merged: DepthDiff | None = None
        self._due: asyncio.TimerHandle | None = None

    def close(self) -> None:
        super().close()
        if self._due is not None:
            self._due.cancel()

    def _events(self, update: DiffNews) -> Iterator[Payload]:
        diff, merged = update.event.value, self._merged
        if merged is None or events.follows(merged, diff):
            self._merged = diff if merged is None else events.merged(merged, diff)
        elif diff.first_update_id > merged.final_update_id:
            # As one they would hide from a client's book that there is a diff between them.
            yield events.diff_event(merged, self._listing)
            self._merged = diff
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(self._every_s, self._when_due)

    def _when_due(self) -> None:
        self._due = None
        if self._merged is not None:
            diff, self._merged = self._merged, None
            self._tell_now([self._news(events.diff_event(diff, self._listing))])
