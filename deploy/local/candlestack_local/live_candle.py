"""The proof that the way of the data is open: a candle that moves now, read from the realtime store."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec
from redis import Redis
from redis.exceptions import RedisError

from candlestack_core.messages import Candle
from candlestack_core.names import backfill_source, latest_candle_key
from candlestack_local.configuration import Configuration

_FRESH_MS = 60_000
_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class LiveCandles:
    """The newest candle of the first pair that has one, and how many of how many pairs have one."""

    candle: Candle
    pairs: int
    expected: int

    @property
    def all_live(self) -> bool:
        return self.pairs == self.expected


def live_candles(configuration: Configuration) -> LiveCandles | None:
    """Look for candles that the stream has written within the last minute; in a replay, at any time.

    Returns None while there are none, or Redis does not answer.
    """
    now_ms = time.time_ns() // 1_000_000
    oldest = now_ms - _FRESH_MS + min(configuration.simulator.simulator_clock_offset_ms, 0)
    with Redis(
        host=configuration.redis.redis_host,
        port=configuration.redis.redis_port,
        password=configuration.redis.redis_password or None,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
    ) as client:
        try:
            keys = [latest_candle_key(symbol) for symbol in configuration.symbols]
            keys = keys or sorted(key.decode() for key in client.scan_iter(latest_candle_key("*")))
            values = client.mget(keys) if keys else []
        except (RedisError, OSError):
            return None
    candles = [msgspec.json.decode(value, type=Candle) for value in values if value is not None]
    live = [
        candle
        for candle in candles
        if configuration.replayed or (candle.version >= oldest and not _is_backfilled(candle))
    ]
    return LiveCandles(live[0], len(live), len(keys)) if live else None


def _is_backfilled(candle: Candle) -> bool:
    return candle.source.startswith(backfill_source(""))
