"""The consumer of the Kafka interface on confluent-kafka (librdkafka)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import confluent_kafka
import msgspec
from confluent_kafka import KafkaException

from candlestack_core.kafka.confluent import COMMON, REQUEST_TIMEOUT_S
from candlestack_core.kafka.interface import KafkaError, Record, TopicPartition

_LOG = logging.getLogger(__name__)

SESSION_TIMEOUT_MS = 6_000
"""A killed process frees its partitions after this long; the broker's least is 6 s."""
_CLOSE_TIMEOUT_S = 2.0
_COMMIT_TIMEOUT_S = 3.0
"""A process that is told to stop may have to wait for both, and for its store, within ten seconds."""
_COMMIT_POLL_S = 0.001
_MAX_AHEAD = 50_000
_STATISTICS_EVERY_MS = 1_000


class ConfluentConsumer:
    """`interface.Consumer` on librdkafka."""

    def __init__(self, bootstrap: str, group: str | None) -> None:
        self._paused = False
        self._ahead: list[Any] = []
        """Messages that came while a commit was awaited, for the next poll."""
        self._commit_pending = False
        self._commit_error: confluent_kafka.KafkaError | None = None
        self._lags: dict[TopicPartition, int] = {}
        self._consumer = confluent_kafka.Consumer(
            COMMON
            | {
                "bootstrap.servers": bootstrap,
                # librdkafka wants a group id even where no group is joined and nothing is committed.
                "group.id": group or "unused",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "allow.auto.create.topics": False,
                "enable.partition.eof": False,
                "session.timeout.ms": SESSION_TIMEOUT_MS,
                "socket.timeout.ms": 6_000,
                "heartbeat.interval.ms": 2_000,
                "fetch.wait.max.ms": 100,
                "queued.max.messages.kbytes": 32 * 1024,
                "statistics.interval.ms": _STATISTICS_EVERY_MS,
                "stats_cb": self._on_statistics,
                "on_commit": self._on_commit,
                "error_cb": lambda error: _LOG.warning("kafka: %s", error),
            },
            logger=_LOG,
        )

    def subscribe(self, topics: Sequence[str]) -> None:
        self._consumer.subscribe(list(topics), on_assign=self._on_assign)

    def _on_assign(self, consumer: confluent_kafka.Consumer, partitions: list[Any]) -> None:
        # Reading begins at the committed offsets again, so what came ahead will come again.
        self._ahead.clear()
        consumer.assign(partitions)
        if self._paused:
            consumer.pause(partitions)

    def _on_commit(self, error: confluent_kafka.KafkaError | None, partitions: list[Any]) -> None:
        errors = (partition.error for partition in partitions)
        self._commit_error = error or next((each for each in errors if each is not None), None)
        self._commit_pending = False

    def _on_statistics(self, text: str) -> None:
        self._lags = {
            TopicPartition(topic, int(number)): lag
            for topic, known in _decode_statistics(text).topics.items()
            for number, partition in known.partitions.items()
            if (lag := partition.lag()) is not None
        }

    def assign(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._consumer.assign(
            [confluent_kafka.TopicPartition(p.topic, p.partition, offset) for p, offset in offsets.items()]
        )

    def poll(self, timeout_s: float, max_records: int = 500) -> list[Record]:
        if self._ahead and not self._paused:
            messages, self._ahead = self._ahead[:max_records], self._ahead[max_records:]
            return _records(messages)
        first = self._consumer.poll(timeout_s)
        if first is None:
            return []
        # consume() waits until it has all it was asked for; asked with no time it gives what is here.
        rest = self._consumer.consume(max_records - 1, 0) if max_records > 1 else []
        return _records([first, *rest])

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not offsets:
            return
        if self._commit_pending:
            raise KafkaError("the broker has not answered the commit before this one")
        wanted = [
            confluent_kafka.TopicPartition(p.topic, p.partition, offset) for p, offset in offsets.items()
        ]
        # Not the library's synchronous commit: while a broker is reached and does not answer, that one waits
        # without end (https://github.com/confluentinc/librdkafka/issues/3740).
        self._commit_pending, self._commit_error = True, None
        try:
            self._consumer.commit(offsets=wanted, asynchronous=True)
        except KafkaException as error:
            self._commit_pending = False
            raise KafkaError(str(error)) from error
        deadline = time.monotonic() + _COMMIT_TIMEOUT_S
        while self._commit_pending:
            if time.monotonic() > deadline or len(self._ahead) >= _MAX_AHEAD:
                raise KafkaError("the broker did not answer the commit in time")
            # The answer is delivered by a poll, which may bring messages as well.
            message = self._consumer.poll(_COMMIT_POLL_S)
            if message is not None:
                self._ahead.append(message)
        if self._commit_error is not None:
            raise KafkaError(str(self._commit_error))

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._ahead = [message for message in self._ahead if _partition_of(message) not in offsets]
        try:
            for partition, offset in offsets.items():
                self._consumer.seek(confluent_kafka.TopicPartition(*partition, offset))
        except KafkaException as error:
            raise KafkaError(str(error)) from error

    def lag(self) -> dict[TopicPartition, int]:
        mine = self.assignment()
        return {partition: lag for partition, lag in self._lags.items() if partition in mine}

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
        # Closing waits for the answer to a commit, without end while the broker is frozen (see `commit`).
        closing = threading.Thread(target=self._consumer.close, name="close-consumer", daemon=True)
        closing.start()
        closing.join(_CLOSE_TIMEOUT_S)
        if closing.is_alive():
            _LOG.warning("kafka: the group could not be left in time; the broker will notice")


_AWAY = frozenset(
    {
        confluent_kafka.KafkaError._ALL_BROKERS_DOWN,
        confluent_kafka.KafkaError._TRANSPORT,
        confluent_kafka.KafkaError._RESOLVE,
        confluent_kafka.KafkaError._TIMED_OUT,
        confluent_kafka.KafkaError._PARTITION_EOF,
    }
)


def _records(messages: Sequence[Any]) -> list[Record]:
    """Return the records among what was polled.

    Raises:
        KafkaError: when there is nothing but an error that polling again does not mend.
    """
    records = []
    refused: confluent_kafka.KafkaError | None = None
    for message in messages:
        error = message.error()
        if error is None:
            records.append(_record(message))
        elif error.code() not in _AWAY:
            refused = error
    if refused is None:
        return records
    if not records:
        raise KafkaError(str(refused))
    # What was polled is not polled again: hand it over, the error comes back.
    _LOG.warning("kafka: %s", refused)
    return records


def _partition_of(message: Any) -> TopicPartition:
    return TopicPartition(message.topic(), message.partition())


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


class _PartitionStatistics(msgspec.Struct):
    """What librdkafka tells of a partition; -1 and below for what it does not know."""

    consumer_lag: int = -1
    lo_offset: int = -1
    hi_offset: int = -1

    def lag(self) -> int | None:
        """Return the records behind the committed offset; all that are there where none was committed."""
        if self.consumer_lag >= 0:
            return self.consumer_lag
        return self.hi_offset - max(self.lo_offset, 0) if self.hi_offset >= 0 else None


class _TopicStatistics(msgspec.Struct):
    partitions: dict[str, _PartitionStatistics]


class _Statistics(msgspec.Struct):
    topics: dict[str, _TopicStatistics]


_decode_statistics = msgspec.json.Decoder(_Statistics).decode
