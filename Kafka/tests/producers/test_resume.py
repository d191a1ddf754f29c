"""What a producer that starts reads back from Kafka."""

from __future__ import annotations

import threading

from candlestack_core.kafka import open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import encode
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import TRADES
from candlestack_ingest.producers.resume import resume_trades
from candlestack_local.servers import KafkaBroker
from records import trade

PAIRS = frozenset({"RESUMEDUSDT", "HALTEDUSDT"})


def test_the_newest_trade_of_each_pair_is_found_unless_the_process_is_to_stop(
    kafka_broker: KafkaBroker,
) -> None:
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": kafka_broker.bootstrap})
    ensure_topics(kafka)
    producer = open_producer(kafka, max_pending=100)
    for trade_id in (7, 9, 8):
        producer.send(TRADES, "RESUMEDUSDT", encode(trade(trade_id, "RESUMEDUSDT")))
    assert producer.flush(30.0) == 0
    producer.close()

    now_ms, stopping = 0, threading.Event()  # all that the topic keeps arrived after the epoch
    assert resume_trades(kafka, TRADES, PAIRS, "simulator", now_ms, stopping=stopping) == {"RESUMEDUSDT": 9}
    assert resume_trades(kafka, TRADES, PAIRS, "binance", now_ms, stopping=stopping) == {}
    stopping.set()
    assert resume_trades(kafka, TRADES, PAIRS, "simulator", now_ms, stopping=stopping) == {}
