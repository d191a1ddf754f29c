"""What 24 hours brought to a pair, as it goes on: looked at once a second for as long as anybody listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, cast

import msgspec

from app.book.channel import BOOKS
from app.book.schemas import OrderBook
from app.candles.channel import CANDLES, CandleFeed, KlineNews
from app.candles.span import Span
from app.compat.binance.day import DAY_MINUTES, RollingDay
from app.compat.binance.schemas import DayTicker
from app.compat.binance.service import SYNCED
from app.compat.binance.tickers import day_ticker
from app.compat.streams import events
from app.compat.streams.clients import StreamNews
from app.compat.streams.events import Payload
from app.compat.streams.views import StreamView
from app.problems import ApiError
from app.services import Services
from app.stream.clients import Listener
from app.stream.events import Position, Subject
from app.stream.repeated import repeat
from app.stream.subscription import Source
from app.stream.views import Shared
from app.trades.channel import TRADES
from candlestack_core.intervals import Interval
from candlestack_core.messages import Book, Listing, Trade

EVERY_S = 1.0

OpenStream = Callable[[Services, str], Awaitable[Source | None]]


class TickerNews(NamedTuple):
    """A ticker that is not the one before; `event_time` in ms is that of the newest of what it was made of."""

    ticker: DayTicker
    event_time: int


class PairTicker(Shared):
    """The ticker of one pair, made of what the topics tell: looked at each second.

    It is that of REST, but that REST adds up rolled-up hours: after a minute was restated the two may differ until
    the roll-up has followed.
    """

    channel_name = "binance"

    def __init__(self, services: Services, listing: Listing) -> None:
        super().__init__()
        self._services = services
        self._listing = listing
        self._subject = Subject(listing.symbol)
        self._day = RollingDay()
        self._day_read = False
        self._told: TickerNews | None = None
        self._looking: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._services.hub.join(CANDLES, self._subject, self)
        name = f"ticker of {self._subject.symbol}"
        self._looking = asyncio.create_task(repeat(name, self._look, EVERY_S))

    def close(self) -> None:
        self._services.hub.leave(CANDLES, self._subject, self)
        if self._looking is not None:
            self._looking.cancel()

    def begin(self, state: object, since: Position | None = None) -> None:  # noqa: ARG002 - begins anew
        """Take the newest minutes; the others are read before the next look."""
        self._day_read = False
        for event in cast(CandleFeed, state).events():
            self._day.take(event.value)

    def send_updates(self, updates: Sequence[KlineNews]) -> int:
        """Take minutes as they come."""
        for update in updates:
            self._day.take(update.event.value)
        return 0

    def _welcome(self, client: Listener, since: Position | None) -> None:  # noqa: ARG002 - has no past
        if self._told is not None:
            client.send_updates([self._told])

    async def _look(self) -> None:
        if not self._day_read:
            await self._read_day()
        trades, book = await self._newest_trades(), await self._believed_book()
        day = self._day.day()
        if day is None:
            return
        ticker = day_ticker(day, trades, book, self._listing)
        if self._told is None or ticker != self._told.ticker:
            times = [day.close_time, *(trade.time for trade in trades)]
            event_time = max([*times, book.event_time] if book is not None else times)
            self._told = TickerNews(ticker, event_time)
            self._tell_now([self._told])

    async def _read_day(self) -> None:
        self._day_read = True
        try:
            minutes = await self._services.candles.candles(
                self._subject.symbol, Interval.M1, Span(None, None, DAY_MINUTES + 1)
            )
        except BaseException:
            self._day_read = False
            raise
        for minute in minutes:
            self._day.take(minute)

    async def _newest_trades(self) -> Sequence[Trade]:
        """Return the newest trade, or nothing."""
        known = self._services.hub.feed(TRADES, self._subject).trades(1)
        return known or await self._services.binance.newest_trade(self._subject.symbol)

    async def _believed_book(self) -> Book | OrderBook | None:
        published = self._services.hub.feed(BOOKS, self._subject).book
        if published is None:
            return await self._services.binance.believed_book(self._subject.symbol)
        return published if self._services.books.judge(published)[0] == SYNCED else None


class _Newest(StreamView):
    """A stream of a state: its clients begin with the newest."""

    _newest: StreamNews | None = None

    def _news(self, payload: Payload) -> StreamNews:
        self._newest = super()._news(payload)
        return self._newest

    def _welcome(self, client: Listener, since: Position | None) -> None:  # noqa: ARG002 - has no past
        if self._newest is not None:
            client.send_updates([self._newest])


class TickerStream(_Newest):
    """`ticker`: all of it, at most once a second."""

    def _events(self, update: TickerNews) -> Iterator[Payload]:
        yield events.ticker_event(update.ticker, update.event_time)


class MiniTickerStream(_Newest):
    """`miniTicker`: prices and volumes, at most once a second, where they changed."""

    _told: Payload | None = None

    def _events(self, update: TickerNews) -> Iterator[Payload]:
        payload = events.mini_ticker_event(update.ticker, update.event_time)
        if payload | {"E": None} != self._told:
            self._told = payload | {"E": None}
            yield payload


class AllMiniTickers(Shared):
    """`!miniTicker@arr`: those of all pairs, and then each second those that changed, as one list."""

    channel_name = "binance"

    def __init__(self, name: str, services: Services, open_stream: OpenStream) -> None:
        """Take what opens the stream of a name."""
        super().__init__()
        self._name = name
        self._services = services
        self._open_stream = open_stream
        self._sources: dict[str, Source] = {}
        self._known: dict[str, msgspec.Raw] = {}
        self._changed: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._telling = asyncio.create_task(repeat(self._name, self._tell_changes, EVERY_S))

    def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
        for source in self._sources.values():
            source.leave(self)

    def begin(self, state: object, since: Position | None = None) -> None:
        """Nothing: no pair has a state to begin with."""

    def send_updates(self, updates: Sequence[StreamNews]) -> int:
        """Take the ticker of a pair for the next list."""
        for news in updates:
            self._known[news.stream] = msgspec.Raw(news.head)
            self._changed.add(news.stream)
        return 0

    def _welcome(self, client: Listener, since: Position | None) -> None:  # noqa: ARG002 - has no past
        if self._known:
            client.send_updates([self._news(self._known)])

    def _news(self, streams: Iterable[str]) -> StreamNews:
        return StreamNews(self._name, [self._known[stream] for stream in sorted(streams)])

    async def _tell_changes(self) -> None:
        with suppress(ApiError):  # what is known already goes on
            for symbol in await self._services.binance.listings.all():
                await self._join(f"{symbol.lower()}@miniTicker")
        if self._changed:
            changed, self._changed = self._changed, set()
            self._tell_now([self._news(changed)])

    async def _join(self, name: str) -> None:
        if name not in self._sources:
            with suppress(ApiError):  # a pair that is listed, and of which nothing is known yet
                source = await self._open_stream(self._services, name)
                if source is not None and not source.ended:  # one that ended meanwhile is asked for again
                    self._sources[name] = source
                    source.join(self, None)
