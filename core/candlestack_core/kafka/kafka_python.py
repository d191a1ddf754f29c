"""The Kafka interface on kafka-python: pure Python, for machines and tools without librdkafka."""

from __future__ import annotations

import base64
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError as LibraryError
from kafka.errors import KafkaTimeoutError, TopicAlreadyExistsError

from candlestack_core.kafka.interface import (
    LINGER_MS,
    BufferFullError,
    FatalKafkaError,
    Headers,
    KafkaError,
    OnDelivery,
    OnRefused,
    Record,
    TopicPartition,
)
from candlestack_core.topics import Topic

_LOG = logging.getLogger(__name__)

REQUEST_TIMEOUT_MS = 5_000
SESSION_TIMEOUT_MS = 6_000
_CLOSE_TIMEOUT_MS = 3_000
_FOR_EVER_MS = 2**31 - 1
_POLL_STEP_S = 0.005

_Answer = TypeVar("_Answer")


def _ask(request: Callable[[], _Answer]) -> _Answer:
    """Call the library and raise its errors as the interface's."""
    try:
        return request()
    except LibraryError as error:
        raise KafkaError(str(error)) from error


class KafkaPythonProducer:
    """`interface.Producer` on kafka-python."""

    def __init__(self, bootstrap: str, max_pending: int, on_refused: OnRefused | None = None) -> None:
        self._max_pending = max_pending
        self._on_refused = on_refused
        self._pending = 0
        # The library reports from its own thread; reports wait here until `poll` hands them on.
        self._reports: deque[tuple[OnDelivery | None, KafkaError | None]] = deque()
        self._producer: KafkaProducer = _ask(
            lambda: KafkaProducer(
                bootstrap_servers=bootstrap.split(","),
                client_id="candlestack",
                enable_idempotence=True,
                acks="all",
                compression_type="lz4",
                linger_ms=LINGER_MS,
                delivery_timeout_ms=_FOR_EVER_MS,
                max_block_ms=REQUEST_TIMEOUT_MS,
                allow_auto_create_topics=False,
                reconnect_backoff_max_ms=5_000,
            )
        )

    def send(
        self,
        topic: str,
        key: str,
        value: bytes,
        headers: Headers = (),
        on_delivery: OnDelivery | None = None,
    ) -> None:
        if self._on_refused is not None:
            if on_delivery is not None:
                raise ValueError("a producer with on_refused reports no single delivery")
            on_delivery = partial(self._report_refusal, topic, key.encode(), value)
        if self._pending >= self._max_pending:
            raise BufferFullError(f"{self._max_pending} records wait for the broker")
        try:
            future = self._producer.send(topic, value=value, key=key.encode(), headers=list(headers))
        except KafkaTimeoutError as error:
            raise BufferFullError(str(error)) from None
        except LibraryError as error:
            raise FatalKafkaError(str(error)) from error
        self._pending += 1
        future.add_callback(lambda _metadata: self._reports.append((on_delivery, None)))
        future.add_errback(lambda error: self._reports.append((on_delivery, KafkaError(str(error)))))

    def _report_refusal(self, topic: str, key: bytes, value: bytes, error: KafkaError | None) -> None:
        if error is not None and self._on_refused is not None:
            self._on_refused(topic, key, value, error)

    def poll(self, timeout_s: float = 0.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not self._reports and self._pending and time.monotonic() < deadline:
            time.sleep(_POLL_STEP_S)
        while self._reports:
            on_delivery, error = self._reports.popleft()
            self._pending -= 1
            if on_delivery is not None:
                on_delivery(error)

    def pending(self) -> int:
        return self._pending

    def flush(self, timeout_s: float) -> int:
        deadline = time.monotonic() + timeout_s
        while self._pending and time.monotonic() < deadline:
            self.poll(deadline - time.monotonic())
        return self._pending

    def close(self) -> None:
        self._producer.close(timeout=0)


class KafkaPythonConsumer:
    """`interface.Consumer` on kafka-python."""

    def __init__(self, bootstrap: str, group: str | None) -> None:
        self._paused = False
        self._consumer: KafkaConsumer = _ask(
            lambda: KafkaConsumer(
                bootstrap_servers=bootstrap.split(","),
                client_id="candlestack",
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=2_000,
                fetch_max_wait_ms=100,
                reconnect_backoff_max_ms=5_000,
            )
        )

    def subscribe(self, topics: Sequence[str]) -> None:
        self._consumer.subscribe(list(topics), listener=_PauseAgain(self))

    def assign(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._consumer.assign([_library_partition(partition) for partition in offsets])
        for partition, offset in offsets.items():
            self._consumer.seek(_library_partition(partition), offset)

    def poll(self, timeout_s: float, max_records: int = 500) -> list[Record]:
        batches = _ask(lambda: self._consumer.poll(int(timeout_s * 1000), max_records=max_records))
        return [
            Record(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                timestamp=record.timestamp,
                key=record.key,
                value=record.value or b"",
                headers=tuple(record.headers or ()),
            )
            for batch in batches.values()
            for record in batch
        ]

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not offsets:
            return
        wanted = {
            _library_partition(partition): kafka.structs.OffsetAndMetadata(offset, "", -1)
            for partition, offset in offsets.items()
        }
        _ask(lambda: self._consumer.commit(wanted, timeout_ms=REQUEST_TIMEOUT_MS))

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not offsets.keys() <= self.assignment():
            raise KafkaError("a partition is not being read")
        for partition, offset in offsets.items():
            self._consumer.seek(_library_partition(partition), offset)

    def lag(self) -> dict[TopicPartition, int]:
        found = {}
        for partition in self.assignment():
            there = _library_partition(partition)
            # Where an end is known something was fetched, so the position is known too and nothing is asked.
            end = self._consumer.highwater(there)
            if end is not None:
                found[partition] = max(end - _ask(partial(self._consumer.position, there)), 0)
        return found

    def pause(self) -> None:
        self._paused = True
        self._consumer.pause(*self._consumer.assignment())

    def resume(self) -> None:
        self._paused = False
        self._consumer.resume(*self._consumer.assignment())

    def pause_again(self) -> None:
        """Keep a pause over a rebalance."""
        if self._paused:
            self._consumer.pause(*self._consumer.assignment())

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(TopicPartition(p.topic, p.partition) for p in self._consumer.assignment())

    def partitions(self, topic: str) -> list[TopicPartition]:
        numbers = _ask(lambda: self._consumer.partitions_for_topic(topic)) or ()
        return [TopicPartition(topic, number) for number in sorted(numbers)]

    def bounds(self, partition: TopicPartition) -> tuple[int, int]:
        wanted = _library_partition(partition)
        low = _ask(lambda: self._consumer.beginning_offsets([wanted], timeout_ms=REQUEST_TIMEOUT_MS))
        high = _ask(lambda: self._consumer.end_offsets([wanted], timeout_ms=REQUEST_TIMEOUT_MS))
        return int(low[wanted]), int(high[wanted])

    def offset_at(self, partition: TopicPartition, time_ms: int) -> int:
        wanted = _library_partition(partition)
        found = _ask(
            lambda: self._consumer.offsets_for_times({wanted: time_ms}, timeout_ms=REQUEST_TIMEOUT_MS)
        )[wanted]
        return int(found.offset) if found is not None and found.offset >= 0 else self.bounds(partition)[1]

    def close(self) -> None:
        self._consumer.close(autocommit=False, timeout_ms=_CLOSE_TIMEOUT_MS)


class _PauseAgain(kafka.ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: KafkaPythonConsumer) -> None:
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing is stored here that would have to be given up."""

    def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002 - the signature is the library's
        self._consumer.pause_again()


def _library_partition(partition: TopicPartition) -> Any:
    return kafka.TopicPartition(partition.topic, partition.partition)


class KafkaPythonAdmin:
    """`interface.Admin` on kafka-python."""

    def __init__(self, bootstrap: str) -> None:
        self._admin: KafkaAdminClient = _ask(
            lambda: KafkaAdminClient(bootstrap_servers=bootstrap.split(","), client_id="candlestack")
        )

    def ensure_topics(self, topics: Sequence[Topic], replication_factor: int) -> list[str]:
        present = set(_ask(self._admin.list_topics))
        created = [
            topic.name
            for topic in topics
            if topic.name not in present and self._create(topic, replication_factor)
        ]
        self._mend([topic for topic in topics if topic.name not in created])
        return created

    def _create(self, topic: Topic, replication_factor: int) -> bool:
        wanted = NewTopic(topic.name, topic.partitions, replication_factor, topic_configs=topic.config())
        try:
            _ask(lambda: self._admin.create_topics([wanted], timeout_ms=REQUEST_TIMEOUT_MS))
        except KafkaError as error:
            # Another process may have created it between our look and our request.
            if isinstance(error.__cause__, TopicAlreadyExistsError):
                return False
            raise
        return True

    def _mend(self, topics: Sequence[Topic]) -> None:
        resources = []
        for topic in topics:
            present = self.topic_config(topic.name)
            changes = {key: value for key, value in topic.config().items() if present.get(key) != value}
            if changes:
                resources.append(ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=changes))
        if resources:
            _ask(lambda: self._admin.alter_configs(resources, incremental=True))

    def topic_config(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        answer = _ask(lambda: self._admin.describe_configs([resource], config_filter="all"))
        entries = answer["topic"][topic]
        if not entries:
            raise KafkaError(f"topic {topic} does not exist")
        return {name: str(entry["value"]) for name, entry in entries.items()}

    def topic_id(self, topic: str) -> str:
        (described,) = _ask(lambda: self._admin.describe_topics([topic]))
        if described["error_code"]:
            raise KafkaError(f"topic {topic} does not exist")
        return base64.urlsafe_b64encode(uuid.UUID(described["topic_id"]).bytes).rstrip(b"=").decode()

    def close(self) -> None:
        self._admin.close()
