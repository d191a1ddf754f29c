"""The completeness ledger: it reads what is really in Kafka, and trusts no producer's word."""

from __future__ import annotations

import time

from candlestack_core.names import GROUP_COMPLETENESS
from candlestack_core.settings import KafkaSettings, MongoSettings, load
from candlestack_core.topics import ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from candlestack_ingest.completeness.sightings import readers
from candlestack_ingest.completeness.sink import CompletenessSink
from candlestack_ingest.consumers.loop import Limits
from candlestack_ingest.consumers.runtime import run_consumer
from candlestack_ingest.stores.candles import connect

LIMITS = Limits(max_records=10_000, linger_s=1.0)
"""All that comes within a second changes one document of each stream."""


def main() -> None:
    """Run the completeness ledger."""
    run_consumer(
        "completeness-ledger",
        GROUP_COMPLETENESS,
        lambda kafka: (kafka.kafka_topic, TRADES, ORDERBOOK_UPDATE, ORDERBOOK),
        _sink,
        LIMITS,
    )


def _sink() -> CompletenessSink:
    settings = load(MongoSettings)
    return CompletenessSink(
        connect(settings)[settings.mongo_db],
        readers(load(KafkaSettings).kafka_topic),
        keep_days=settings.completeness_days,
        clock_ms=lambda: time.time_ns() // 1_000_000,
    )
