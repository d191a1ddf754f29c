"""The Kafka client: `open_producer`, `open_consumer` and `open_admin` give the library that KAFKA_CLIENT names.

confluent-kafka (librdkafka) is the default; kafka-python stands behind the same interface and contract test.
Each library is imported only when it is asked for: they are extras of this package.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from candlestack_core.kafka.interface import (
    Admin,
    BufferFullError,
    Consumer,
    FatalKafkaError,
    Headers,
    KafkaError,
    OnDelivery,
    OnRefused,
    Producer,
    Record,
    TopicPartition,
)
from candlestack_core.settings import KafkaSettings

__all__ = [
    "Admin",
    "BufferFullError",
    "Consumer",
    "FatalKafkaError",
    "Headers",
    "KafkaError",
    "OnDelivery",
    "OnRefused",
    "Producer",
    "Record",
    "TopicPartition",
    "open_admin",
    "open_consumer",
    "open_producer",
]


def open_producer(
    settings: KafkaSettings, *, max_pending: int, on_refused: OnRefused | None = None
) -> Producer:
    """Return a producer that holds at most `max_pending` unacknowledged records.

    With `on_refused` it reports refusals only, whatever record they are of, and takes no `on_delivery`: most
    records succeed, and a call for each would cost more than the sending. With confluent-kafka the broker need
    not be there yet.

    Raises:
        KafkaError: when kafka-python cannot reach the broker.
    """
    if settings.kafka_client == "confluent":
        from candlestack_core.kafka import confluent

        return confluent.ConfluentProducer(settings.kafka_bootstrap, max_pending, on_refused)
    from candlestack_core.kafka import kafka_python

    return kafka_python.KafkaPythonProducer(settings.kafka_bootstrap, max_pending, on_refused)


def open_consumer(settings: KafkaSettings, *, group: str | None = None) -> Consumer:
    """Return a consumer of a group, or, with none, one that is assigned its partitions.

    Raises:
        KafkaError: when kafka-python cannot reach the broker.
    """
    if settings.kafka_client == "confluent":
        from candlestack_core.kafka import confluent_consumer

        return confluent_consumer.ConfluentConsumer(settings.kafka_bootstrap, group)
    from candlestack_core.kafka import kafka_python

    return kafka_python.KafkaPythonConsumer(settings.kafka_bootstrap, group)


def open_admin(settings: KafkaSettings) -> Admin:
    """Return an admin client.

    Raises:
        KafkaError: when kafka-python cannot reach the broker.
    """
    if settings.kafka_client == "confluent":
        from candlestack_core.kafka import confluent

        return confluent.ConfluentAdmin(settings.kafka_bootstrap)
    from candlestack_core.kafka import kafka_python

    return kafka_python.KafkaPythonAdmin(settings.kafka_bootstrap)
