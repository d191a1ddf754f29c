"""The realtime window in Redis, refilled from MongoDB and never emptied."""

from __future__ import annotations

from typing import cast

import msgspec
import redis

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle, decode_candle
from candlestack_core.names import latest_candle_key, window_candle_key
from candlestack_core.versions import supersedes
from candlestack_ingest.history.minutes import Minutes
from candlestack_ingest.stores.realtime import RealtimeSink


def refill(store: redis.Redis, sink: RealtimeSink, minutes: Minutes, symbol: str, window_ms: int) -> int:
    """Write what the window of a pair misses, or has in a worse version; return how many candles.

    The script that writes them refuses what is older than what is stored, so a candle that arrives meanwhile is
    safe, and nothing is ever taken away.

    Raises:
        RedisError, PyMongoError, StoreAwayError: a store is away.
    """
    newest = newest_open_time(store, minutes, symbol)
    if newest is None:
        return 0
    first = newest - window_ms + MINUTE_MS
    held = _held(store, symbol, first, newest)
    better = [
        candle
        for candle in minutes.candles(symbol, first, newest)
        if (old := held.get(candle.open_time)) is None or supersedes(candle, old)
    ]
    for candle in better:
        sink.put(candle)
    sink.flush()
    return len(better)


def newest_open_time(store: redis.Redis, minutes: Minutes, symbol: str) -> int | None:
    """Return the open time in ms of the newest candle of a pair that either store has."""
    latest = _understood(cast(bytes | None, store.get(latest_candle_key(symbol))))
    known = [
        time for time in (minutes.newest(symbol), latest.open_time if latest else None) if time is not None
    ]
    return max(known, default=None)


def _held(store: redis.Redis, symbol: str, first: int, last: int) -> dict[int, Candle]:
    keys = [window_candle_key(symbol, open_time) for open_time in range(first, last + 1, MINUTE_MS)]
    values = cast(list[bytes | None], store.mget(keys))
    candles = (candle for value in values if (candle := _understood(value)) is not None)
    return {candle.open_time: candle for candle in candles}


def _understood(value: bytes | None) -> Candle | None:
    """Return the candle that a value is; None for what is none, which gives way to one."""
    if value is None:
        return None
    try:
        return decode_candle(value)
    except msgspec.DecodeError:
        return None
