"""Redis: the newest candle of each pair, the realtime window, the newest trades, and how pairs are listed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import groupby
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.retry import Retry

from candlestack_core import metrics
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Record, TopicPartition
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle, Listing, Trade, encode
from candlestack_core.names import (
    EXCHANGE_LISTINGS,
    WINDOW_PARTITIONS,
    latest_candle_key,
    trades_key,
    window_candle_prefix,
)
from candlestack_core.settings import RedisSettings
from candlestack_core.topics import LISTINGS
from candlestack_core.versions import supersedes
from candlestack_ingest.consumers.records import listing, minute_candle, trade
from candlestack_ingest.consumers.sink import Refusal, StoreAwayError

IF_NEWER = files(__package__).joinpath("if_newer.lua").read_text(encoding="utf-8")
_LOG = get_logger(__name__)

WRONG_TYPE = "WRONGTYPE"
"""How Redis begins, or a script ends, to say that a key holds another type."""
HOUR_MS = 60 * MINUTE_MS
TIMEOUT_S = 3.0

_Argument = bytes | str | int
_Call = tuple[str, Sequence[_Argument]]


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
    """Folds a batch to what is newest, then writes it in one round trip, by the script that refuses the older.

    A Redis that was started again without its data is noticed by `lost`, and the candles that arrived within
    the window's length are read again. Its lists of trades fill with what comes.
    """

    name = "redis"

    def __init__(self, store: redis.Redis, settings: RedisSettings, candle_topic: str) -> None:
        """Take a client, and the topic whose records are candles; those of any other are trades or listings."""
        self._store = store
        self._script = store.register_script(IF_NEWER)
        self._window_ms = settings.realtime_window_hours * HOUR_MS
        self._list_length = settings.trades_list_length
        self._candle_topic = candle_topic
        self._candles: dict[tuple[str, int], Candle] = {}
        self._trades: dict[str, dict[int, Trade]] = {}
        self._listings: dict[str, Listing] = {}

    def open(self) -> None:
        try:
            self._store.ping()
        except RedisError as error:
            raise _away(error) from error

    def add(self, record: Record) -> None:
        if record.topic == self._candle_topic:
            self.put(minute_candle(record))
        elif record.topic == LISTINGS:
            taken_listing = listing(record)
            self._listings[taken_listing.symbol] = taken_listing
        else:
            taken = trade(record)
            self._trades.setdefault(taken.symbol, {}).setdefault(taken.trade_id, taken)

    def put(self, candle: Candle) -> None:
        """Take a 1m candle into the batch, where it is better than what the batch has of its minute."""
        key = (candle.symbol, candle.open_time)
        held = self._candles.get(key)
        if held is None or supersedes(candle, held):
            self._candles[key] = candle

    def size(self) -> int:
        return len(self._candles) + sum(map(len, self._trades.values())) + len(self._listings)

    def flush(self) -> list[Refusal]:
        calls = [*self._candle_calls(), *self._trade_calls()]
        if not calls and not self._listings:
            return []
        try:
            if calls:
                self._run(calls)
            self._put_listings()
        except RedisError as error:
            raise _away(error) from error
        self._candles.clear()
        self._trades.clear()
        self._listings.clear()
        return []

    def lost(self, assigned: frozenset[TopicPartition]) -> Mapping[TopicPartition, int]:
        mine = sorted(where for where in assigned if where.topic == self._candle_topic)
        try:
            if not mine:
                self._store.ping()
                return {}
            given = cast(list[bytes | None], self._store.hmget(WINDOW_PARTITIONS, [*map(_field, mine)]))
        except RedisError as error:
            raise _away(error) from error
        since_ms = time.time_ns() // 1_000_000 - self._window_ms
        return {where: since_ms for where, mark in zip(mine, given, strict=True) if mark is None}

    def regain(self, partitions: frozenset[TopicPartition]) -> None:
        try:
            self._store.hset(WINDOW_PARTITIONS, mapping={_field(where): "1" for where in partitions})
        except RedisError as error:
            raise _away(error) from error

    def close(self) -> None:
        self._store.close()

    def _candle_calls(self) -> list[_Call]:
        calls: list[_Call] = []
        for symbol, held in groupby(sorted(self._candles.items()), key=lambda item: item[0][0]):
            arguments: list[_Argument] = ["candles", self._window_ms, window_candle_prefix(symbol)]
            for _, candle in held:
                arguments += (candle.open_time, int(candle.closed), candle.version, encode(candle))
            calls.append((latest_candle_key(symbol), arguments))
        return calls

    def _trade_calls(self) -> list[_Call]:
        calls: list[_Call] = []
        for symbol, trades in self._trades.items():
            arguments: list[_Argument] = ["trades", self._list_length]
            for trade_id in sorted(trades)[-self._list_length :]:
                arguments += (trade_id, encode(trades[trade_id]))
            calls.append((trades_key(symbol), arguments))
        return calls

    def _run(self, calls: Sequence[_Call]) -> None:
        try:
            self._run_pipeline(calls)
        except NoScriptError:
            # A Redis that was started again has forgotten the script; what was written is not written twice.
            self._store.script_load(IF_NEWER)
            self._run_pipeline(calls)

    def _run_pipeline(self, calls: Sequence[_Call]) -> None:
        with self._store.pipeline(transaction=False) as pipeline:
            for key, arguments in calls:
                pipeline.evalsha(self._script.sha, 1, key, *arguments)
            outcomes = pipeline.execute(raise_on_error=False)
        for (key, _), outcome in zip(calls, outcomes, strict=True):
            if not isinstance(outcome, RedisError):
                continue
            if WRONG_TYPE not in str(outcome):
                raise outcome
            # Somebody else's key by our name: it stops its pair, and no other. Trying again would not help.
            self._left_alone(key, outcome)

    def _put_listings(self) -> None:
        if not self._listings:
            return
        fields = [part for name, each in self._listings.items() for part in (name, encode(each))]
        try:
            self._store.hset(EXCHANGE_LISTINGS, items=fields)
        except ResponseError as error:
            if WRONG_TYPE not in str(error):
                raise
            self._left_alone(EXCHANGE_LISTINGS, error)

    def _left_alone(self, key: str, error: RedisError) -> None:
        metrics.STORE_FAILURES.labels(store=self.name).inc()
        _LOG.error("a key of another type is left alone", key=key, reason=str(error))


def _field(where: TopicPartition) -> str:
    return f"{where.topic}/{where.partition}"


def _away(error: RedisError) -> StoreAwayError:
    return StoreAwayError(str(error) or type(error).__name__)
