"""Answers the candle routes: 1m candles as they are, longer ones as they were rolled up or, before that, folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlencode

from app.answers import Prepared, PreparedAnswers
from app.candles.fold import fold_all
from app.candles.minute import body_of
from app.candles.minutes import MinuteService
from app.candles.schemas import Ohlc, OhlcCandle, OhlcQuery
from app.candles.span import Span
from app.problems import NoDataError, UnavailableError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from candlestack_core.intervals import Interval
from candlestack_core.messages import Candle, encode

PATH = "/ohlc"


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
        self._stored = stored
        self._minutes = MinuteService(hub, realtime, stored, realtime_window_hours)
        self._answers: PreparedAnswers[tuple[str, Span]] = PreparedAnswers()

    async def latest(self, symbol: str) -> Candle:
        """Return the newest 1m candle of a pair.

        Raises:
            ApiError: the pair is unknown, has no candle yet, or what would tell is away.
        """
        await self._symbols.require(symbol)
        away: dict[str, str] = {}
        latest = await self._minutes.latest(symbol, away)
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
        return _of(symbol, Interval.M1, await self._minutes.realtime(symbol, limit))

    async def ohlc(self, query: OhlcQuery) -> Ohlc:
        """Return candles of any interval.

        Raises:
            ApiError: the pair is unknown, or what the answer needs is away.
        """
        span = Span(query.start_time, query.end_time, query.limit)
        return _of(query.symbol, query.interval, await self.candles(query.symbol, query.interval, span))

    async def candles(self, symbol: str, interval: Interval, span: Span) -> Sequence[Candle]:
        """Return candles of any interval, ascending by open time, the forming one last.

        Raises:
            ApiError: as `ohlc` does.
        """
        await self._symbols.require(symbol)
        if interval is Interval.M1:
            return [minute.candle for minute in (await self._minutes.find(symbol, span)).minutes]
        return await self._parents(symbol, interval, span)

    async def prepared(self, query: OhlcQuery) -> Prepared:
        """Return what `ohlc` does, encoded; of 1m candles the very bytes as long as nothing has changed.

        Raises:
            ApiError: as `ohlc` does.
        """
        symbol, interval = query.symbol, query.interval
        span = Span(query.start_time, query.end_time, query.limit)
        if interval is not Interval.M1:
            candles = await self.candles(symbol, interval, span)
            times = [candle.open_time for candle in candles]
            return Prepared(body_of(symbol, interval.value, map(encode, candles)), _more(query, times))
        await self._symbols.require(symbol)
        # What is kept may be used only after a look at what was written since.
        away: dict[str, str] = {}
        stamp = self._minutes.stamp(symbol) if await self._minutes.settle(away) else None
        kept = self._answers.get((symbol, span), stamp)
        if kept is not None:
            return kept
        minutes, settled = await self._minutes.find_settled(symbol, span, away)
        times = [minute.open_time for minute in minutes]
        prepared = Prepared(
            body_of(symbol, interval.value, (minute.json for minute in minutes)), _more(query, times)
        )
        if settled and stamp == self._minutes.stamp(symbol):
            self._answers.keep((symbol, span), stamp, prepared)
        return prepared

    async def _parents(self, symbol: str, interval: Interval, span: Span) -> list[OhlcCandle]:
        """Return candles longer than 1m: as they were rolled up, and after the last of those folded here."""
        away: dict[str, str] = {}
        rolled_up = await or_away(
            self._stored.candles(symbol, interval, span.start, span.end, span.limit), away
        )
        if rolled_up is None:
            raise UnavailableError(away)
        newest = await self._minutes.latest(symbol, away)
        if newest is None:
            return rolled_up
        to_fold = span.minutes_to_fold(interval, rolled_up, newest.open_time)
        if to_fold is None:
            return rolled_up
        minutes = [minute.candle for minute in (await self._minutes.find(symbol, to_fold)).minutes]
        # The next minute may have begun since.
        until = max(newest.open_time, minutes[-1].open_time if minutes else 0)
        return span.cut([*rolled_up, *fold_all(minutes, interval, until)])


def _of(symbol: str, interval: Interval, candles: Sequence[Candle]) -> Ohlc:
    # A 1m candle has no counts: on the wire it is the same wherever it came from.
    return Ohlc(symbol=symbol, interval=interval.value, candles=cast(list[OhlcCandle], list(candles)))


def _more(query: OhlcQuery, times: Sequence[int]) -> str | None:
    """Return the `Link` to the candles that follow (RFC 8288): later ones after a start, else earlier ones."""
    if len(times) < query.limit:
        return None
    start, end = query.start_time, query.end_time
    if start is not None:
        start = times[-1] + query.interval.ms
        if end is not None and start > end:
            return None
    elif times[0] == 0:
        return None
    else:
        end = times[0] - 1
    bounds = {"startTime": start, "endTime": end}
    asked = {"symbol": query.symbol, "interval": query.interval.value, **bounds, "limit": query.limit}
    address = urlencode({name: value for name, value in asked.items() if value is not None})
    return f'<{PATH}?{address}>; rel="{"prev" if query.start_time is None else "next"}"'
