"""The exchange cuts, refuses, and goes away: what was missed meanwhile is there afterwards, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from candlestack_core.decimals import canonical
from candlestack_core.kafka import Consumer, open_consumer
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import TRADES
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import Platform, eventually, post_json, read_values, trade_ids_without_a_gap

KLINES = "faulty_exchange_kline_1m"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "XRPUSDT")
PRODUCERS = ("candle-producer", "trade-producer")
FIGURES = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quote_volume",
    "taker_buy_volume",
    "taker_buy_quote_volume",
)


@pytest.fixture
def platform(
    own_kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Platform]:
    with Platform(
        broker=own_kafka_broker,
        mongo=mongo_server,
        redis=redis_server,
        log_dir=tmp_path,
        database="EXCHANGE_FAULTS",
        settings={
            "BACKFILL_HOURS": "1",
            "SYMBOLS": ",".join(SYMBOLS),
            "STREAMS_PER_CONNECTION": "2",
            "KAFKA_TOPIC": KLINES,
        },
    ) as platform:
        platform.start("simulator", *PRODUCERS)
        for name in PRODUCERS:
            eventually(platform[name].ready, f"{name} is ready")
        yield platform


@pytest.fixture
def consumer(own_kafka_broker: KafkaBroker) -> Iterator[Consumer]:
    consumer = open_consumer(KafkaSettings.model_validate({"kafka_bootstrap": own_kafka_broker.bootstrap}))
    yield consumer
    consumer.close()


def newest_trade(consumer: Consumer) -> int:
    return max((value["time"] for value in read_values(consumer, TRADES)), default=0)


def closed_candles(consumer: Consumer, symbol: str) -> dict[int, dict[str, Any]]:
    values = read_values(consumer, KLINES)
    return {value["open_time"]: value for value in values if value["closed"] and value["symbol"] == symbol}


def test_cut_refused_and_gone_the_exchange_costs_no_candle_and_no_trade(
    platform: Platform, consumer: Consumer
) -> None:
    eventually(lambda: newest_trade(consumer), "trades on the topic")

    for _ in range(2):
        assert post_json(f"{platform.simulator_url}/sim/faults", {"kind": "cut"})["affected"] > 0
        cut_at = platform.simulator("/api/v3/time")["serverTime"]
        eventually(lambda cut_at=cut_at: newest_trade(consumer) > cut_at + 1_000, "trades after the cut")  # type: ignore[misc]

    for status in (503, 429):
        failure = {"kind": "rest_error", "count": 3, "status": status, "retry_after_s": 1}
        post_json(f"{platform.simulator_url}/sim/faults", failure)
        post_json(f"{platform.simulator_url}/sim/faults", {"kind": "cut"})
        for name in PRODUCERS:
            eventually(platform[name].ready, f"{name} is connected again after HTTP {status}")

    platform["simulator"].kill_and_restart()
    back_at = eventually(lambda: platform.simulator("/api/v3/time"), "the exchange's return")["serverTime"]
    eventually(lambda: newest_trade(consumer) > back_at + 1_000, "trades after the exchange's return")

    eventually(lambda: trade_ids_without_a_gap(read_values(consumer, TRADES)), "trades without a gap")
    now = platform.simulator("/api/v3/time")["serverTime"]
    last = now - now % 60_000 - 60_000
    first = last - 50 * 60_000
    for symbol in SYMBOLS:
        eventually(
            lambda symbol=symbol: (
                set(range(first, last + 1, 60_000)) <= closed_candles(consumer, symbol).keys()
            ),  # type: ignore[misc]
            f"every closed candle of {symbol}",
        )
        stored = closed_candles(consumer, symbol)
        truth = platform.simulator(f"/sim/truth/candles?symbol={symbol}&interval=1m&start={first}&end={last}")
        assert len(truth) == 51
        for row in truth:
            candle = stored[row["open_time"]]
            assert {name: candle[name] for name in FIGURES} == {
                name: canonical(row[name]) for name in FIGURES
            }
            assert candle["trades"] == row["trades"]
