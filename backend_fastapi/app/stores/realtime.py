"""The realtime store: the newest candles, trades, order books, rankings and listings, from Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, TypeVar

import msgspec
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.health.schemas import Component
from app.stores.watch import Store
from candlestack_core.logging import get_logger
from candlestack_core.messages import (
    Candle,
    KnownBook,
    Listing,
    Market,
    Ranking,
    Trade,
    decode_candle,
    decode_known_book,
    decode_listing,
    decode_ranking,
    decode_trade,
)
from candlestack_core.names import (
    EXCHANGE_LISTINGS,
    latest_candle_key,
    order_book_key,
    trades_key,
    usdm_order_book_key,
    window_candle_key,
)
from candlestack_core.settings import RedisSettings

_LOG = get_logger(__name__)

CONNECTIONS = 32
SCAN_COUNT = 1_000

Value = TypeVar("Value", Candle, Trade, KnownBook, Ranking, Listing)


class RealtimeStore(Store):
    """What the Redis writer, the order-book builder and the ranking keep.

    A value that is not what its key holds is left out and logged. Without an answer in `timeout_s` Redis is away.
    """

    name: ClassVar[Component] = "redis"
    errors = (RedisError, OSError)

    def __init__(self, settings: RedisSettings, timeout_s: float) -> None:
        super().__init__()
        self._redis = Redis(
            connection_pool=BlockingConnectionPool(
                host=settings.redis_host,
                port=settings.redis_port,
                password=settings.redis_password or None,
                max_connections=CONNECTIONS,
                timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                socket_timeout=timeout_s,
                retry=Retry(NoBackoff(), 0),
            )
        )
        self._books: dict[str, tuple[bytes | str, KnownBook]] = {}
        """By key the book that was read last, and what it was decoded from."""

    async def latest(self, symbol: str) -> Candle | None:
        """Return the newest 1m candle of a pair.

        Raises:
            StoreAwayError: when Redis does not answer; so do all methods.
        """
        found = await self._candles([latest_candle_key(symbol)])
        return found[0] if found else None

    async def window(self, symbol: str, open_times: Iterable[int]) -> list[Candle]:
        """Return those of a pair's 1m candles that the realtime window holds; `open_times` in ms."""
        return await self._candles([window_candle_key(symbol, open_time) for open_time in open_times])

    async def trades(self, symbol: str, limit: int) -> list[Trade]:
        """Return the newest trades of a pair, ascending by id."""
        key = trades_key(symbol)
        with self._asked():
            values = await self._redis.lrange(key, 0, limit - 1)
        return _understood(decode_trade, reversed(values), key)

    async def book(self, market: Market, symbol: str) -> KnownBook | None:
        """Return the newest book of a pair in a market, with every level known to be true.

        It is decoded once, however often it is asked for: to judge the amounts of 2,000 levels takes milliseconds.
        """
        key = order_book_key(symbol) if market == "spot" else usdm_order_book_key(symbol)
        with self._asked():
            value = await self._redis.get(key)
        before = self._books.pop(key, None)
        if value is None:
            return None
        if before is None or before[0] != value:
            found = _understood(decode_known_book, [value], key)
            if not found:
                return None
            before = value, found[0]
        self._books[key] = before
        return before[1]

    async def ranking(self, key: str) -> Ranking | None:
        """Return the ranking that a key holds."""
        with self._asked():
            value = await self._redis.get(key)
        found = _understood(decode_ranking, [] if value is None else [value], key)
        return found[0] if found else None

    async def listings(self) -> dict[str, Listing]:
        """Return how the exchange lists each pair of spot."""
        with self._asked():
            values = await self._redis.hvals(EXCHANGE_LISTINGS)
        found = _understood(decode_listing, values, EXCHANGE_LISTINGS)
        return {listing.symbol: listing for listing in found}

    async def futures(self) -> set[str]:
        """Return the pairs that have a futures book."""
        return await self._pairs(usdm_order_book_key("*"))

    async def symbols(self) -> set[str]:
        """Return the pairs that have a newest candle."""
        return await self._pairs(latest_candle_key("*"))

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[int]) -> list[int]:
        """Run a script that answers with integers."""
        with self._asked():
            answer: list[int] = await self._redis.register_script(script)(keys=keys, args=arguments)
        return answer

    async def close(self) -> None:
        await self._redis.aclose()

    async def _ping(self) -> None:
        await self._redis.ping()

    async def _pairs(self, pattern: str) -> set[str]:
        before, after = pattern.split("*")
        found = set()
        with self._asked():
            async for key in self._redis.scan_iter(pattern, count=SCAN_COUNT):
                found.add(key.decode(errors="replace").removeprefix(before).removesuffix(after))
        return found

    async def _candles(self, keys: Sequence[str]) -> list[Candle]:
        if not keys:
            return []
        with self._asked():
            values = await self._redis.mget(keys)
        return _understood(decode_candle, (value for value in values if value is not None), keys[0])


def _understood(
    decode: Callable[[bytes | str], Value], values: Iterable[bytes | str], key: str
) -> list[Value]:
    understood = []
    for value in values:
        try:
            understood.append(decode(value))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _LOG.warning("value left out", store="redis", key=key, reason=str(error))
    return understood
