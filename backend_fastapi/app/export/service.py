"""A range of closed candles, page by page, as the lines or row groups of a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from app.candles.service import CandleService
from app.candles.span import Span
from app.export.csv import CsvFile
from app.export.schemas import ExportQuery, Format
from candlestack_core.intervals import LAST_TIME_MS
from candlestack_core.messages import Candle

PAGE = 5_000


class File(Protocol):
    """A file that is written in parts; each method returns the bytes that come next."""

    def begin(self) -> bytes: ...

    def add(self, candles: Sequence[Candle]) -> bytes: ...

    def end(self) -> bytes: ...


class ExportService:
    """Answers the export route."""

    def __init__(self, candles: CandleService) -> None:
        self._candles = candles

    async def open(self, query: ExportQuery) -> AsyncIterator[bytes]:
        """Return the parts of the file; the first page is read before, so that what is away is said at once.

        Raises:
            ApiError: the pair is unknown, or what would tell is away. Where that happens later, the file breaks off.
        """
        first = await self._page(query, query.start_time)
        return self._parts(query, first)

    async def _parts(self, query: ExportQuery, page: Sequence[Candle]) -> AsyncIterator[bytes]:
        file = _file(query.format)
        yield file.begin()
        while page:
            closed = [candle for candle in page if candle.closed]
            yield await asyncio.to_thread(file.add, closed)
            page = (
                await self._page(query, page[-1].open_time + query.interval.ms) if len(page) == PAGE else ()
            )
        yield file.end()

    async def _page(self, query: ExportQuery, start: int) -> Sequence[Candle]:
        if start > query.end_time:
            return ()
        span = Span(min(start, LAST_TIME_MS), query.end_time, PAGE)
        return await self._candles.candles(query.symbol, query.interval, span)


def name_of(query: ExportQuery) -> str:
    """Return the name of the file, as `BTCUSDT-1m-20260101T000000Z-20260102T000000Z.csv`."""
    times = (f"{_clock(time)}" for time in (query.start_time, query.end_time))
    return f"{query.symbol}-{query.interval.value}-{'-'.join(times)}.{query.format}"


def _clock(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(min(time_ms, LAST_TIME_MS) / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _file(form: Format) -> File:
    if form == "csv":
        return CsvFile()
    # Arrow takes tens of megabytes, which a process that exports nothing does not need.
    from app.export.parquet import ParquetFile  # noqa: PLC0415

    return ParquetFile()
