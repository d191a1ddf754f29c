"""Topics and names as the design fixes them."""

from __future__ import annotations

import pytest

from candlestack_core import names
from candlestack_core.intervals import Interval
from candlestack_core.topics import HOUR_MS, MB, Topic, all_topics

GB = 1024 * MB
TOPICS = {topic.name: topic for topic in all_topics()}


@pytest.mark.parametrize(
    ("name", "hours", "most_bytes"),
    [
        ("crypto_kline_1m", 7 * 24, 1 * GB),
        ("crypto_trades", 24, 1 * GB),
        ("orderbook_update", 1, 1 * GB),
        ("crypto_orderbook", 0.25, 256 * MB),
        ("crypto.market_data", 24, 256 * MB),
        ("crypto_listings", 24, 64 * MB),
        ("crypto_dead_letter", 7 * 24, 1 * GB),
    ],
)
def test_a_topic_keeps_what_the_design_says(name: str, hours: float, most_bytes: int) -> None:
    topic = TOPICS[name]
    assert topic.config()["retention.ms"] == str(int(hours * HOUR_MS))
    assert int(topic.config()["retention.bytes"]) * topic.partitions <= most_bytes


@pytest.mark.parametrize("topic", TOPICS.values(), ids=list(TOPICS))
def test_a_partition_expires_in_steps_that_keep_both_bounds_within_an_eighth(topic: Topic) -> None:
    config = {key: int(value) for key, value in topic.config().items() if value.isdigit()}
    assert MB <= config["segment.bytes"] <= max(config["retention.bytes"] // 8, MB)
    assert config["segment.ms"] <= config["retention.ms"] // 8


def test_the_setting_of_the_candle_topic_moves_that_topic_and_no_other() -> None:
    moved = {topic.name: topic for topic in all_topics("my_candles")}
    assert moved.keys() ^ TOPICS.keys() == {"my_candles", "crypto_kline_1m"}
    assert moved["my_candles"].config() == TOPICS["crypto_kline_1m"].config()


def test_no_topic_is_listed_twice() -> None:
    assert len(TOPICS) == len(all_topics())


def test_every_interval_has_its_collection() -> None:
    assert {interval.value: f"{interval.value}_kline" for interval in Interval} == names.KLINE_COLLECTIONS


def test_keys_are_those_of_the_design() -> None:
    assert names.latest_candle_key("BTCUSDT") == "crypto:BTCUSDT:1m:latest"
    assert names.window_candle_key("BTCUSDT", 1_775_001_600_000) == "crypto:BTCUSDT:1m:1775001600000"
    assert names.trades_key("BTCUSDT") == "trades:BTCUSDT:list"
    assert names.order_book_key("BTCUSDT") == "orderbook:BTCUSDT:latest"
    assert names.usdm_order_book_key("BTCUSDT") == "orderbook:usdm:BTCUSDT:latest"
    assert names.LIVE_ORDERBOOK == "LIVE_ORDERBOOK"
    assert names.candle_id("BTCUSDT", 1_775_001_600_000) == "BTCUSDT:1775001600000"
