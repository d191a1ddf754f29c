"""Redis holds what is newest, whatever order and however often it arrives: the script against the pure rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.messages import Candle
from candlestack_core.names import latest_candle_key, trades_key, window_candle_key
from candlestack_core.settings import RedisSettings
from candlestack_core.topics import KLINE_1M
from candlestack_core.versions import is_newer, supersedes
from candlestack_ingest.consumers.sink import NotUnderstoodError, StoreAwayError
from candlestack_ingest.stores.realtime import RealtimeSink, connect
from candlestack_local.servers import RedisServer
from records import START, candle, record, trade

MINUTE_MS = 60_000


def settings_for(server: RedisServer) -> RedisSettings:
    return RedisSettings.model_validate(
        {
            "redis_host": "127.0.0.1",
            "redis_port": server.port,
            "realtime_window_hours": 1,
            "trades_list_length": 10,
        }
    )


@pytest.fixture(scope="module")
def store(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with connect(settings_for(redis_server)) as client:
        yield client


@pytest.fixture
def sink(store: redis.Redis, redis_server: RedisServer) -> RealtimeSink:
    store.flushdb()
    sink = RealtimeSink(store, settings_for(redis_server), KLINE_1M)
    sink.open()
    return sink


candles = st.builds(
    candle,
    st.integers(0, 3),
    st.integers(1, 4),
    closed=st.booleans(),
    close=st.sampled_from(["1", "1.5", "2"]),
)


@given(batches=st.lists(st.lists(candles, min_size=1, max_size=5), max_size=5))
def test_latest_and_window_hold_the_winner_of_the_pure_rules(
    store: redis.Redis, redis_server: RedisServer, batches: list[list[Candle]]
) -> None:
    store.flushdb()
    sink = RealtimeSink(store, settings_for(redis_server), KLINE_1M)
    sink.open()
    latest: Candle | None = None
    window: dict[int, Candle] = {}
    for batch in batches:
        for made in batch:
            sink.add(record(made))
            if latest is None or is_newer(made, latest):
                latest = made
            if made.open_time not in window or supersedes(made, window[made.open_time]):
                window[made.open_time] = made
        sink.flush()
    assert store.get(latest_candle_key("BTCUSDT")) == (record(latest).value if latest else None)
    for open_time, winner in window.items():
        assert store.get(window_candle_key("BTCUSDT", open_time)) == record(winner).value


@given(batches=st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=15), max_size=6))
def test_a_list_of_trades_is_newest_first_bounded_and_holds_none_twice(
    store: redis.Redis, redis_server: RedisServer, batches: list[list[int]]
) -> None:
    store.flushdb()
    sink = RealtimeSink(store, settings_for(redis_server), KLINE_1M)
    sink.open()
    expected: list[int] = []
    for batch in batches:
        for trade_id in batch:
            sink.add(record(trade(trade_id)))
        sink.flush()
        newest = expected[0] if expected else -1
        expected = (sorted((t for t in set(batch) if t > newest), reverse=True) + expected)[:10]
    ids = [json.loads(value)["trade_id"] for value in store.lrange(trades_key("BTCUSDT"), 0, -1)]
    assert ids == expected


def test_a_candle_leaves_the_window_by_event_time_and_one_outside_is_not_written(
    sink: RealtimeSink, store: redis.Redis
) -> None:
    for minute in (0, 50, 60):
        sink.add(record(candle(minute, 1)))
    sink.flush()
    assert store.exists(window_candle_key("BTCUSDT", START)) == 0
    left = store.pttl(window_candle_key("BTCUSDT", START + 50 * MINUTE_MS))
    assert 49 * MINUTE_MS < left <= 50 * MINUTE_MS
    assert store.pttl(latest_candle_key("BTCUSDT")) == -1


def test_a_redis_that_lost_the_script_is_given_it_again(sink: RealtimeSink, store: redis.Redis) -> None:
    store.script_flush()
    sink.add(record(trade(1)))
    assert sink.flush() == []
    assert store.llen(trades_key("BTCUSDT")) == 1


def test_a_batch_is_kept_while_redis_is_away_and_written_when_it_is_back(
    own_redis_server: RedisServer,
) -> None:
    with connect(settings_for(own_redis_server)) as store:
        sink = RealtimeSink(store, settings_for(own_redis_server), KLINE_1M)
        sink.open()
        own_redis_server.kill()
        sink.add(record(trade(1)))
        with pytest.raises(StoreAwayError):
            sink.flush()
        assert sink.size() == 1
        own_redis_server.start()
        own_redis_server.wait_ready()
        assert sink.flush() == []
        assert sink.size() == 0
        assert store.llen(trades_key("BTCUSDT")) == 1


def test_what_is_no_candle_is_refused_with_the_reason(sink: RealtimeSink) -> None:
    with pytest.raises(NotUnderstoodError, match="missing required field"):
        sink.add(replace(record(candle(0, 1)), value=b'{"symbol":"BTCUSDT"}'))
    assert sink.size() == 0
