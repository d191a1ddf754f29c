"""The Kafka interface: what the platform asks of a client library, and no more.

Two adapters keep it, `confluent` and `kafka_python`; one contract test holds both to it on a real broker.
Offsets are committed by the caller, never by a timer. Both adapters put a key on the same partition
(murmur2), so producers with different clients keep one symbol's order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from candlestack_core.intervals import LAST_TIME_MS
from candlestack_core.topics import Topic

Headers = Sequence[tuple[str, bytes]]

LINGER_MS = 1
"""How long a producer waits for more records before it sends a batch: it is on the way of every live price.

Longer gains little: while a batch is on its way to the broker, the next one fills by itself.
"""


class KafkaError(Exception):
    """Anything the broker or the client refused."""


class BufferFullError(KafkaError):
    """The producer holds as many unacknowledged records as it may; poll and try again."""


class FatalKafkaError(KafkaError):
    """The client cannot go on (for an idempotent producer: its sequence is lost); make a new process."""


class TopicPartition(NamedTuple):
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read; `timestamp` is the broker's time of arrival in ms."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: Headers

    @property
    def topic_partition(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)

    def time_header(self, name: str) -> int | None:
        """Return the epoch ms that a header holds; None where there is none that is a time before the year 10000."""
        for known, value in self.headers:
            if known == name and value.isdigit() and len(value) <= len(str(LAST_TIME_MS)):
                time_ms = int(value)
                return time_ms if time_ms <= LAST_TIME_MS else None
        return None


OnDelivery = Callable[[KafkaError | None], None]
"""Called from `poll` or `flush`, once for each record: None when the broker has it, else why it never will."""

OnRefused = Callable[[str, bytes, bytes, KafkaError], None]
"""Called from `poll` or `flush` with topic, key and value of a record that the broker never will have, and why."""


class Producer(Protocol):
    """Writes records, idempotently, lz4-compressed, acknowledged by all replicas; not safe across threads.

    A record waits for the broker for as long as the process lives: there is no timeout after which it is
    dropped in silence. The buffer is bounded in records.
    """

    def send(
        self,
        topic: str,
        key: str,
        value: bytes,
        headers: Headers = (),
        on_delivery: OnDelivery | None = None,
    ) -> None:
        """Hand a record to the client.

        Raises:
            BufferFullError: when the buffer is full; nothing was taken.
            FatalKafkaError: when this producer can never send again.
        """
        ...

    def poll(self, timeout_s: float = 0.0) -> None:
        """Call the `on_delivery` of what was acknowledged or refused, waiting for at most `timeout_s`.

        Raises:
            FatalKafkaError: when this producer can never send again.
        """
        ...

    def pending(self) -> int:
        """Return how many records are not acknowledged yet."""
        ...

    def flush(self, timeout_s: float) -> int:
        """Wait until all is acknowledged or the time is up; return how many are not."""
        ...

    def close(self) -> None: ...


class Consumer(Protocol):
    """Reads records; not safe across threads. Made either for a group (`subscribe`) or alone (`assign`)."""

    def subscribe(self, topics: Sequence[str]) -> None:
        """Join the group and read what it assigns, from the committed offsets, or from the beginning."""
        ...

    def assign(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read these partitions from these offsets, with no group."""
        ...

    def poll(self, timeout_s: float, max_records: int = 500) -> list[Record]:
        """Return what has arrived, at most `max_records`; empty when nothing came within `timeout_s`.

        Keeps the membership of the group alive; while paused it returns nothing.

        Raises:
            KafkaError: when the broker refuses (an unknown topic, a lost authorisation). A broker that is
                away is not an error: nothing arrives until it is back.
        """
        ...

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit the next offsets to read, and wait for the broker's answer, for some seconds at most.

        Raises:
            KafkaError: when they could not be committed (the broker is away, the partition went to another).
        """
        ...

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Go on reading assigned partitions at these offsets; commits nothing.

        Raises:
            KafkaError: when a partition is not being read.
        """
        ...

    def lag(self) -> dict[TopicPartition, int]:
        """Return how far this consumer is behind the end of each assigned partition, in records.

        As far as the broker has told by itself, a second or so ago: nothing is asked for, and a partition of
        which nothing is known is left out. It is measured from what was committed or, as the library knows
        it, from what was read.
        """
        ...

    def pause(self) -> None:
        """Stop fetching all that is assigned, now and after a rebalance, until `resume`."""
        ...

    def resume(self) -> None: ...

    def assignment(self) -> frozenset[TopicPartition]: ...

    def partitions(self, topic: str) -> list[TopicPartition]:
        """Return the partitions of a topic; empty where it does not exist.

        Raises:
            KafkaError: when the broker does not answer.
        """
        ...

    def bounds(self, partition: TopicPartition) -> tuple[int, int]:
        """Return the first offset kept and the next one to be written.

        Raises:
            KafkaError: when the broker does not answer.
        """
        ...

    def offset_at(self, partition: TopicPartition, time_ms: int) -> int:
        """Return the first offset that arrived at or after a time, or the end where none did.

        Raises:
            KafkaError: when the broker does not answer.
        """
        ...

    def close(self) -> None:
        """Leave the group; commits nothing."""
        ...


class Admin(Protocol):
    """Makes the topics be as `topics` says, and tells how they are."""

    def ensure_topics(self, topics: Sequence[Topic], replication_factor: int) -> list[str]:
        """Create what is missing, mend the settings of what is there; return the names created. Idempotent.

        Partitions are never taken away, and never added to a topic that has records: a key would move.

        Raises:
            KafkaError: when the broker does not answer or refuses.
        """
        ...

    def topic_config(self, topic: str) -> dict[str, str]:
        """Return the broker's settings of a topic.

        Raises:
            KafkaError: when it does not exist or the broker does not answer.
        """
        ...

    def topic_id(self, topic: str) -> str:
        """Return what the broker calls a topic for as long as it exists; one made anew has another (KIP-516).

        Written as Kafka's own tools write it: its 16 bytes in URL-safe base64, without padding.

        Raises:
            KafkaError: when it does not exist or the broker does not answer.
        """
        ...

    def close(self) -> None: ...
