"""The status of every stream there should be, from what the hub has read of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.book.channel import BOOKS
from app.book.service import BookService
from app.candles.channel import CANDLES
from app.completeness.service import STREAMS
from app.health.service import HealthService
from app.status.schemas import Status, StreamStatus
from app.stream.events import Event, Subject
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from app.trades.channel import TRADES
from candlestack_core.messages import Book, BookState, Candle, Market, Trade
from candlestack_core.names import SOURCE_BINANCE, SOURCE_REPLAY, LedgerStream


class StatusService:
    """Answers the status route."""

    def __init__(
        self,
        symbols: SymbolService,
        hub: Hub,
        books: BookService,
        health: HealthService,
        clock_ms: Callable[[], int],
    ) -> None:
        self._symbols = symbols
        self._hub = hub
        self._books = books
        self._health = health
        self._clock_ms = clock_ms

    async def status(self, symbol: str | None) -> Status:
        """Return the status of a pair's streams, or of all.

        Raises:
            ApiError: the pair is unknown, or what would know is away.
        """
        if symbol is not None and symbol not in self._symbols.futures():
            await self._symbols.require(symbol)
        now = self._clock_ms()
        return Status(
            time=now,
            ready=self._health.readiness(),
            streams=[
                self._stream(each, market, stream, now)
                for each in (
                    [symbol] if symbol else sorted({*self._symbols.known(), *self._symbols.futures()})
                )
                for market in self._markets(each)
                for stream in STREAMS[market]
            ],
        )

    def _markets(self, symbol: str) -> list[Market]:
        pairs: dict[Market, set[str]] = {
            "spot": set(self._symbols.known()),
            "usdm": self._symbols.futures(),
        }
        return [market for market, symbols in pairs.items() if symbol in symbols]

    def _stream(self, symbol: str, market: Market, stream: LedgerStream, now: int) -> StreamStatus:
        event, state = self._newest(symbol, market, stream)
        if event is None:
            return StreamStatus(
                market=market,
                stream=stream,
                symbol=symbol,
                source=None,
                simulated=None,
                time=None,
                age=None,
                lag=None,
                state=state,
            )
        source = event.value.source.rpartition(":")[2]
        time = _time(event.value)
        replayed = source == SOURCE_REPLAY
        return StreamStatus(
            market=market,
            stream=stream,
            symbol=symbol,
            source=source,
            simulated=source != SOURCE_BINANCE,
            time=time,
            # The exchange's clock may be ahead.
            age=None if replayed else max(0, now - time),
            lag=None if replayed or event.arrival_time is None else event.arrival_time - time,
            state=state,
        )

    def _newest(
        self, symbol: str, market: Market, stream: LedgerStream
    ) -> tuple[Event[Any] | None, BookState | None]:
        """Return the newest record of a stream, and of a book its trust state."""
        subject = Subject(symbol, market)
        if stream == "kline_1m":
            return self._hub.feed(CANDLES, subject).newest, None
        if stream == "trade":
            return self._hub.feed(TRADES, subject).newest, None
        newest = self._hub.feed(BOOKS, subject).newest
        return newest, None if newest is None else self._books.judge(newest.value)[0]


def _time(value: Candle | Trade | Book) -> int:
    match value:
        case Candle():
            return value.version
        case Trade():
            return value.time
        case Book():
            return value.event_time
