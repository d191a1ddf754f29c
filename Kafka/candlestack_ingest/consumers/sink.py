"""The contract between the consumer loop and a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from candlestack_core.kafka import Record


class NotUnderstoodError(ValueError):
    """A record that is not what its topic carries; the text says why."""


class StoreAwayError(Exception):
    """The store did not acknowledge a batch; the same batch may be offered again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that the store will never take, and why."""

    record: Record
    reason: str


class Sink(Protocol):
    """Takes records and writes them in batches. Writing a record again changes nothing."""

    @property
    def name(self) -> str:
        """The store, as metrics and readiness call it."""
        ...

    def open(self) -> None:
        """Make the store ready for writing. Idempotent.

        Raises:
            StoreAwayError: the store does not answer.
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
