"""Records that could not be understood, on their way to the dead letters."""

from __future__ import annotations

import time
from collections import deque

from candlestack_core import metrics
from candlestack_core.kafka import BufferFullError, KafkaError, OnDelivery, Producer, Record
from candlestack_core.logging import get_logger
from candlestack_core.messages import DeadLetter, encode
from candlestack_core.topics import DEAD_LETTER

_LOG = get_logger(__name__)


class DeadLetters:
    """Holds dead letters until the broker has acknowledged them; offsets are committed only after that."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._unsent: deque[tuple[str, bytes]] = deque()
        self._refused: list[tuple[str, bytes]] = []

    def put(self, record: Record, reason: str) -> None:
        """Take a record's bytes, with where they came from and why they are here."""
        topic = f"topic:{record.topic}"
        origin = f"{topic}/{record.partition}@{record.offset}"
        metrics.DEAD_LETTERS.labels(origin=topic).inc()
        _LOG.warning("dead letter", origin=origin, reason=reason, size=len(record.value))
        letter = DeadLetter.of(record.value, origin=origin, reason=reason, time=record.timestamp)
        self._unsent.append((topic, encode(letter)))

    def waiting(self) -> int:
        """Return how many are not acknowledged."""
        return len(self._unsent) + len(self._refused) + self._producer.pending()

    def settle(self, timeout_s: float) -> bool:
        """Send what is held, waiting for at most `timeout_s`; tell whether the broker has all of it.

        What the broker refuses is sent again the next time.

        Raises:
            FatalKafkaError: when this process can never send again.
        """
        deadline = time.monotonic() + timeout_s
        self._unsent.extend(self._refused)
        self._refused.clear()
        while self._unsent or self._producer.pending():
            self._send()
            self._producer.flush(max(deadline - time.monotonic(), 0.0))
            if time.monotonic() >= deadline:
                break
        return not self.waiting()

    def _send(self) -> None:
        while self._unsent:
            key, letter = self._unsent[0]
            try:
                self._producer.send(DEAD_LETTER, key, letter, on_delivery=self._report(key, letter))
            except BufferFullError:
                return
            self._unsent.popleft()

    def _report(self, key: str, letter: bytes) -> OnDelivery:
        def delivered(error: KafkaError | None) -> None:
            if error is not None:
                _LOG.warning("dead letter refused by the broker", reason=str(error))
                self._refused.append((key, letter))

        return delivered

    def close(self) -> None:
        """Give the producer up, with what it holds: uncommitted records come again."""
        self._producer.close()
