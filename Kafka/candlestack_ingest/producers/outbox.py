"""Between asyncio and the Kafka producer: a bounded buffer that stops the reader when the broker is behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from candlestack_core import metrics
from candlestack_core.kafka import BufferFullError, KafkaError, Producer
from candlestack_core.logging import get_logger
from candlestack_core.messages import DeadLetter, encode
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT
from candlestack_core.service import Health
from candlestack_core.topics import DEAD_LETTER

_LOG = get_logger(__name__)

POLL_EVERY_S = 0.02
FULL_WAIT_S = 0.05
BEHIND_AFTER_S = 5.0
"""Records that wait for the broker so long, with none acknowledged, say that it is away."""
COMPONENT = "kafka"


class Outbox:
    """Sends records; `send` waits while the buffer is full, so whoever reads the exchange stops reading."""

    def __init__(self, producer: Producer, health: Health, clock_ms: Callable[[], int]) -> None:
        self._producer = producer
        self._health = health
        self._clock_ms = clock_ms
        self._progress_at = time.monotonic()
        self._away = False

    async def send(
        self,
        topic: str,
        key: str,
        value: bytes,
        *,
        received_ms: int,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        """Hand a record to Kafka, waiting for room; `on_lost` is called if the broker refuses it for good.

        Raises:
            FatalKafkaError: when this process can never send again.
        """
        sent_counter = metrics.RECORDS_PRODUCED.labels(topic=topic)

        def delivered(error: KafkaError | None) -> None:
            self._progress_at = time.monotonic()
            if error is None:
                sent_counter.inc()
                return
            _LOG.error("record refused by the broker", topic=topic, key=key, reason=str(error))
            if on_lost is not None:
                on_lost()

        headers = [
            (HEADER_RECEIVED, str(received_ms).encode()),
            (HEADER_SENT, str(self._clock_ms()).encode()),
        ]
        if self._producer.pending() == 0:
            self._progress_at = time.monotonic()
        while True:
            try:
                self._producer.send(topic, key, value, headers, delivered)
            except BufferFullError:
                metrics.READING_PAUSED.set(1)
                await asyncio.sleep(FULL_WAIT_S)
                continue
            metrics.READING_PAUSED.set(0)
            return

    async def dead_letter(self, payload: bytes, *, origin: str, reason: str, received_ms: int) -> None:
        """Send what could not be understood to the dead letters, counted."""
        metrics.DEAD_LETTERS.labels(origin=origin).inc()
        _LOG.warning("dead letter", origin=origin, reason=reason, size=len(payload))
        letter = DeadLetter.of(payload, origin=origin, reason=reason, time=received_ms)
        await self.send(DEAD_LETTER, origin, encode(letter), received_ms=received_ms)

    async def run(self) -> None:
        """Serve acknowledgements until cancelled, and say whether the broker takes what it is given."""
        while True:
            self._producer.poll()
            pending = self._producer.pending()
            metrics.RECORDS_PENDING.set(pending)
            self._watch(pending)
            self._health.beat()
            await asyncio.sleep(POLL_EVERY_S)

    def _watch(self, pending: int) -> None:
        waited = time.monotonic() - self._progress_at
        away = pending > 0 and waited > BEHIND_AFTER_S
        if away:
            self._health.not_ready(COMPONENT, f"{pending} records wait, none acknowledged for {waited:.0f} s")
        else:
            self._health.ready(COMPONENT)
        if away != self._away:
            self._away = away
            if away:
                _LOG.warning("the broker takes nothing; records are held", pending=pending)
            else:
                _LOG.info("the broker takes records again")

    async def close(self, timeout_s: float) -> None:
        """Wait for what is unacknowledged, for at most `timeout_s`."""
        left = await asyncio.to_thread(self._producer.flush, timeout_s)
        if left:
            _LOG.warning(
                "stopped with records unacknowledged; the next start fills them by REST", records=left
            )
        self._producer.close()
