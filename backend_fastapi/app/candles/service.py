"""Candles from wherever they are: the hub has the newest minutes, Redis the last hours, MongoDB all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from app.candles.channel import CANDLES, CandleFeed
from app.candles.fold import fold_all
from app.candles.schemas import Ohlc, OhlcCandle, OhlcQuery
from app.problems import NoDataError, UnavailableError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from app.stream.events import Subject
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from candlestack_core.versions import is_newer, supersedes

FOLDED_MINUTES = 2 * 1_440
"""How many 1m candles a request makes longer ones of at most: those of the forming day and the one before.

The roll-ups are minutes late; where they stand still for longer than this, a hole remains."""

AnyCandle = TypeVar("AnyCandle", bound=Candle)


@dataclass(frozen=True, slots=True)
class Span:
    """Which candles are wanted; `start` and `end` are open times in ms, both inclusive.

    With a start the first `limit` from there, without it the newest `limit`.
    """

    start: int | None
    end: int | None
    limit: int

    def holds(self, open_time: int) -> bool:
        after = self.start is None or open_time >= self.start
        return after and (self.end is None or open_time <= self.end)

    def cut(self, candles: Iterable[AnyCandle]) -> list[AnyCandle]:
        """Return the wanted ones of some candles, ascending by open time."""
        held = sorted((c for c in candles if self.holds(c.open_time)), key=lambda c: c.open_time)
        return held[-self.limit :] if self.start is None else held[: self.limit]

    def unsettled(self, found: Sequence[Candle], oldest: int, newest: int) -> range:
        """Return the minutes between two, inclusive, in which further candles would change the answer.

        `found` are the candles found so far as `cut` returns them: where they are as many as are wanted, none
        beyond them counts.
        """
        first = oldest if self.start is None else max(oldest, self.start + -self.start % MINUTE_MS)
        last = newest if self.end is None else min(newest, self.end - self.end % MINUTE_MS)
        if len(found) >= self.limit:
            if self.start is None:
                first = max(first, found[0].open_time)
            else:
                last = min(last, found[-1].open_time)
        return range(first, last + 1, MINUTE_MS)

    def minutes_to_fold(self, interval: Interval, rolled_up: Sequence[Candle], newest: int) -> Span | None:
        """Return the minutes of the wanted windows that begin after the last one that was found rolled up.

        `newest` is the open time of the newest minute. None where there is no such window; of many the last.
        """
        if self.start is not None and len(rolled_up) >= self.limit:
            return None
        last = interval.open_time(newest if self.end is None else min(newest, self.end))
        first = max(last - (FOLDED_MINUTES // interval.minutes - 1) * interval.ms, 0)
        if rolled_up:
            first = max(first, rolled_up[-1].open_time + interval.ms)
        if self.start is not None:
            first = max(first, self.start + -self.start % interval.ms)
        return Span(first, interval.close_time(last), FOLDED_MINUTES) if first <= last else None


class CandleService:
    """Answers the candle routes."""

    def __init__(
        self,
        symbols: SymbolService,
        hub: Hub,
        realtime: RealtimeStore,
        stored: CandleStore,
        realtime_window_hours: int,
    ) -> None:
        self._symbols = symbols
        self._hub = hub
        self._realtime = realtime
        self._stored = stored
        self._window_ms = realtime_window_hours * 60 * MINUTE_MS

    async def latest(self, symbol: str) -> Candle:
        """Return the newest 1m candle of a pair.

        Raises:
            ApiError: the pair is unknown, has no candle yet, or what would tell is away.
        """
        await self._symbols.require(symbol)
        away: dict[str, str] = {}
        latest = await self._latest(symbol, away)
        if latest is not None:
            return latest
        if away:
            raise UnavailableError(away)
        raise NoDataError(f"no candle of {symbol} has been seen yet")

    async def realtime(self, symbol: str, limit: int) -> Ohlc:
        """Return the newest 1m candles of the realtime window.

        Raises:
            ApiError: the pair is unknown, or Redis is away.
        """
        await self._symbols.require(symbol)
        away: dict[str, str] = {}
        newest = await or_away(self._realtime.latest(symbol), away)
        candles: list[Candle] | None = []
        if newest is not None:
            oldest = max(self._window_begin(newest.open_time), newest.open_time - (limit - 1) * MINUTE_MS)
            minutes = range(oldest, newest.open_time + 1, MINUTE_MS)
            candles = await or_away(self._realtime.window(symbol, minutes), away)
        if away:
            raise UnavailableError(away)
        return _of_minutes(symbol, candles or [])

    async def ohlc(self, query: OhlcQuery) -> Ohlc:
        """Return candles of any interval.

        Raises:
            ApiError: the pair is unknown, or what the answer needs is away.
        """
        symbol, interval = query.symbol, query.interval
        await self._symbols.require(symbol)
        span = Span(query.start_time, query.end_time, query.limit)
        if interval is Interval.M1:
            return _of_minutes(symbol, await self._minutes(symbol, span))
        candles = await self._parents(symbol, interval, span)
        return Ohlc(symbol=symbol, interval=interval.value, candles=candles)

    async def _parents(self, symbol: str, interval: Interval, span: Span) -> list[OhlcCandle]:
        """Return candles longer than 1m: as they were rolled up, and after the last of those folded here."""
        away: dict[str, str] = {}
        rolled_up = await or_away(
            self._stored.candles(symbol, interval, span.start, span.end, span.limit), away
        )
        if rolled_up is None:
            raise UnavailableError(away)
        newest = await self._latest(symbol, away)
        if newest is None:
            return rolled_up
        to_fold = span.minutes_to_fold(interval, rolled_up, newest.open_time)
        if to_fold is None:
            return rolled_up
        minutes = await self._minutes(symbol, to_fold)
        # The next minute may have begun since.
        until = max(newest.open_time, minutes[-1].open_time if minutes else 0)
        return span.cut([*rolled_up, *fold_all(minutes, interval, until)])

    async def _latest(self, symbol: str, away: dict[str, str]) -> Candle | None:
        """Return the newest 1m candle that is known, whether or not every part answers."""
        latest = self._feed(symbol).latest
        if latest is not None and self._hub.live:
            return latest
        in_realtime = await or_away(self._realtime.latest(symbol), away)
        if in_realtime is not None and (latest is None or is_newer(in_realtime, latest)):
            latest = in_realtime
        if latest is None:
            stored = await or_away(self._stored.candles(symbol, Interval.M1, None, None, 1), away)
            latest = stored[0] if stored else None
        return latest

    async def _minutes(self, symbol: str, span: Span) -> list[Candle]:
        away: dict[str, str] = {}
        found = _Best()
        stored = await or_away(
            self._stored.candles(symbol, Interval.M1, span.start, span.end, span.limit), away
        )
        found.add(stored or [])
        in_hub = self._feed(symbol).candles()
        found.add(in_hub)
        newest = in_hub[-1] if in_hub else None
        if newest is None or not self._hub.live:
            latest = await or_away(self._realtime.latest(symbol), away)
            if latest is not None:
                found.add([latest])
                newest = latest if newest is None or is_newer(latest, newest) else newest
        held_from = in_hub[0].open_time if in_hub else None
        if newest is not None:
            # Minutes that neither has: those of a halt, or what the candle writer has not written yet.
            begin = self._window_begin(newest.open_time)
            unsettled = span.unsettled(span.cut(found.candles()), begin, newest.open_time)
            missing = [minute for minute in unsettled if minute not in found]
            in_window = await or_away(self._realtime.window(symbol, missing), away)
            if in_window is not None:
                found.add(in_window)
                held_from = begin
        candles = span.cut(found.candles())
        if stored is None and not _covered(span, candles, held_from):
            raise UnavailableError(away)
        return candles

    def _feed(self, symbol: str) -> CandleFeed:
        return self._hub.feed(CANDLES, Subject(symbol))

    def _window_begin(self, newest_open_time: int) -> int:
        return newest_open_time - self._window_ms + MINUTE_MS


def _of_minutes(symbol: str, minutes: list[Candle]) -> Ohlc:
    # A 1m candle has no counts: on the wire it is the same wherever it came from.
    return Ohlc(symbol=symbol, interval="1m", candles=cast(list[OhlcCandle], minutes))


class _Best:
    """Candles of one pair and interval, of each open time the account that wins."""

    def __init__(self) -> None:
        self._by_open_time: dict[int, Candle] = {}

    def __contains__(self, open_time: int) -> bool:
        return open_time in self._by_open_time

    def add(self, candles: Iterable[Candle]) -> None:
        for candle in candles:
            known = self._by_open_time.get(candle.open_time)
            if known is None or supersedes(candle, known):
                self._by_open_time[candle.open_time] = candle

    def candles(self) -> Iterable[Candle]:
        return self._by_open_time.values()


def _covered(span: Span, candles: list[Candle], held_from: int | None) -> bool:
    """Tell whether candles found without MongoDB are all that it could have given."""
    if span.start is None:
        return len(candles) >= span.limit
    return held_from is not None and held_from <= span.start
