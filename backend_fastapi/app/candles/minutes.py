"""1m candles from wherever they are: the hub has the newest, Redis the last hours, MongoDB all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.candles.channel import CANDLES, CandleFeed
from app.candles.minute import Best, Minute
from app.candles.span import Span
from app.candles.stored import StoredMinutes
from app.candles.windowed import WindowMinutes
from app.problems import UnavailableError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from app.stream.events import Subject
from app.stream.hub import Hub
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_core.versions import is_newer


class Found(NamedTuple):
    """Minutes that are wanted, ascending; `settled` where they are the same until a topic or MongoDB says more."""

    minutes: list[Minute]
    settled: bool


class MinuteService:
    """Finds 1m candles; each method takes a pair that is known."""

    def __init__(
        self, hub: Hub, realtime: RealtimeStore, stored: CandleStore, realtime_window_hours: int
    ) -> None:
        self._hub = hub
        self._realtime = realtime
        self._store = stored
        self._stored = StoredMinutes(stored)
        self._windowed = WindowMinutes(realtime)
        self._window_ms = realtime_window_hours * 60 * MINUTE_MS

    def stamp(self, symbol: str) -> object | None:
        """Return what is equal as long as the minutes of a pair are the same; None while that cannot be told.

        It tells of the time at which `settle` was called before.
        """
        feed = self._feed(symbol)
        if not self._hub.live or feed.newest is None:
            return None
        return feed, feed.newest.epoch, feed.newest.seq, self._stored.generation(symbol)

    async def settle(self, away: dict[str, str]) -> bool:
        """Drop what was written again in MongoDB; return whether it answers."""
        await or_away(self._stored.settle(), away)
        return not away

    async def latest(self, symbol: str, away: dict[str, str]) -> Candle | None:
        """Return the newest candle that is known, whether or not every part answers."""
        latest = self._feed(symbol).latest
        if latest is not None and self._hub.live:
            return latest
        in_realtime = await or_away(self._realtime.latest(symbol), away)
        if in_realtime is not None and (latest is None or is_newer(in_realtime, latest)):
            latest = in_realtime
        if latest is None:
            stored = await or_away(self._store.candles(symbol, Interval.M1, None, None, 1), away)
            latest = stored[0] if stored else None
        return latest

    async def realtime(self, symbol: str, limit: int) -> list[Candle]:
        """Return the newest candles of the realtime window.

        Raises:
            UnavailableError: Redis is away.
        """
        away: dict[str, str] = {}
        newest = await or_away(self._realtime.latest(symbol), away)
        candles: list[Candle] | None = []
        if newest is not None:
            oldest = max(self._window_begin(newest.open_time), newest.open_time - (limit - 1) * MINUTE_MS)
            minutes = range(oldest, newest.open_time + 1, MINUTE_MS)
            candles = await or_away(self._realtime.window(symbol, minutes), away)
        if away:
            raise UnavailableError(away)
        return candles or []

    async def find(self, symbol: str, span: Span) -> Found:
        """Return the minutes that are wanted.

        Raises:
            UnavailableError: what the answer needs is away.
        """
        away: dict[str, str] = {}
        await self.settle(away)
        return await self.find_settled(symbol, span, away)

    async def find_settled(self, symbol: str, span: Span, away: dict[str, str]) -> Found:
        """Do what `find` does, after `settle` has said in `away` whether MongoDB answers."""
        stored = None
        if not away:
            stored = await or_away(self._stored.find(symbol, span), away)
        found = Best(stored or ())
        feed = self._feed(symbol)
        in_hub = feed.candles()
        found.add(map(Minute.of, in_hub))
        newest = in_hub[-1] if in_hub else None
        settled = newest is not None and self._hub.live
        if newest is None or not self._hub.live:
            latest = await or_away(self._realtime.latest(symbol), away)
            if latest is not None:
                found.add([Minute.of(latest)])
                newest = latest if newest is None or is_newer(latest, newest) else newest
        held_from = in_hub[0].open_time if in_hub else None
        if newest is not None:
            # Minutes that neither has: those of a halt, or what the candle writer has not written yet.
            begin = self._window_begin(newest.open_time)
            unsettled = span.unsettled(span.cut(found.minutes()), begin, newest.open_time)
            missing = [minute for minute in unsettled if minute not in found]
            told = feed.newest_of_past if self._hub.live else None
            in_window = await or_away(self._windowed.find(symbol, missing, told), away)
            if in_window is not None:
                found.add(in_window.minutes)
                settled = settled and in_window.settled
                held_from = begin
        minutes = span.cut(found.minutes())
        if stored is None and not _covered(span, minutes, held_from):
            raise UnavailableError(away)
        return Found(minutes, settled and not away)

    def _feed(self, symbol: str) -> CandleFeed:
        return self._hub.feed(CANDLES, Subject(symbol))

    def _window_begin(self, newest_open_time: int) -> int:
        return newest_open_time - self._window_ms + MINUTE_MS


def _covered(span: Span, minutes: Sequence[Minute], held_from: int | None) -> bool:
    """Tell whether minutes found without MongoDB are all that it could have given."""
    if span.start is None:
        return len(minutes) >= span.limit
    return held_from is not None and held_from <= span.start
