"""Redis holds what is newest, whatever order and however often it arrives: the script against the pure rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import TopicPartition
from candlestack_core.messages import Candle, Listing, encode
from candlestack_core.names import (
    EXCHANGE_LISTINGS,
    latest_candle_key,
    trades_key,
    window_candle_key,
    window_candle_prefix,
)
from candlestack_core.settings import RedisSettings
from candlestack_core.topics import KLINE_1M, LISTINGS, TRADES
from candlestack_core.versions import is_newer, supersedes
from candlestack_ingest.consumers.sink import NotUnderstoodError, StoreAwayError
from candlestack_ingest.stores.realtime import RealtimeSink, connect
from candlestack_local.servers import RedisServer
from records import START, candle, record, trade

pytestmark = pytest.mark.usefixtures("patient_stores")

WINDOW_MINUTES = 60
LIST_LENGTH = 10
LATEST = latest_candle_key("BTCUSDT")
LIST = trades_key("BTCUSDT")


def settings_for(server: RedisServer) -> RedisSettings:
    return RedisSettings.model_validate(
        {
            "redis_host": "127.0.0.1",
            "redis_port": server.port,
            "realtime_window_hours": WINDOW_MINUTES // 60,
            "trades_list_length": LIST_LENGTH,
        }
    )


@pytest.fixture(scope="module")
def store(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with connect(settings_for(redis_server)) as client:
        yield client


def new_sink(store: redis.Redis, server: RedisServer) -> RealtimeSink:
    """Return a sink as a process that starts has it: with nothing in its memory."""
    sink = RealtimeSink(store, settings_for(server), KLINE_1M)
    sink.open()
    return sink


@pytest.fixture
def sink(store: redis.Redis, redis_server: RedisServer) -> RealtimeSink:
    store.flushdb()
    return new_sink(store, redis_server)


def window_of(store: redis.Redis) -> dict[int, object]:
    """Return the window's candles by their open time."""
    prefix = window_candle_prefix("BTCUSDT").encode()
    keys = [key for key in store.scan_iter(match=prefix + b"*", count=1000) if key != LATEST.encode()]
    values = store.mget(keys) if keys else []
    return {int(key.removeprefix(prefix)): value for key, value in zip(keys, values, strict=True)}


def ids_of(store: redis.Redis) -> list[int]:
    return [json.loads(value)["trade_id"] for value in store.lrange(LIST, 0, -1)]


# Few minutes meet in many versions; far ones move the window by less, as much and more than its length.
candles = st.builds(
    candle,
    st.sampled_from([0, 1, 2, 30, 59, 60, 61, 62, 150]),
    st.one_of(st.integers(1, 4), st.sampled_from([2**53 - 2, 2**53 - 1])),
    closed=st.booleans(),
    close=st.sampled_from(["1", "1.5", "2"]),
)


@given(batches=st.lists(st.lists(candles, min_size=1, max_size=6), max_size=6))
def test_latest_and_window_hold_what_the_pure_rules_say(
    store: redis.Redis, redis_server: RedisServer, batches: list[list[Candle]]
) -> None:
    store.flushdb()
    latest: Candle | None = None
    window: dict[int, Candle] = {}
    for batch in batches:
        sink = new_sink(store, redis_server)
        for made in batch:
            sink.add(record(made))
            if latest is None or is_newer(made, latest):
                latest = made
        sink.flush()
        assert latest is not None
        for made in batch:
            if made.open_time not in window or supersedes(made, window[made.open_time]):
                window[made.open_time] = made
        begin = latest.open_time - WINDOW_MINUTES * MINUTE_MS
        window = {open_time: made for open_time, made in window.items() if open_time > begin}
        assert store.get(LATEST) == encode(latest)
        assert window_of(store) == {open_time: encode(made) for open_time, made in window.items()}


# The greatest ids differ only in digits that a double does not hold.
trade_ids = st.one_of(st.integers(1, 40), st.integers(2**63 - 40, 2**63 - 1))


@given(batches=st.lists(st.lists(trade_ids, min_size=1, max_size=15), max_size=6))
def test_a_list_of_trades_is_newest_first_bounded_and_holds_none_twice(
    store: redis.Redis, redis_server: RedisServer, batches: list[list[int]]
) -> None:
    store.flushdb()
    expected: list[int] = []
    for batch in batches:
        sink = new_sink(store, redis_server)
        for trade_id in batch:
            sink.add(record(msgspec.structs.replace(trade(0), trade_id=trade_id)))
        sink.flush()
        newest = expected[0] if expected else -1
        above = sorted({trade_id for trade_id in batch if trade_id > newest}, reverse=True)
        expected = (above + expected)[:LIST_LENGTH]
    assert ids_of(store) == expected


def test_trades_refilled_after_a_gap_and_delivered_again_stand_once_each_in_order(
    store: redis.Redis, redis_server: RedisServer, sink: RealtimeSink
) -> None:
    live, refilled, later = range(1, 4), range(4, 8), range(8, 11)
    for batch in ([*live], [*refilled, *later], [*live, *refilled], [*later]):
        for trade_id in batch:
            sink.add(record(trade(trade_id)))
        sink.flush()
        sink = new_sink(store, redis_server)
    assert ids_of(store) == list(range(10, 0, -1))


def test_a_candle_expires_when_it_is_older_than_the_window_by_event_time(
    sink: RealtimeSink, store: redis.Redis
) -> None:
    for minute in (0, 50, 60):
        sink.add(record(candle(minute, 1)))
    sink.flush()
    assert store.exists(window_candle_key("BTCUSDT", START)) == 0
    left = store.pttl(window_candle_key("BTCUSDT", START + 50 * MINUTE_MS))
    assert 49 * MINUTE_MS < left <= 50 * MINUTE_MS
    assert store.pttl(LATEST) == -1


def test_a_candle_of_the_past_is_judged_by_the_newest_one_stored(
    sink: RealtimeSink, store: redis.Redis, redis_server: RedisServer
) -> None:
    sink.add(record(candle(100, 1)))
    sink.flush()
    started_anew = new_sink(store, redis_server)
    for minute in (10, 70):
        started_anew.add(record(candle(minute, 1)))
    started_anew.flush()
    assert sorted(window_of(store)) == [START + 70 * MINUTE_MS, START + 100 * MINUTE_MS]
    assert 0 < store.pttl(window_candle_key("BTCUSDT", START + 70 * MINUTE_MS)) <= 30 * MINUTE_MS
    assert store.get(LATEST) == encode(candle(100, 1))


def test_pairs_do_not_mix(sink: RealtimeSink, store: redis.Redis) -> None:
    for symbol in ("BTCUSDT", "ETHUSDT"):
        sink.add(record(candle(0, 1, symbol=symbol)))
        sink.add(record(trade(5, symbol)))
    sink.flush()
    for symbol in ("BTCUSDT", "ETHUSDT"):
        assert json.loads(store.get(latest_candle_key(symbol)) or b"{}")["symbol"] == symbol
        assert [json.loads(value)["symbol"] for value in store.lrange(trades_key(symbol), 0, -1)] == [symbol]


@pytest.mark.parametrize("garbage", [b"no json", b"[]", b'"text"', b"{}", b'{"open_time":"1"}', b"null"])
def test_what_is_no_candle_gives_way_to_one(sink: RealtimeSink, store: redis.Redis, garbage: bytes) -> None:
    store.set(LATEST, garbage)
    store.set(window_candle_key("BTCUSDT", START), garbage)
    sink.add(record(candle(0, 1)))
    sink.flush()
    assert store.get(LATEST) == encode(candle(0, 1))
    assert window_of(store) == {START: encode(candle(0, 1))}


def test_a_redis_that_lost_the_script_is_given_it_again(sink: RealtimeSink, store: redis.Redis) -> None:
    store.script_flush()
    sink.add(record(trade(1)))
    assert sink.flush() == []
    assert store.llen(LIST) == 1


def test_a_redis_without_its_data_asks_for_the_candles_again_until_it_was_given_them(
    sink: RealtimeSink, store: redis.Redis
) -> None:
    candles_0, candles_1 = TopicPartition(KLINE_1M, 0), TopicPartition(KLINE_1M, 1)
    assigned = frozenset({candles_0, candles_1, TopicPartition(TRADES, 0)})
    assert set(sink.lost(assigned)) == {candles_0, candles_1}
    sink.regain(frozenset({candles_0}))
    assert set(sink.lost(assigned)) == {candles_1}
    sink.regain(frozenset({candles_1}))
    assert sink.lost(assigned) == {}
    store.flushdb()
    assert set(sink.lost(assigned)) == {candles_0, candles_1}
    assert sink.lost(frozenset()) == {}


def test_a_batch_is_kept_while_redis_is_away_and_written_when_it_is_back(
    own_redis_server: RedisServer,
) -> None:
    with connect(settings_for(own_redis_server)) as store:
        sink = new_sink(store, own_redis_server)
        own_redis_server.kill()
        sink.add(record(trade(1)))
        for ask in (sink.open, sink.flush, lambda: sink.lost(frozenset())):
            with pytest.raises(StoreAwayError):
                ask()
        assert sink.size() == 1
        own_redis_server.restart()
        assert sink.flush() == []
        assert sink.size() == 0
        assert store.llen(LIST) == 1


def test_what_is_no_candle_is_not_kept(sink: RealtimeSink) -> None:
    with pytest.raises(NotUnderstoodError, match="missing required field"):
        sink.add(replace(record(candle(0, 1)), value=b'{"symbol":"BTCUSDT"}'))
    assert sink.size() == 0


def test_a_key_of_another_type_stops_its_own_pair_only(sink: RealtimeSink, store: redis.Redis) -> None:
    store.set(LIST, "not a list")
    sink.add(record(trade(1)))
    sink.add(record(trade(7, "ETHUSDT")))
    assert sink.flush() == []
    assert store.get(LIST) == b"not a list"
    other = store.lrange(trades_key("ETHUSDT"), 0, -1)
    assert [json.loads(value)["trade_id"] for value in other] == [7]
    store.delete(LIST)
    sink.add(record(trade(2)))
    sink.flush()
    assert ids_of(store) == [2]


def listing(symbol: str, tick_size: str) -> Listing:
    return Listing(
        symbol=symbol,
        status="TRADING",
        base_asset=symbol.removesuffix("USDT"),
        quote_asset="USDT",
        base_precision=8,
        quote_precision=8,
        tick_size=tick_size,
        step_size="0.001",
        entry=msgspec.Raw(b'{"symbol":"%s"}' % symbol.encode()),
        time=START,
        source="simulator",
    )


def test_of_each_pair_the_last_listing_is_kept_whatever_else_is_under_its_key(
    sink: RealtimeSink, store: redis.Redis
) -> None:
    listings = [listing("BTCUSDT", "0.1"), listing("ETHUSDT", "0.01"), listing("BTCUSDT", "0.05")]
    for each in listings:
        sink.add(replace(record(trade(1)), topic=LISTINGS, value=encode(each)))
    assert sink.size() == 2
    store.set(EXCHANGE_LISTINGS, "not a hash")
    assert sink.flush() == []
    store.delete(EXCHANGE_LISTINGS)
    for each in listings:
        sink.add(replace(record(trade(1)), topic=LISTINGS, value=encode(each)))
    sink.flush()
    assert sink.size() == 0
    assert store.hgetall(EXCHANGE_LISTINGS) == {
        b"ETHUSDT": encode(listings[1]),
        b"BTCUSDT": encode(listings[2]),
    }
    with pytest.raises(NotUnderstoodError):
        sink.add(replace(record(trade(1)), topic=LISTINGS))
