"""What is cleared from Redis, and what is never touched."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
import redis

from candlestack_core import names
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import (
    LIVE_ORDERBOOK,
    WINDOW_PARTITIONS,
    latest_candle_key,
    order_book_key,
    trades_key,
    usdm_order_book_key,
    window_candle_key,
)
from candlestack_core.settings import RedisSettings
from candlestack_ingest.history.clearing import SPOT_KEYS, USDM_KEYS, Followed, clear
from candlestack_ingest.stores.realtime import connect
from candlestack_local.servers import RedisServer
from records import START

pytestmark = pytest.mark.usefixtures("patient_stores")

WINDOW_MS = 60 * MINUTE_MS
FOLLOWED = Followed(
    spot=frozenset({"BTCUSDT", "ETHUSDT"}),
    futures=frozenset({"BTCUSDT"}),
    newest={"BTCUSDT": START},
    window_ms=WINDOW_MS,
)
IN_WINDOW = {
    window_candle_key("BTCUSDT", START),
    window_candle_key("BTCUSDT", START - WINDOW_MS + MINUTE_MS),
    window_candle_key("ETHUSDT", START - 10 * WINDOW_MS),  # of a pair whose newest candle nobody knows
}
LASTING = {
    *(key_of(symbol) for symbol in ("BTCUSDT", "ETHUSDT") for key_of in SPOT_KEYS),
    usdm_order_book_key("BTCUSDT"),
    WINDOW_PARTITIONS,
}
OTHERS = {"ranking:top_gainers", "trading:state", "my:own", "tradesman", "cryptography"}
EXPIRED = {
    window_candle_key("BTCUSDT", START - WINDOW_MS),
    window_candle_key("BTCUSDT", START - 500 * MINUTE_MS),
}
FOREIGN = {
    latest_candle_key("DOGEUSDT"),
    window_candle_key("DOGEUSDT", START),
    trades_key("DOGEUSDT"),
    order_book_key("DOGEUSDT"),
    usdm_order_book_key("ETHUSDT"),
    f"{latest_candle_key('BTCUSDT')}:old",
    window_candle_key("BTCUSDT", START + 1),
    f"{window_candle_key('BTCUSDT', START)}x",
    trades_key("BTC:USDT"),
}


@pytest.fixture
def store(redis_server: RedisServer) -> Iterator[redis.Redis]:
    settings = RedisSettings(redis_host="127.0.0.1", redis_port=redis_server.port)
    with connect(settings) as client:
        client.flushdb()
        yield client
        client.flushdb()


def fill(store: redis.Redis) -> None:
    for key in IN_WINDOW | LASTING | OTHERS | EXPIRED | FOREIGN:
        store.set(key, "x")
    for symbol in ("BTCUSDT", "ETHUSDT"):
        store.hset(LIVE_ORDERBOOK, symbol, "x")


def keys_of(store: redis.Redis) -> set[str]:
    return {key.decode() for key in store.scan_iter()}


def test_the_expired_and_the_foreign_are_removed_and_nothing_else(store: redis.Redis) -> None:
    fill(store)
    removed = clear(store, FOLLOWED)
    assert set(removed) == EXPIRED | FOREIGN | {f"{LIVE_ORDERBOOK}[ETHUSDT]"}
    assert keys_of(store) == IN_WINDOW | LASTING | OTHERS | {LIVE_ORDERBOOK}
    assert store.hkeys(LIVE_ORDERBOOK) == [b"BTCUSDT"]
    assert clear(store, FOLLOWED) == []


def test_with_pairs_named_only_what_has_left_their_windows_is_removed(store: redis.Redis) -> None:
    fill(store)
    removed = set(clear(store, FOLLOWED, ("BTCUSDT",)))
    assert removed >= EXPIRED
    assert removed - EXPIRED <= FOREIGN
    assert latest_candle_key("DOGEUSDT") in keys_of(store)
    assert store.hkeys(LIVE_ORDERBOOK) == [b"BTCUSDT", b"ETHUSDT"]


def test_a_key_that_is_no_text_is_left_alone(store: redis.Redis) -> None:
    key = trades_key("\udcff").encode(errors="surrogateescape")
    store.set(key, "x")
    clear(store, FOLLOWED)
    assert store.get(key) == b"x"


def test_every_key_of_a_pair_that_core_names_is_known_here() -> None:
    named = {
        name
        for name, function in vars(names).items()
        if name.endswith("_key")
        and inspect.isfunction(function)
        and "symbol" in inspect.signature(function).parameters
    }
    known = {function.__name__ for function in (*SPOT_KEYS, *USDM_KEYS, window_candle_key)}
    assert named == known, "what is kept of a new key is decided here"
