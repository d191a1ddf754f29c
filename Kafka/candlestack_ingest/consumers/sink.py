"""The contract between the consumer loop and a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from candlestack_core.kafka import Record, TopicPartition


class NotUnderstoodError(ValueError):
    """A record that is not what its topic carries; the text says why."""


class StoreAwayError(Exception):
    """The store did not do what it was asked, and may do it later."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that the store will never take, and why."""

    record: Record
    reason: str


class Sink(Protocol):
    """Takes records and writes them in batches. Writing a record again changes nothing.

    The loop opens it, then adds and flushes; a flush that fails is tried again after another `open`. It commits
    the offsets of a batch when its flush has returned.
    """

    @property
    def name(self) -> str:
        """The store, as metrics and readiness call it."""
        ...

    def open(self) -> None:
        """Make the store ready for writing. Idempotent.

        Raises:
            StoreAwayError: the store does not answer or refuses.
        """
        ...

    def add(self, record: Record) -> None:
        """Keep a record for the next flush.

        Raises:
            NotUnderstoodError: nothing was kept.
        """
        ...

    def size(self) -> int:
        """Return how many entries the next flush would write."""
        ...

    def flush(self) -> list[Refusal]:
        """Write what was added; return what the store will never take.

        Raises:
            StoreAwayError: the store did not acknowledge; all that was added is still kept.
        """
        ...

    def lost(self, assigned: frozenset[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Return the assigned partitions whose records the store has lost, with the time to read again from.

        The time is that of arrival at the broker, in ms. Called every few seconds with nothing added, so that
        a store that is away is noticed while nothing arrives.

        Raises:
            StoreAwayError: the store does not answer or refuses.
        """
        ...

    def regain(self, partitions: frozenset[TopicPartition]) -> None:
        """Take note that lost partitions are being read again: the offsets were set back and committed.

        Raises:
            StoreAwayError: no note was taken.
        """
        ...

    def close(self) -> None:
        """Give the connections back; writes nothing."""
        ...
