"""What does not belong in Redis: candles that have left the window, and keys of pairs that nobody follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import redis

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import (
    LIVE_ORDERBOOK,
    WINDOW_PARTITIONS,
    latest_candle_key,
    order_book_key,
    trades_key,
    usdm_order_book_key,
    window_candle_prefix,
)

SCAN_COUNT = 1_000

SPOT_KEYS = (latest_candle_key, trades_key, order_book_key)
USDM_KEYS = (usdm_order_book_key,)
"""What gives the keys of a pair that do not expire."""


@dataclass(frozen=True)
class Followed:
    """What the platform follows, and how far the window of each pair has come."""

    spot: frozenset[str]
    futures: frozenset[str]
    newest: Mapping[str, int]
    """Open time in ms of each pair's newest candle; a pair without one has no window to leave."""
    window_ms: int

    def lasting(self) -> frozenset[str]:
        """Return the keys that do not expire."""
        spot = {key_of(symbol) for symbol in self.spot for key_of in SPOT_KEYS}
        usdm = {key_of(symbol) for symbol in self.futures for key_of in USDM_KEYS}
        return frozenset(spot | usdm | {WINDOW_PARTITIONS})

    def in_window(self, key: str) -> bool:
        """Tell whether a key is that of a candle of a followed pair that has not left the window."""
        prefix, separator, rest = key.rpartition(":")
        symbol = self._symbols_by_prefix.get(prefix + separator)
        if symbol is None or not (rest.isascii() and rest.isdecimal()) or int(rest) % MINUTE_MS:
            return False
        newest = self.newest.get(symbol)
        return newest is None or int(rest) > newest - self.window_ms

    @cached_property
    def _symbols_by_prefix(self) -> dict[str, str]:
        return {window_candle_prefix(symbol): symbol for symbol in self.spot}


def clear(store: redis.Redis, followed: Followed, only: Collection[str] = ()) -> list[str]:
    """Remove what does not belong; return it. With `only`, nothing but what has left the windows of those pairs.

    Raises:
        RedisError: Redis is away.
    """
    patterns = [f"{window_candle_prefix(symbol)}*" for symbol in only] or _namespaces()
    found = {key for pattern in patterns for key in _scan(store, pattern)}
    lasting = followed.lasting()
    removed = sorted(key for key in found if key not in lasting and not followed.in_window(key))
    for begin in range(0, len(removed), SCAN_COUNT):
        store.unlink(*removed[begin : begin + SCAN_COUNT])
    if only:
        return removed
    fields = [field.decode(errors="replace") for field in cast(list[bytes], store.hkeys(LIVE_ORDERBOOK))]
    foreign = sorted(set(fields) - followed.futures)
    if foreign:
        store.hdel(LIVE_ORDERBOOK, *foreign)
    return [*removed, *(f"{LIVE_ORDERBOOK}[{field}]" for field in foreign)]


def _namespaces() -> list[str]:
    """Return what the keys of candles, trades and books begin with, as patterns."""
    return sorted({f"{key_of('*').partition('*')[0]}*" for key_of in SPOT_KEYS})


def _scan(store: redis.Redis, pattern: str) -> Iterator[str]:
    for key in cast(Iterator[bytes], store.scan_iter(pattern, count=SCAN_COUNT)):
        # Of bytes that are no text a key is made that removes nothing; nothing of ours has such a name.
        yield key.decode(errors="replace")
