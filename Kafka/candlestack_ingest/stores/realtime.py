"""Redis: the newest candle of each pair, the realtime window, and the newest trades."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import redis
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Record
from candlestack_core.messages import Candle, Trade, decode_candle, decode_trade
from candlestack_core.names import latest_candle_key, trades_key, window_candle_key
from candlestack_core.settings import RedisSettings
from candlestack_core.topics import TRADES
from candlestack_core.versions import is_newer, supersedes
from msgspec import DecodeError
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from candlestack_ingest.consumers.sink import NotUnderstoodError, Refusal, StoreAwayError

IF_NEWER = files(__package__).joinpath("if_newer.lua").read_text(encoding="utf-8")
HOUR_MS = 60 * MINUTE_MS
TIMEOUT_S = 3.0

_Call = tuple[str, Sequence[bytes | str | int]]
_Stored = tuple[Candle, bytes]


def connect(settings: RedisSettings) -> redis.Redis:
    """Return a client that answers within seconds or fails; the consumer loop does the trying again."""
    return redis.Redis(
        host=settings.redis_host,
        port=settings.redis_port,
        password=settings.redis_password or None,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


class RealtimeSink:
    """Folds a batch to what is newest, then writes it in one round trip, by the script that refuses the older."""

    name = "redis"

    def __init__(self, store: redis.Redis, settings: RedisSettings) -> None:
        self._store = store
        self._window_ms = settings.realtime_window_hours * HOUR_MS
        self._list_length = settings.trades_list_length
        self._script_sha = ""
        self._newest_open_time: dict[str, int] = {}
        self._latest: dict[str, _Stored] = {}
        self._window: dict[tuple[str, int], _Stored] = {}
        self._trades: dict[str, dict[int, bytes]] = {}

    def open(self) -> None:
        try:
            self._script_sha = self._store.script_load(IF_NEWER)
        except RedisError as error:
            raise _away(error) from error

    def add(self, record: Record) -> None:
        try:
            if record.topic == TRADES:
                self._add_trade(decode_trade(record.value), record.value)
            else:
                self._add_candle(decode_candle(record.value), record.value)
        except (DecodeError, UnicodeDecodeError) as error:
            raise NotUnderstoodError(str(error)) from None

    def _add_trade(self, trade: Trade, value: bytes) -> None:
        self._trades.setdefault(trade.symbol, {})[trade.trade_id] = value

    def _add_candle(self, candle: Candle, value: bytes) -> None:
        symbol = candle.symbol
        newest = max(candle.open_time, self._newest_open_time.get(symbol, 0))
        self._newest_open_time[symbol] = newest
        if symbol not in self._latest or is_newer(candle, self._latest[symbol][0]):
            self._latest[symbol] = (candle, value)
        key = (symbol, candle.open_time)
        if key not in self._window or supersedes(candle, self._window[key][0]):
            self._window[key] = (candle, value)

    def size(self) -> int:
        return len(self._latest) + len(self._window) + sum(len(trades) for trades in self._trades.values())

    def flush(self) -> list[Refusal]:
        calls = [*self._candle_calls(), *self._trade_calls()]
        try:
            self._run(calls)
        except RedisError as error:
            raise _away(error) from error
        self._latest.clear()
        self._window.clear()
        self._trades.clear()
        return []

    def _candle_calls(self) -> list[_Call]:
        calls = [
            _candle_call(latest_candle_key(symbol), stored, 0) for symbol, stored in self._latest.items()
        ]
        for (symbol, open_time), stored in self._window.items():
            # Event time decides when a candle leaves the window: a replay's times are not the wall clock's.
            left_ms = self._window_ms - (self._newest_open_time[symbol] - open_time)
            if left_ms > 0:
                calls.append(_candle_call(window_candle_key(symbol, open_time), stored, left_ms))
        return calls

    def _trade_calls(self) -> list[_Call]:
        calls: list[_Call] = []
        for symbol, trades in self._trades.items():
            arguments: list[bytes | str | int] = ["trades", self._list_length]
            for trade_id in sorted(trades)[-self._list_length :]:
                arguments += (trade_id, trades[trade_id])
            calls.append((trades_key(symbol), arguments))
        return calls

    def _run(self, calls: Sequence[_Call]) -> None:
        try:
            self._run_pipeline(calls)
        except NoScriptError:
            # A Redis that was started again has forgotten the script; what was written is not written twice.
            self._script_sha = self._store.script_load(IF_NEWER)
            self._run_pipeline(calls)

    def _run_pipeline(self, calls: Sequence[_Call]) -> None:
        with self._store.pipeline(transaction=False) as pipeline:
            for key, arguments in calls:
                pipeline.evalsha(self._script_sha, 1, key, *arguments)
            pipeline.execute()


def _away(error: RedisError) -> StoreAwayError:
    return StoreAwayError(str(error) or type(error).__name__)


def _candle_call(key: str, stored: _Stored, ttl_ms: int) -> _Call:
    candle, value = stored
    return key, ("candle", value, candle.open_time, int(candle.closed), candle.version, ttl_ms)
