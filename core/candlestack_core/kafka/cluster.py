"""What is to be seen of a cluster: topics, offsets, sizes, settings, and where each consumer group stands.

For people who look, not for the services: it asks, and changes nothing. It is on kafka-python alone, since
librdkafka does not tell the sizes of partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kafka import KafkaAdminClient
from kafka import TopicPartition as LibraryPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError as LibraryError

from candlestack_core.kafka.interface import KafkaError, TopicPartition
from candlestack_core.settings import KafkaSettings

ANSWER_WITHIN_MS = 5_000

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class PartitionState:
    """The first offset kept, the next one to be written, and the bytes on disk (None where nobody tells)."""

    partition: TopicPartition
    begin: int
    end: int
    size: int | None

    @property
    def records(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic with its partitions in order; retention as the broker's settings say, -1 for without a bound."""

    name: str
    partitions: tuple[PartitionState, ...]
    retention_ms: int
    retention_bytes: int
    """Of each partition."""

    @property
    def records(self) -> int:
        return sum(partition.records for partition in self.partitions)

    @property
    def size(self) -> int | None:
        """Bytes on disk, or None where they are not known of every partition."""
        sizes = [partition.size for partition in self.partitions]
        return None if None in sizes else sum(size or 0 for size in sizes)


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group, its state as the broker names it (`Stable`, `Empty`), and what it has committed."""

    name: str
    state: str
    committed: Mapping[TopicPartition, int]

    def lag(self, topic: TopicState) -> int | None:
        """Return how many records of a topic it has not committed yet; None where it has committed nothing there."""
        behind = [lag for state in topic.partitions if (lag := self.partition_lag(state)) is not None]
        return sum(behind) if behind else None

    def partition_lag(self, state: PartitionState) -> int | None:
        """Return how many records of a partition it has not committed yet; None where it has committed nothing.

        What retention has deleted no longer counts.
        """
        committed = self.committed.get(state.partition)
        return None if committed is None else max(0, state.end - max(committed, state.begin))


class Cluster:
    """Asks a broker; every method raises `KafkaError` when it does not answer."""

    def __init__(self, settings: KafkaSettings) -> None:
        """Connect.

        Raises:
            KafkaError: when no broker answers.
        """
        self._admin = _ask(
            lambda: KafkaAdminClient(
                bootstrap_servers=settings.kafka_bootstrap.split(","),
                client_id="candlestack",
                bootstrap_timeout_ms=ANSWER_WITHIN_MS,
                request_timeout_ms=ANSWER_WITHIN_MS,
            )
        )

    def topic_names(self) -> list[str]:
        """Return the topics, without those of the broker itself, in alphabetical order."""
        return sorted(self._partition_numbers())

    def _partition_numbers(self) -> dict[str, list[int]]:
        return {
            topic["name"]: sorted(partition["partition_index"] for partition in topic["partitions"])
            for topic in _ask(self._admin.describe_topics)
            if not topic["is_internal"]
        }

    def topics(self, names: Iterable[str] | None = None) -> list[TopicState]:
        """Return the state of some topics, or of all; those that do not exist are left out."""
        numbers = self._partition_numbers()
        chosen = sorted(numbers if names is None else set(names) & numbers.keys())
        if not chosen:
            return []
        partitions = [LibraryPartition(name, number) for name in chosen for number in numbers[name]]
        begins, ends = (
            self._offsets(partitions, OffsetSpec.EARLIEST),
            self._offsets(partitions, OffsetSpec.LATEST),
        )
        sizes, configs = self._sizes(chosen), self._configs(chosen)
        return [
            TopicState(
                name=name,
                partitions=tuple(
                    PartitionState(
                        TopicPartition(name, number),
                        begins[LibraryPartition(name, number)],
                        ends[LibraryPartition(name, number)],
                        sizes.get((name, number)),
                    )
                    for number in numbers[name]
                ),
                retention_ms=int(configs[name]["retention.ms"]),
                retention_bytes=int(configs[name]["retention.bytes"]),
            )
            for name in chosen
        ]

    def groups(self) -> list[Group]:
        """Return every consumer group, in alphabetical order."""
        states = {group["group_id"]: group["group_state"] for group in _ask(self._admin.list_groups)}
        offsets = _ask(lambda: self._admin.list_group_offsets(sorted(states)))
        return [
            Group(
                name,
                states[name],
                {
                    TopicPartition(partition.topic, partition.partition): place.offset
                    for partition, place in offsets.get(name, {}).items()
                    if place.offset >= 0
                },
            )
            for name in sorted(states)
        ]

    def _offsets(self, partitions: list[Any], which: Any) -> dict[Any, int]:
        found = _ask(lambda: self._admin.list_partition_offsets(dict.fromkeys(partitions, which)))
        return {partition: place.offset for partition, place in found.items()}

    def _sizes(self, topics: list[str]) -> dict[tuple[str, int], int]:
        """Return the bytes of each partition on one of its brokers."""
        brokers = _ask(lambda: self._admin.describe_log_dirs(topics))
        return {
            (topic["name"], partition["partition_index"]): partition["partition_size"]
            for broker in brokers
            for folder in broker["log_dirs"]
            for topic in folder["topics"]
            for partition in topic["partitions"]
        }

    def _configs(self, topics: list[str]) -> dict[str, dict[str, str]]:
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
        answer = _ask(lambda: self._admin.describe_configs(resources, config_filter="all"))["topic"]
        return {
            topic: {name: str(entry["value"]) for name, entry in answer[topic].items()} for topic in topics
        }

    def close(self) -> None:
        """Give the connections back."""
        self._admin.close()


def _ask(request: Callable[[], _Answer]) -> _Answer:
    try:
        return request()
    except LibraryError as error:
        raise KafkaError(str(error)) from error
