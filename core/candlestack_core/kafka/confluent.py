"""The Kafka interface on confluent-kafka (librdkafka)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import confluent_kafka
from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from candlestack_core.kafka.interface import (
    BufferFullError,
    FatalKafkaError,
    Headers,
    KafkaError,
    OnDelivery,
    Record,
    TopicPartition,
)
from candlestack_core.topics import Topic

_LOG = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 5.0
"""Short enough that a process that waits for the broker can still stop within ten seconds."""

_COMMON: dict[str, Any] = {
    "client.id": "candlestack",
    "reconnect.backoff.ms": 100,
    "reconnect.backoff.max.ms": 5_000,
    "topic.metadata.refresh.interval.ms": 30_000,
    "log.connection.close": False,
}


class ConfluentProducer:
    """`interface.Producer` on librdkafka."""

    def __init__(self, bootstrap: str, max_pending: int) -> None:
        self._fatal: KafkaError | None = None
        self._max_pending = max_pending
        # Counted here: librdkafka's own length also counts its events.
        self._pending = 0
        self._producer = confluent_kafka.Producer(
            _COMMON
            | {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": 10,
                "partitioner": "murmur2_random",
                "queue.buffering.max.messages": max_pending + 1_000,
                "queue.buffering.max.kbytes": 256 * 1024,
                # No record is given up while the process lives: the buffer fills and reading stops instead.
                "message.timeout.ms": 0,
                "error_cb": self._on_error,
            },
            logger=_LOG,
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
        self._raise_if_fatal()
        if self._pending >= self._max_pending:
            raise BufferFullError(f"{self._max_pending} records wait for the broker")
        try:
            self._producer.produce(
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
        return self._pending

    def flush(self, timeout_s: float) -> int:
        self._producer.flush(timeout_s)
        return self._pending

    def close(self) -> None:
        # What is still unacknowledged goes with the process; callers flush first.
        self._producer.purge()
        self._producer.flush(0)


class ConfluentConsumer:
    """`interface.Consumer` on librdkafka."""

    def __init__(self, bootstrap: str, group: str | None) -> None:
        self._paused = False
        self._consumer = confluent_kafka.Consumer(
            _COMMON
            | {
                "bootstrap.servers": bootstrap,
                # librdkafka wants a group id even where no group is joined and nothing is committed.
                "group.id": group or "unused",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "allow.auto.create.topics": False,
                "enable.partition.eof": False,
                # A killed process frees its partitions after this long; the broker's least is 6 s.
                "session.timeout.ms": 6_000,
                "socket.timeout.ms": 6_000,
                "heartbeat.interval.ms": 2_000,
                "fetch.wait.max.ms": 100,
                "queued.max.messages.kbytes": 32 * 1024,
                "error_cb": lambda error: _LOG.warning("kafka: %s", error),
            },
            logger=_LOG,
        )

    def subscribe(self, topics: Sequence[str]) -> None:
        self._consumer.subscribe(list(topics), on_assign=self._on_assign)

    def _on_assign(self, consumer: confluent_kafka.Consumer, partitions: list[Any]) -> None:
        consumer.assign(partitions)
        if self._paused:
            consumer.pause(partitions)

    def assign(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._consumer.assign(
            [confluent_kafka.TopicPartition(p.topic, p.partition, offset) for p, offset in offsets.items()]
        )

    def poll(self, timeout_s: float, max_records: int = 500) -> list[Record]:
        first = self._consumer.poll(timeout_s)
        if first is None:
            return []
        # consume() waits until it has all it was asked for; asked with no time it gives what is here.
        rest = self._consumer.consume(max_records - 1, 0) if max_records > 1 else []
        records = []
        for message in [first, *rest]:
            error = message.error()
            if error is None:
                records.append(_record(message))
            elif error.code() not in _AWAY:
                if records:
                    # What was read before the error is not read again: hand it over, the error comes back.
                    _LOG.warning("kafka: %s", error)
                    break
                raise KafkaError(str(error))
        return records

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        wanted = [
            confluent_kafka.TopicPartition(p.topic, p.partition, offset) for p, offset in offsets.items()
        ]
        if not wanted:
            return
        try:
            committed = self._consumer.commit(offsets=wanted, asynchronous=False)
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        for partition in committed or []:
            if partition.error is not None:
                raise KafkaError(str(partition.error))

    def pause(self) -> None:
        self._paused = True
        self._consumer.pause(self._consumer.assignment())

    def resume(self) -> None:
        self._paused = False
        self._consumer.resume(self._consumer.assignment())

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(TopicPartition(p.topic, p.partition) for p in self._consumer.assignment())

    def partitions(self, topic: str) -> list[TopicPartition]:
        try:
            metadata = self._consumer.list_topics(topic, timeout=REQUEST_TIMEOUT_S)
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        return [TopicPartition(topic, number) for number in sorted(metadata.topics[topic].partitions)]

    def bounds(self, partition: TopicPartition) -> tuple[int, int]:
        try:
            bounds = self._consumer.get_watermark_offsets(
                confluent_kafka.TopicPartition(*partition), timeout=REQUEST_TIMEOUT_S
            )
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        if bounds is None:
            raise KafkaError("the broker did not answer in time")
        low, high = bounds
        return int(low), int(high)

    def offset_at(self, partition: TopicPartition, time_ms: int) -> int:
        asked = confluent_kafka.TopicPartition(partition.topic, partition.partition, time_ms)
        try:
            [found] = self._consumer.offsets_for_times([asked], timeout=REQUEST_TIMEOUT_S)
        except KafkaException as error:
            raise KafkaError(str(error)) from error
        if found.error is not None:
            raise KafkaError(str(found.error))
        return int(found.offset) if found.offset >= 0 else self.bounds(partition)[1]

    def close(self) -> None:
        self._consumer.close()


_AWAY = frozenset(
    {
        confluent_kafka.KafkaError._ALL_BROKERS_DOWN,
        confluent_kafka.KafkaError._TRANSPORT,
        confluent_kafka.KafkaError._RESOLVE,
        confluent_kafka.KafkaError._TIMED_OUT,
        confluent_kafka.KafkaError._PARTITION_EOF,
    }
)


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp=message.timestamp()[1],
        key=message.key(),
        value=message.value() or b"",
        headers=tuple(message.headers() or ()),
    )


class ConfluentAdmin:
    """`interface.Admin` on librdkafka."""

    def __init__(self, bootstrap: str) -> None:
        self._admin = AdminClient(
            _COMMON
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

    def close(self) -> None:
        """librdkafka's admin client ends with its last reference."""
