"""Candles longer than 1m as they form: folded from the 1m candles that come, as REST folds them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast

from app.candles.channel import CANDLES, NAME, CandleFeed, KlineNews
from app.candles.schemas import LIMIT_LARGEST, OhlcCandle, OhlcQuery
from app.candles.service import CandleService
from app.candles.window import Window
from app.problems import ApiError
from app.stream.channel import Feed
from app.stream.events import Event, Position, Subject, reaches
from app.stream.hub import Hub
from app.stream.messages import FromTopic
from app.stream.updates import Named, Snapshot
from app.stream.views import View
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_core.pauses import Pauses

LongerInterval = Literal["5m", "1h", "4h", "1d"]
CANDLES_KEPT = 60
WINDOWS_FOLDED = 2
"""The forming one, and the one before, whose last minutes may come late; older ones the roll-ups mend."""


class LongerKlineSnapshot(FromTopic, frozen=True, kw_only=True):
    """The newest candles of a longer interval, ascending by open time, the forming one last."""

    channel: Literal["kline"]
    type: Literal["snapshot"]
    interval: LongerInterval
    data: list[OhlcCandle]


class LongerKlineUpdate(FromTopic, frozen=True, kw_only=True):
    """One candle of a longer interval: the forming one, or one that closed or was completed since.

    Its `seq` is that of the 1m candle that it follows from; two candles may follow from one.
    """

    channel: Literal["kline"]
    type: Literal["update"]
    interval: LongerInterval
    data: OhlcCandle


class LongerCandles(View):
    """The newest candles of one pair and interval; older minutes come from the stores once."""

    def __init__(self, hub: Hub, symbol: str, interval: Interval, candles: CandleService) -> None:
        super().__init__(hub, CANDLES, Subject(symbol))
        self._interval = interval
        self._service = candles
        self._named = Named(interval=interval.value)
        self._reset()
        self._seeding: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait until the minutes of the newest windows have been read.

        Raises:
            ApiError: what they would be read from is away.
        """
        if not self._seeded:
            if self._seeding is None or self._seeding.done():
                self._seeding = asyncio.create_task(self._seed())
            seeding, waiting = self._seeding, asyncio.current_task()
            try:
                await asyncio.shield(seeding)
            except asyncio.CancelledError:
                # Either who waits is to end, or all others left meanwhile and the view did: it is asked for anew.
                if not seeding.cancelled() or (waiting is not None and waiting.cancelling()):
                    raise

    def close(self) -> None:
        super().close()
        if self._seeding is not None:
            self._seeding.cancel()

    def begin(self, state: Feed[Any], since: Position | None = None) -> None:  # noqa: ARG002 - begins anew
        again = self._seeded
        self._reset()
        for event in cast(CandleFeed, state).events():
            self._take(event)
        if again:
            self._seeding = asyncio.create_task(self._seed_again())

    def send_updates(self, updates: Sequence[KlineNews]) -> int:
        touched: set[int] = set()
        for update in updates:
            touched |= self._take(update.event)
        return self._tell(self._news(touched)) if self._seeded else 0

    def snapshot(self) -> Snapshot:
        newest = self._newest_event
        version = None if newest is None else newest.value.version
        candles = [candle for _, candle in self._told.values()]
        return Snapshot(NAME, self.subject, newest, exchange_time=version, data=candles, named=self._named)

    def since(self, position: Position) -> list[KlineNews] | None:
        """Return the candles that changed since a position, and those that followed from its own record."""
        if not reaches(self._newest_event, self._known_from, position):
            return None
        assert self._newest_event is not None
        changed = sorted((event.seq, candle.open_time) for event, candle in self._told.values())
        return [KlineNews(*self._told[open_time]) for seq, open_time in changed if seq >= position.seq]

    def _reset(self) -> None:
        self._windows: dict[int, Window] = {}
        self._newest_minute = 0
        self._newest_event: Event[Candle] | None = None
        self._told: dict[int, tuple[Event[Candle], OhlcCandle]] = {}
        """By open time, ascending: each candle, and the record that it follows from."""
        self._known_from = 0
        self._seeded = False

    def _take(self, event: Event[Candle]) -> set[int]:
        """Take a record; return the windows whose candles may have changed."""
        if self._newest_event is None or event.seq > self._newest_event.seq:
            self._newest_event = event
        return self._take_minute(event.value)

    def _take_minute(self, minute: Candle) -> set[int]:
        open_time = self._interval.open_time(minute.open_time)
        changed = set()
        if minute.open_time > self._newest_minute:
            # That there is a newer minute may be what closes the candle before.
            changed.add(self._interval.open_time(self._newest_minute))
            self._newest_minute = minute.open_time
        window = self._windows.get(open_time)
        if window is None:
            if len(self._windows) >= WINDOWS_FOLDED and open_time < min(self._windows):
                return changed
            window = self._windows[open_time] = Window(self._interval)
            while len(self._windows) > WINDOWS_FOLDED:
                del self._windows[min(self._windows)]
        if window.take(minute):
            changed.add(open_time)
        return changed

    def _news(self, windows: Iterable[int]) -> list[KlineNews]:
        """Fold the candles of some windows; return those that are not what was told last."""
        event = self._newest_event
        news = []
        for open_time in sorted(windows):
            window = self._windows.get(open_time)
            if window is None or event is None:
                continue
            candle = window.candle(self._newest_minute)
            known = self._told.get(open_time)
            if known is None or known[1] != candle:
                self._told[open_time] = (event, candle)
                news.append(KlineNews(event, candle))
        self._keep_newest()
        return news

    def _keep_newest(self) -> None:
        newest = sorted(self._told)[-CANDLES_KEPT:]
        self._told = {open_time: self._told[open_time] for open_time in newest}

    async def _seed(self) -> None:
        """Read what is older than the topic's end, and fold."""
        symbol, interval = self.subject.symbol, self._interval
        query = OhlcQuery(symbol=symbol, interval=interval, limit=CANDLES_KEPT)
        rolled_up = (await self._service.ohlc(query)).candles
        if rolled_up:
            for minute in await self._minutes(rolled_up[-1].open_time - interval.ms):
                self._take_minute(minute)
        if (event := self._newest_event) is not None:
            self._told = {candle.open_time: (event, candle) for candle in rolled_up} | self._told
            self._known_from = event.seq
        self._seeded = True
        self._news(self._windows)

    async def _minutes(self, start: int) -> list[Candle]:
        found: list[Candle] = []
        while True:
            page = OhlcQuery.model_validate(
                {"symbol": self.subject.symbol, "startTime": max(start, 0), "limit": LIMIT_LARGEST}
            )
            candles = (await self._service.ohlc(page)).candles
            found += candles
            if len(candles) < LIMIT_LARGEST:
                return found
            start = candles[-1].open_time + MINUTE_MS

    async def _seed_again(self) -> None:
        """Do so after the topics were read anew, whenever that is possible, and tell the clients."""
        pauses = Pauses(first=0.5, longest=10.0)
        while not self._seeded:
            try:
                await self._seed()
            except ApiError:
                await asyncio.sleep(pauses.next())
        self._tell_anew()
