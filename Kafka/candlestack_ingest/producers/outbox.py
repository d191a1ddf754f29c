"""Between asyncio and the Kafka producer: a bounded buffer that stops the reader when the broker is behind."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
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
FIRST_WAIT_S = 0.002
LONGEST_WAIT_S = 0.05
"""Pauses before a full buffer is tried again."""
BEHIND_AFTER_S = 5.0
"""Records that wait for the broker so long, with none acknowledged, say that it is away."""
COMPONENT = "kafka"

OnLost = Callable[[bytes], None]
"""Called with the value of a record that Kafka will never have."""


class Refusals:
    """Who is told of the records of each topic that the broker refused for good."""

    def __init__(self) -> None:
        self._listeners: dict[str, OnLost] = {}
        self.counts: Counter[str] = Counter()

    def listen(self, topic: str, on_lost: OnLost) -> None:
        """Tell `on_lost` of what is refused on a topic."""
        self._listeners[topic] = on_lost

    def __call__(self, topic: str, key: bytes, value: bytes, error: KafkaError) -> None:
        _LOG.error("record refused by the broker", topic=topic, key=key.decode(), reason=str(error))
        self.counts[topic] += 1
        if (on_lost := self._listeners.get(topic)) is not None:
            on_lost(value)


class Outbox:
    """Sends records; `send` waits while the buffer is full, so whoever reads the exchange stops reading."""

    def __init__(
        self,
        producer: Producer,
        health: Health,
        clock_ms: Callable[[], int],
        refusals: Refusals | None = None,
    ) -> None:
        """Take a producer; what it refuses is told to `refusals`, where it was opened with them."""
        self._producer = producer
        self._health = health
        self._clock_ms = clock_ms
        self.refusals = refusals or Refusals()
        self._handed: Counter[str] = Counter()
        self._marks: deque[tuple[int, Counter[str]]] = deque()
        """What had been handed over at each look that the broker has not reached yet."""
        self._counted: Counter[str] = Counter()
        self._acknowledged = 0
        self._progress_at = time.monotonic()
        self._away = False
        self._waiting = 0
        self._turn = asyncio.Lock()
        """Whoever waits for room gets it in the order of asking, so that a key's records keep theirs."""
        self._stamp = -1
        self._headers: list[tuple[str, bytes]] = []

    @property
    def full(self) -> bool:
        """Tell whether somebody waits for room, so that the exchange is not read."""
        return self._waiting > 0

    def offer(self, topic: str, key: str, value: bytes, received_ms: int) -> bool:
        """Hand a record to Kafka if there is room and nobody waits for it; tell whether it was taken.

        Raises:
            FatalKafkaError: when this process can never send again.
        """
        if self._waiting:
            return False
        # What arrived within one ms is sent within it, or nearly: most frames share their headers.
        if received_ms != self._stamp:
            self._write_headers(received_ms)
        try:
            self._producer.send(topic, key, value, self._headers)
        except BufferFullError:
            return False
        self._handed[topic] += 1
        return True

    def _write_headers(self, received_ms: int) -> None:
        self._stamp = received_ms
        self._headers = [
            (HEADER_RECEIVED, b"%d" % received_ms),
            (HEADER_SENT, b"%d" % self._clock_ms()),
        ]

    def _hand_over_late(self, topic: str, key: str, value: bytes, received_ms: int) -> bool:
        self._write_headers(received_ms)
        try:
            self._producer.send(topic, key, value, self._headers)
        except BufferFullError:
            return False
        self._handed[topic] += 1
        return True

    async def send(self, topic: str, key: str, value: bytes, *, received_ms: int) -> None:
        """Hand a record to Kafka, waiting for room.

        Raises:
            FatalKafkaError: when this process can never send again.
        """
        if self.offer(topic, key, value, received_ms):
            return
        self._waiting += 1
        metrics.READING_PAUSED.set(1)
        try:
            async with self._turn:
                wait_s = FIRST_WAIT_S
                while not self._hand_over_late(topic, key, value, received_ms):
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                    self._producer.poll()
        finally:
            self._waiting -= 1
            metrics.READING_PAUSED.set(int(self.full))

    async def dead_letter(self, payload: bytes, *, origin: str, reason: str, received_ms: int) -> None:
        """Send what could not be understood to the dead letters, counted."""
        metrics.DEAD_LETTERS.labels(origin=origin).inc()
        _LOG.warning("dead letter", origin=origin, reason=reason, size=len(payload))
        letter = DeadLetter.of(payload, origin=origin, reason=reason, time=received_ms)
        await self.send(DEAD_LETTER, origin, encode(letter), received_ms=received_ms)

    async def run(self) -> None:
        """Serve acknowledgements until cancelled, and say whether the broker takes what it is given."""
        while True:
            self.poll()
            self._health.beat()
            await asyncio.sleep(POLL_EVERY_S)

    def poll(self) -> None:
        """Take note of what the broker acknowledged and refused since the last look."""
        self._producer.poll()
        pending = self._producer.pending()
        metrics.RECORDS_PENDING.set(pending)
        self._count(pending)
        self._watch(pending)

    def _count(self, pending: int) -> None:
        """Count what was acknowledged, by topic: the broker takes records nearly in the order they were sent."""
        handed = self._handed.total()
        if not self._marks or self._marks[-1][0] != handed:
            self._marks.append((handed, self._handed.copy()))
        acknowledged = handed - pending
        if acknowledged > self._acknowledged or not pending:
            self._progress_at = time.monotonic()
            self._acknowledged = acknowledged
        while self._marks and self._marks[0][0] <= acknowledged:
            _, reached = self._marks.popleft()
            reached.subtract(self.refusals.counts)
            for topic, count in (reached - self._counted).items():
                metrics.RECORDS_PRODUCED.labels(topic=topic).inc(count)
            self._counted |= reached

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
