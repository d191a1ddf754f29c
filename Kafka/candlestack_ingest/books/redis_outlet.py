"""Books into Redis: the spot and USD-M books with all known levels, and the hash of live futures books."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from candlestack_core import metrics
from candlestack_core.messages import KnownBook, Market, decode_known_book, encode
from candlestack_core.names import LIVE_ORDERBOOK, order_book_key, usdm_order_book_key
from candlestack_core.settings import RedisSettings
from candlestack_ingest.books.outlet import OutletAwayError
from candlestack_ingest.books.tracked import TrackedBook
from candlestack_ingest.books.views import known, live

NEWER_BOOK: Final = files(__package__).joinpath("newer_book.lua").read_text(encoding="utf-8")
TIMEOUT_S = 3.0


def connect(settings: RedisSettings) -> redis.asyncio.Redis:
    """Return a client that answers within seconds or fails."""
    return redis.asyncio.Redis(
        host=settings.redis_host,
        port=settings.redis_port,
        password=settings.redis_password or None,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


def book_key(market: Market, symbol: str) -> str:
    """Return the key of a market's book."""
    return order_book_key(symbol) if market == "spot" else usdm_order_book_key(symbol)


class _Call(NamedTuple):
    """What the script is called with for one book."""

    keys: list[str]
    arguments: list[Any]


class RedisOutlet:
    """Writes books by the script that refuses an older one, all in one round trip."""

    name = "redis"

    def __init__(self, store: redis.asyncio.Redis) -> None:
        self._store = store
        self._sha = store.register_script(NEWER_BOOK).sha

    async def check(self) -> None:
        try:
            await self._store.ping()
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def write(self, books: Sequence[TrackedBook]) -> None:
        try:
            calls = [await self._call(tracked) for tracked in books]
            try:
                await self._run(calls)
            except NoScriptError:
                # A Redis that was started again has forgotten it; what was written may be written again.
                await self._store.script_load(NEWER_BOOK)
                await self._run(calls)
        except (RedisError, OSError) as error:
            raise _away(error) from error
        metrics.STORE_WRITES.labels(store=self.name).inc(len(books))

    async def _call(self, tracked: TrackedBook) -> _Call:
        """Write a book with all its levels: a millisecond's work, after which others have their turn."""
        book = await self._view(tracked)
        keys = [book_key(book.market, book.symbol)]
        arguments: list[Any] = [book.last_update_id, book.event_time, encode(book)]
        if book.market == "usdm":
            keys.append(LIVE_ORDERBOOK)
            arguments += (book.symbol, encode(live(book)))
        await asyncio.sleep(0)
        return _Call(keys, arguments)

    async def _view(self, tracked: TrackedBook) -> KnownBook:
        if tracked.book is None:
            # What the process before left says that it may be believed; it may not, until it is in sequence.
            left = await self._store.get(book_key(tracked.market, tracked.symbol))
            if left is not None and tracked.book is None:
                try:
                    return msgspec.structs.replace(decode_known_book(left), state=tracked.state)
                except msgspec.DecodeError:
                    return known(tracked)
        return known(tracked)

    async def _run(self, calls: Sequence[_Call]) -> None:
        async with self._store.pipeline(transaction=False) as pipeline:
            for call in calls:
                pipeline.evalsha(self._sha, len(call.keys), *call.keys, *call.arguments)
            await pipeline.execute()

    async def close(self) -> None:
        """Give the connections back."""
        await self._store.aclose()


def _away(error: Exception) -> OutletAwayError:
    return OutletAwayError(str(error) or type(error).__name__)
