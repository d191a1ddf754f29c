"""Books as Redis holds them: the best levels, the trust state and the age, or that there is none."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rich.table import Table
from rich.text import Text

from candlestack_core.messages import KnownBook, Level, Market, decode_known_book
from candlestack_core.settings import RedisSettings, variable_name
from candlestack_ingest.books.checksum import checksum
from candlestack_ingest.books.redis_outlet import book_key
from candlestack_ingest.inspection.errors import InspectionError
from candlestack_ingest.inspection.records import STATE_STYLES

SHOWN_LEVELS = 3
TIMEOUT_S = 3.0


class BookShelf:
    """Reads books from Redis."""

    def __init__(self, settings: RedisSettings) -> None:
        self._address = f"{settings.redis_host}:{settings.redis_port}"
        self._store = redis.Redis(
            host=settings.redis_host,
            port=settings.redis_port,
            password=settings.redis_password or None,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )

    def book(self, market: Market, symbol: str) -> KnownBook | None:
        """Return a book; None where there is none.

        Raises:
            InspectionError: when Redis does not answer, or what it holds is no book.
        """
        key = book_key(market, symbol)
        try:
            stored = self._store.get(key)
        except redis.RedisError as error:
            variables = f"{_variable('redis_host')}, {_variable('redis_port')}"
            reason = f"no answer from Redis at {self._address} ({variables}): {error}"
            raise InspectionError(reason) from None
        if not isinstance(stored, bytes):
            return None
        try:
            return decode_known_book(stored)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InspectionError(f"what Redis holds at {key} is no book: {error}") from None

    def close(self) -> None:
        """Give the connections back."""
        self._store.close()


def _variable(field: str) -> str:
    return variable_name(RedisSettings, field)


def book_view(market: Market, symbol: str, book: KnownBook | None, now_ms: int) -> Table:
    """Return a book as a table: what is known of it, then its best levels, asks above bids."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    if book is None:
        table.add_row(Text(f"{symbol} {market}", "bold"), Text("absent", "red"), book_key(market, symbol))
        return table
    age = Text(f"{(now_ms - book.event_time) / 1000:.1f} s old" if book.event_time else "no event yet")
    table.add_row(Text(f"{symbol} {market}", "bold"), Text(book.state, STATE_STYLES[book.state]), age)
    _add_levels(table, "ask", list(reversed(book.asks[:SHOWN_LEVELS])), "red")
    _add_levels(table, "bid", book.bids[:SHOWN_LEVELS], "green")
    table.add_row("levels", f"{len(book.bids)} bids", f"{len(book.asks)} asks")
    table.add_row("last update id", str(book.last_update_id), book.source)
    table.add_row("checksum", f"{book.checksum:08x}", _verdict(book))
    return table


def _add_levels(table: Table, name: str, side: Sequence[Level], style: str) -> None:
    for price, quantity in side:
        table.add_row(name, Text(price, style), quantity)
    if not side:
        table.add_row(name, "none", "")


def _verdict(book: KnownBook) -> Text:
    if checksum(book.bids, book.asks) == book.checksum:
        return Text("fits the levels", "green")
    return Text("does not fit the levels", "red")
