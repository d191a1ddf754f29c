"""The monthly archives of spot candles, as the exchange's own data address has them.

`/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2026-01.zip` holds one CSV file of the same name without a
header, and beside it lies `....zip.CHECKSUM` in the form of sha256sum. Its rows have the twelve fields of
`GET /api/v3/klines`, with times in milliseconds before 2025 and in microseconds from then on.
An archive appears when its month is over. Source: https://github.com/binance/binance-public-data
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import zipfile
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from aiohttp import web

from candlestack_simulator import wire
from candlestack_simulator.market.cache import BoundedCache
from candlestack_simulator.source import INTERVAL_MS, Candle, Source

PATH = "/data/spot/monthly/klines/{symbol}/{interval}/{file}"
MICROSECONDS_FROM_MS = 1_735_689_600_000
"""2025-01-01 UTC: the first month whose archives count in microseconds."""

_DAY_MS = 86_400_000
_CACHED_BYTES = 32 * 2**20
_FILE = re.compile(r"(?P<stem>[^/]+)-(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2])\.zip(?P<sum>\.CHECKSUM)?")
_NO_SUCH_KEY = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code></Error>'


class Month(NamedTuple):
    """A calendar month in UTC."""

    year: int
    month: int

    @property
    def start_ms(self) -> int:
        return int(datetime(self.year, self.month, 1, tzinfo=UTC).timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        return self.start_ms + monthrange(self.year, self.month)[1] * _DAY_MS


class ArchiveKey(NamedTuple):
    """What one archive holds."""

    symbol: str
    interval: str
    month: Month

    @property
    def stem(self) -> str:
        return f"{self.symbol}-{self.interval}-{self.month.year}-{self.month.month:02d}"


class Archives:
    """Serves archives of a source; only months of which it knows every day."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._cache: BoundedCache[ArchiveKey, bytes] = BoundedCache(_CACHED_BYTES, cost=len)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        names = request.match_info
        match = _FILE.fullmatch(names["file"])
        key = match and ArchiveKey(
            names["symbol"], names["interval"], Month(int(match["year"]), int(match["month"]))
        )
        if (
            not match
            or not key
            or names["file"] != f"{key.stem}.zip{match['sum'] or ''}"
            or not self._has(key)
        ):
            return web.Response(status=404, text=_NO_SUCH_KEY, content_type="application/xml")
        # Drawing a month takes a second, in which the streams go on.
        archive = await asyncio.to_thread(self._cache.get, key, lambda: self._make(key))
        if match["sum"]:
            digest = hashlib.sha256(archive).hexdigest()
            return web.Response(
                body=f"{digest}  {key.stem}.zip\n".encode(), content_type="binary/octet-stream"
            )
        return web.Response(body=archive, content_type="application/zip")

    def _has(self, key: ArchiveKey) -> bool:
        if key.interval not in INTERVAL_MS or key.symbol not in {
            pair.symbol for pair in self._source.pairs()
        }:
            return False
        covered = self._source.coverage(key.symbol)
        end_ms = self._source.now_ms() if covered.end_ms is None else covered.end_ms
        return covered.start_ms <= key.month.start_ms and key.month.end_ms <= min(
            end_ms, self._source.now_ms()
        )

    def _make(self, key: ArchiveKey) -> bytes:
        start_ms, end_ms = key.month.start_ms, key.month.end_ms
        windows = (end_ms - start_ms) // INTERVAL_MS[key.interval]
        candles = self._source.candles(key.symbol, key.interval, start_ms, end_ms - 1, windows)
        return archive(key.stem, csv_rows(candles))


def csv_rows(candles: Iterable[Candle]) -> str:
    """Return candles as the lines of an archive's CSV file."""
    return "".join(f"{','.join(map(str, _row(candle)))}\n" for candle in candles)


def _row(candle: Candle) -> tuple[object, ...]:
    open_time, *figures, close_time, quote, trades, taker, taker_quote, ignored = wire.kline_row(candle)
    if open_time >= MICROSECONDS_FROM_MS:
        open_time, close_time = open_time * 1000, close_time * 1000 + 999
    return (open_time, *figures, close_time, quote, trades, taker, taker_quote, ignored)


def archive(stem: str, rows: str) -> bytes:
    """Return a zip archive with one CSV file; the same bytes for the same rows."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(f"{stem}.csv"), rows, zipfile.ZIP_DEFLATED)
    return written.getvalue()
