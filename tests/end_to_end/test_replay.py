"""A recording replayed through the whole path while every process is killed once: nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pymongo
import pytest
import redis

from candlestack_core.decimals import canonical_decimal
from candlestack_core.kafka import TopicPartition, open_consumer
from candlestack_core.names import KLINE_1M, trades_key
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import TRADES
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import LIVE, RECORDINGS, Platform, ends_of
from waiting import eventually

SPEED = 12
"""Ten minutes and fifty seconds in about fifty-four: on a busy machine the kills come late."""
ALL_ARE_BACK = 0.85
"""By this part of the recording: a hole is seen by what comes after it, and after the end nothing comes."""
KILLS = (
    ("trade-producer", 0.10, 0.05),
    ("candle-producer", 0.20, 0.25),
    ("redis-writer", 0.50, 0.05),
    ("candle-writer", 0.60, 0.05),
)
"""Which process is killed after which part of the recording, and for which part it is away, at least.

The candle producer is away while two minutes close; a tenth of the recording is a good minute.
"""
RECORDING = RECORDINGS / "streams" / "spot"
SYMBOLS = ("BTCUSDT", "ETHUSDT")

pytestmark = pytest.mark.skipif(not RECORDING.is_dir(), reason=f"no recordings in {RECORDING}")

AGGREGATE = """
with trade as (
    select
        data->>'$.s' as symbol,
        (data->>'$.t')::bigint as id,
        (data->>'$.T')::bigint // 60000 * 60000 as open_time,
        (data->>'$.p')::decimal(28, 8) as price,
        (data->>'$.q')::decimal(28, 8) as quantity,
        ((data->>'$.p')::decimal(19, 8) * (data->>'$.q')::decimal(19, 8)) as quote,
        (data->>'$.m')::boolean as buyer_is_maker,
        (data->>'$.T')::bigint as time
    from (
        select json_extract(line[21:], '$.data') as data
        from read_csv(?, columns = {'line': 'varchar'}, delim = '\x01', quote = '', escape = '', header = false,
                      max_line_size = 10000000)
        where contains(line, '@trade"')
    )
)
select
    symbol, open_time, first(price order by id), max(price), min(price), last(price order by id),
    sum(quantity), sum(quote), count(*),
    coalesce(sum(quantity) filter (not buyer_is_maker), 0), coalesce(sum(quote) filter (not buyer_is_maker), 0),
    min(min(time)) over (partition by symbol), max(max(time)) over (partition by symbol),
    max(max(id)) over (partition by symbol)
from trade group by symbol, open_time order by symbol, open_time
"""


@pytest.fixture
def platform(
    lasting_kafka_broker: KafkaBroker,
    mongo_server: MongoServer,
    own_redis_server: RedisServer,
    tmp_path: Path,
) -> Iterator[Platform]:
    files = [str(RECORDING / f"{symbol.lower()}_2024080{day}.gz") for symbol in SYMBOLS for day in (8, 9)]
    with Platform(
        broker=lasting_kafka_broker,
        mongo=mongo_server,
        redis=own_redis_server,
        log_dir=tmp_path,
        database="REPLAYED",
        settings={
            "REPLAY_RECORDING": ",".join(files),
            "REPLAY_SPEED": str(SPEED),
            "REPLAY_TIMES": "kept",
            "REPLAY_START_DELAY_S": "6",
            "KAFKA_TOPIC": "replayed_kline_1m",
            "TRADES_LIST_LENGTH": "100000",
            "TRADES_REFILL_LIMIT": "100000",
        },
    ) as platform:
        platform.start(*LIVE)
        yield platform


def aggregate_of_the_recording() -> tuple[dict[tuple[str, int], dict[str, Any]], dict[str, int]]:
    """Make the candles of every fully covered minute from the recorded trades, by DuckDB; and each pair's last id."""
    files = [str(path) for path in sorted(RECORDING.glob("*usdt_2024080*.gz"))]
    candles = {}
    newest_ids = {}
    for row in duckdb.connect().execute(AGGREGATE, [files]).fetchall():
        symbol, open_time, open_, high, low, close, volume, quote, trades, taker, taker_quote, *ends = row
        first, last, newest_ids[symbol] = ends
        if open_time >= first and open_time + 60_000 <= last:
            candles[symbol, open_time] = {
                "open": canonical_decimal(open_),
                "high": canonical_decimal(high),
                "low": canonical_decimal(low),
                "close": canonical_decimal(close),
                "volume": canonical_decimal(volume),
                "quote_volume": canonical_decimal(quote),
                "trades": trades,
                "taker_buy_volume": canonical_decimal(taker),
                "taker_buy_quote_volume": canonical_decimal(taker_quote),
            }
    return candles, newest_ids


def test_a_replay_with_every_process_killed_gives_each_covered_candle_once_and_exact(
    platform: Platform,
    lasting_kafka_broker: KafkaBroker,
    mongo_server: MongoServer,
    own_redis_server: RedisServer,
) -> None:
    expected, newest_ids = aggregate_of_the_recording()
    assert len(expected) == 2 * 10

    def progress() -> float:
        about = platform.simulator("/sim/source")
        if about is None:
            return 0.0
        coverage = about["coverage"]["BTCUSDT"]
        start, end = coverage["start_ms"], coverage["end_ms"]
        return float((about["now_ms"] - start) / (end - start))

    def until(part: float) -> None:
        eventually(lambda: progress() >= part, f"{part:.0%} of the recording")

    for name, killed_at, away_for in KILLS:
        until(killed_at)
        platform[name].kill()
        # From now: on a busy machine the recording may be far ahead of the time it was to be killed at.
        until(min(progress() + away_for, ALL_ARE_BACK))
        platform[name].start()
    eventually(lambda: (platform.simulator("/sim/source") or {}).get("ended"), "the end of the recording")

    with (
        pymongo.MongoClient[dict[str, Any]](mongo_server.uri) as client,
        redis.Redis(port=own_redis_server.port) as store,
    ):
        candles = client["REPLAYED"][KLINE_1M]
        covered = {"completeness": {"$ne": "partial"}}
        eventually(lambda: candles.count_documents(covered) >= len(expected), "every candle in MongoDB")
        stored = {}
        for document in candles.find(covered):
            open_time = document["open_time"].replace(tzinfo=UTC)
            assert document["close_time"].replace(tzinfo=UTC) == open_time + timedelta(milliseconds=59_999)
            assert document["closed"] is True
            assert document["source"] in ("replay", "backfill:replay")
            key = document["symbol"], int(open_time.timestamp() * 1000)
            stored[key] = {field: document[field] for field in next(iter(expected.values()))}
        assert stored == expected
        filled = candles.count_documents({"completeness": "backfilled", "source": "backfill:replay"})
        assert filled >= 2 * len(SYMBOLS)

        first_minute = min(open_time for _, open_time in expected) - 60_000
        edges = candles.find({"completeness": "partial"})
        assert {document["open_time"].replace(tzinfo=UTC) for document in edges} <= {
            datetime.fromtimestamp(first_minute / 1000, UTC),
            datetime.fromtimestamp(first_minute / 1000 + 60 * 11, UTC),
        }

        def all_on_the_topic() -> dict[str, set[int]] | None:
            # The candles come by another process.
            ids = trade_ids_on_the_topic(lasting_kafka_broker)
            return ids if all(newest_ids[symbol] in ids[symbol] for symbol in SYMBOLS) else None

        for symbol, on_topic in eventually(all_on_the_topic, "the last trades on the topic").items():
            newest = newest_ids[symbol]
            assert on_topic == set(range(min(on_topic), newest + 1))
            eventually(
                lambda symbol=symbol, newest=newest: trade_ids(store, symbol)[:1] == [newest],  # type: ignore[misc]
                f"the newest trade of {symbol} in Redis",
            )
            assert trade_ids(store, symbol) == sorted(on_topic, reverse=True)


def trade_ids(store: redis.Redis, symbol: str) -> list[int]:
    return [json.loads(entry)["trade_id"] for entry in store.lrange(trades_key(symbol), 0, -1)]


def trade_ids_on_the_topic(broker: KafkaBroker) -> dict[str, set[int]]:
    """Return the ids of each symbol's trades on the topic."""
    consumer = open_consumer(KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap}))
    try:
        ends = ends_of(consumer, TRADES)
        consumer.assign(dict.fromkeys(ends, 0))
        seen: dict[str, set[int]] = {symbol: set() for symbol in SYMBOLS}
        left: set[TopicPartition] = {partition for partition, end in ends.items() if end}
        while left:
            for record in consumer.poll(1.0, 5_000):
                value = json.loads(record.value)
                if value["source"].endswith("replay"):
                    seen[value["symbol"]].add(value["trade_id"])
                if record.offset >= ends[record.topic_partition] - 1:
                    left.discard(record.topic_partition)
    finally:
        consumer.close()
    return seen
