"""What is asked of the API: paths, queries, the types of the answers, and how answers are paged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from candlestack_client.candles import Candles
from candlestack_client.errors import TooManyCandlesError, UnexpectedAnswerError
from candlestack_client.models import (
    Candle,
    Completeness,
    DeepBook,
    Interval,
    Market,
    Ohlc,
    PlatformStatus,
    RankingList,
    StreamName,
    Symbols,
    TradeList,
)

PAGE = 1_500
"""The most candles that the API answers at once."""
NEWEST = 500
MOST_CANDLES = 200_000
"""Nearly five months of minutes, and as many as an export holds."""

Time = datetime | int
"""A datetime with its time zone, or epoch ms."""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """One GET; what is None in the query is not sent."""

    path: str
    answer: type[Answer]
    query: Mapping[str, Any]

    def read(self, response: httpx.Response) -> Answer:
        """Return what was answered.

        Raises:
            UnexpectedAnswerError: it is not what the contract says.
        """
        try:
            return msgspec.json.decode(response.content, type=self.answer)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise UnexpectedAnswerError(f"{response.url}: {error}") from error


def call(path: str, answer: type[Answer], **query: Any) -> Call[Answer]:
    """Return a GET; the names of the query are the contract's."""
    return Call(path, answer, {name: value for name, value in query.items() if value is not None})


def symbols() -> Call[Symbols]:
    return call("/symbols", Symbols)


def latest(symbol: str) -> Call[Candle]:
    return call("/latest", Candle, symbol=symbol)


def trades(symbol: str, limit: int) -> Call[TradeList]:
    return call("/trades", TradeList, symbol=symbol, limit=limit)


def order_book(symbol: str, market: Market, depth: int) -> Call[DeepBook]:
    return call("/orderbook", DeepBook, symbol=symbol, market=market, depth=depth)


def top_gainers(limit: int) -> Call[RankingList]:
    return call("/ranking/top-gainers", RankingList, limit=limit)


def top_losers(limit: int) -> Call[RankingList]:
    return call("/ranking/top-losers", RankingList, limit=limit)


def completeness(
    symbol: str | None,
    market: Market | None,
    stream: StreamName | None,
    *,
    start: Time | None,
    end: Time | None,
    limit: int,
) -> Call[Completeness]:
    times = {"startTime": epoch_ms(start), "endTime": epoch_ms(end)}
    return call(
        "/completeness", Completeness, symbol=symbol, market=market, stream=stream, limit=limit, **times
    )


def status(symbol: str | None) -> Call[PlatformStatus]:
    return call("/status", PlatformStatus, symbol=symbol)


def export(symbol: str, interval: Interval, start: Time, end: Time, kind: str) -> Call[bytes]:
    times = {"startTime": epoch_ms(start), "endTime": epoch_ms(end)}
    return call("/export", bytes, symbol=symbol, interval=interval, format=kind, **times)


class Paging:
    """Asks for candles page by page, by the API's own links: onwards from a start, or back from the newest."""

    def __init__(
        self, symbol: str, interval: Interval, start: Time | None, end: Time | None, limit: int | None
    ) -> None:
        if limit is not None and not 0 < limit <= MOST_CANDLES:
            raise ValueError(f"limit is {limit}, and not one of 1 to {MOST_CANDLES}")
        self._symbol = symbol
        self._interval = interval
        self._is_onwards = start is not None
        self._limit = NEWEST if limit is None and start is None else limit
        self._pages: list[list[Candle]] = []
        self._found = 0
        times = {"startTime": epoch_ms(start), "endTime": epoch_ms(end)}
        self.next: Call[Ohlc] | None = self._page({"symbol": symbol, "interval": interval, **times})
        """The page to ask for; None when all were taken."""

    def take(self, page: Ohlc, response: httpx.Response) -> None:
        """Take a page, and the link of its answer to the next.

        Raises:
            TooManyCandlesError: there are more than one call collects.
        """
        self._pages.append(page.candles)
        self._found += len(page.candles)
        link = response.links.get("next" if self._is_onwards else "prev")
        if link is None or self._found == self._limit:
            self.next = None
        elif self._found >= MOST_CANDLES:
            raise TooManyCandlesError(
                f"there are more than {MOST_CANDLES:,} candles: set limit, or export them"
            )
        else:
            self.next = self._page(dict(httpx.URL(link["url"]).params))

    def candles(self) -> Candles:
        """Return the candles of all pages."""
        pages = self._pages if self._is_onwards else reversed(self._pages)
        return Candles(self._symbol, self._interval, tuple(candle for page in pages for candle in page))

    def _page(self, query: Mapping[str, Any]) -> Call[Ohlc]:
        size = PAGE if self._limit is None else min(self._limit - self._found, PAGE)
        return call("/ohlc", Ohlc, **{**query, "limit": size})


def epoch_ms(time: Time | None) -> int | None:
    """Return a time in epoch ms.

    Raises:
        ValueError: it has no time zone.
    """
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ValueError(f"{time} has no time zone")
        return round(time.timestamp() * 1000)
    return time
