"""The Redis writer: candles, trades and listings from Kafka into the realtime store."""

from __future__ import annotations

from candlestack_core.names import GROUP_REDIS_WRITER
from candlestack_core.settings import KafkaSettings, RedisSettings, load
from candlestack_core.topics import LISTINGS, TRADES
from candlestack_ingest.consumers.loop import Limits
from candlestack_ingest.consumers.runtime import run_consumer
from candlestack_ingest.stores.realtime import RealtimeSink, connect

LIMITS = Limits(max_records=2_000, linger_s=0.02)
"""A chart that moves 20 ms later is not slower to the eye; a pair that trades hundreds of times is one write."""


def main() -> None:
    """Run the Redis writer."""
    run_consumer(
        "redis-writer", GROUP_REDIS_WRITER, lambda kafka: (kafka.kafka_topic, TRADES, LISTINGS), _sink, LIMITS
    )


def _sink() -> RealtimeSink:
    settings = load(RedisSettings)
    return RealtimeSink(connect(settings), settings, load(KafkaSettings).kafka_topic)
