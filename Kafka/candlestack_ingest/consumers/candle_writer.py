"""The candle writer: closed 1m candles from Kafka into MongoDB."""

from __future__ import annotations

from candlestack_core.names import GROUP_CANDLE_WRITER
from candlestack_core.settings import MongoSettings, load
from candlestack_ingest.consumers.loop import Limits
from candlestack_ingest.consumers.runtime import run_consumer
from candlestack_ingest.stores.candles import CandleSink, connect

LIMITS = Limits(max_records=2_000, linger_s=0.25)
"""The pairs close within moments of each other: one journalled write for all of them."""


def main() -> None:
    """Run the candle writer."""
    run_consumer("candle-writer", GROUP_CANDLE_WRITER, lambda kafka: (kafka.kafka_topic,), _sink, LIMITS)


def _sink() -> CandleSink:
    settings = load(MongoSettings)
    return CandleSink(connect(settings)[settings.mongo_db])
