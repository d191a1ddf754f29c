"""The producer and the admin of the Kafka interface on confluent-kafka (librdkafka)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import confluent_kafka
from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from candlestack_core.kafka.interface import (
    LINGER_MS,
    BufferFullError,
    FatalKafkaError,
    Headers,
    KafkaError,
    OnDelivery,
    OnRefused,
)
from candlestack_core.topics import Topic

_LOG = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 5.0
"""Short enough that a process that waits for the broker can still stop within ten seconds."""

COMMON: dict[str, Any] = {
    "client.id": "candlestack",
    "reconnect.backoff.ms": 100,
    "reconnect.backoff.max.ms": 5_000,
    "topic.metadata.refresh.interval.ms": 30_000,
    "log.connection.close": False,
}


class ConfluentProducer:
    """`interface.Producer` on librdkafka."""

    def __init__(self, bootstrap: str, max_pending: int, on_refused: OnRefused | None = None) -> None:
        self._fatal: KafkaError | None = None
        self._max_pending = max_pending
        self._on_refused = on_refused
        # Counted here where each record is reported: librdkafka's own length also counts its events.
        self._pending = 0
        refusals: dict[str, Any] = {}
        if on_refused is not None:
            refusals = {
                "delivery.report.only.error": True,
                "on_delivery": self._report_refusal,
                "queue.buffering.max.messages": max_pending,
            }
        self._producer = confluent_kafka.Producer(
            COMMON
            | {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": LINGER_MS,
                "partitioner": "murmur2_random",
                "queue.buffering.max.messages": max_pending + 1_000,
                "queue.buffering.max.kbytes": 256 * 1024,
                # No record is given up while the process lives: the buffer fills and reading stops instead.
                "message.timeout.ms": 0,
                "error_cb": self._on_error,
            }
            | refusals,
            logger=_LOG,
        )
        self._produce: Callable[..., None] = self._producer.produce

    def _report_refusal(self, error: confluent_kafka.KafkaError | None, message: Any) -> None:
        if error is not None and self._on_refused is not None:
            self._on_refused(
                message.topic(), message.key() or b"", message.value() or b"", KafkaError(str(error))
            )

    def _on_error(self, error: confluent_kafka.KafkaError) -> None:
        if error.fatal():
            self._fatal = FatalKafkaError(str(error))
        else:
            _LOG.warning("kafka: %s", error)

    def _raise_if_fatal(self) -> None:
        if self._fatal is not None:
            raise self._fatal

    def send(
        self,
        topic: str,
        key: str,
        value: bytes,
        headers: Headers = (),
        on_delivery: OnDelivery | None = None,
    ) -> None:
        if self._fatal is not None:
            raise self._fatal
        if self._on_refused is not None:
            if on_delivery is not None:
                raise ValueError("a producer with on_refused reports no single delivery")
            try:
                self._produce(topic, value, key, headers=headers)
            except BufferError as error:
                raise BufferFullError(str(error)) from None
            except KafkaException as error:
                raise KafkaError(str(error)) from error
            return
        if self._pending >= self._max_pending:
            raise BufferFullError(f"{self._max_pending} records wait for the broker")
        try:
            self._produce(
                topic,
                key=key.encode(),
                value=value,
                headers=list(headers),
                on_delivery=self._delivery_report(on_delivery),
            )
        except BufferError as error:
            raise BufferFullError(str(error)) from None
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        self._pending += 1

    def _delivery_report(
        self, on_delivery: OnDelivery | None
    ) -> Callable[[confluent_kafka.KafkaError | None, Any], None]:
        def report(error: confluent_kafka.KafkaError | None, _message: Any) -> None:
            self._pending -= 1
            if on_delivery is not None:
                on_delivery(None if error is None else KafkaError(str(error)))

        return report

    def poll(self, timeout_s: float = 0.0) -> None:
        self._producer.poll(timeout_s)
        self._raise_if_fatal()

    def pending(self) -> int:
        return self._pending if self._on_refused is None else len(self._producer)

    def flush(self, timeout_s: float) -> int:
        self._producer.flush(timeout_s)
        return self.pending()

    def close(self) -> None:
        # What is still unacknowledged goes with the process; callers flush first.
        self._producer.purge()
        self._producer.flush(0)


class ConfluentAdmin:
    """`interface.Admin` on librdkafka."""

    def __init__(self, bootstrap: str) -> None:
        self._admin = AdminClient(
            COMMON
            | {
                "bootstrap.servers": bootstrap,
                "error_cb": lambda error: _LOG.warning("kafka: %s", error),
            },
            logger=_LOG,
        )

    def ensure_topics(self, topics: Sequence[Topic], replication_factor: int) -> list[str]:
        try:
            present = self._admin.list_topics(timeout=REQUEST_TIMEOUT_S).topics
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        missing = [topic for topic in topics if topic.name not in present]
        created = self._create(missing, replication_factor)
        self._mend([topic for topic in topics if topic.name not in created])
        return created

    def _create(self, topics: Sequence[Topic], replication_factor: int) -> list[str]:
        if not topics:
            return []
        wanted = [
            NewTopic(topic.name, topic.partitions, replication_factor, config=topic.config())
            for topic in topics
        ]
        created = []
        for name, outcome in self._admin.create_topics(wanted, request_timeout=REQUEST_TIMEOUT_S).items():
            try:
                outcome.result()
                created.append(name)
            except KafkaException as error:
                # Another process may have created it between our look and our request.
                if error.args[0].code() != confluent_kafka.KafkaError.TOPIC_ALREADY_EXISTS:
                    raise KafkaError(f"{name}: {error}") from error
        return created

    def _mend(self, topics: Sequence[Topic]) -> None:
        resources = []
        for topic in topics:
            present = self.topic_config(topic.name)
            changes = {key: value for key, value in topic.config().items() if present.get(key) != value}
            if changes:
                resources.append(
                    ConfigResource(
                        ResourceType.TOPIC,
                        topic.name,
                        incremental_configs=[
                            ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                            for key, value in changes.items()
                        ],
                    )
                )
        if not resources:
            return
        for outcome in self._admin.incremental_alter_configs(resources).values():
            try:
                outcome.result()
            except KafkaException as error:
                raise KafkaError(str(error)) from error

    def topic_config(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        try:
            entries = self._admin.describe_configs([resource], request_timeout=REQUEST_TIMEOUT_S)[
                resource
            ].result()
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        return {name: entry.value for name, entry in entries.items()}

    def topic_id(self, topic: str) -> str:
        try:
            described = self._admin.describe_topics(
                TopicCollection([topic]), request_timeout=REQUEST_TIMEOUT_S
            )
            # The library writes plain base64, Kafka the kind that is safe in an address.
            return str(described[topic].result().topic_id).translate(str.maketrans("+/", "-_"))
        except KafkaException as error:
            raise KafkaError(str(error)) from error

    def close(self) -> None:
        """librdkafka's admin client ends with its last reference."""
