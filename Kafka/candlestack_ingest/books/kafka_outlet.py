"""Books into Kafka: the best levels of each, on the topic of order books."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from candlestack_core import metrics
from candlestack_core.kafka import BufferFullError, KafkaError, Producer
from candlestack_core.logging import get_logger
from candlestack_core.messages import encode
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT
from candlestack_core.topics import ORDERBOOK
from candlestack_ingest.books.outlet import OutletAwayError
from candlestack_ingest.books.tracked import TrackedBook
from candlestack_ingest.books.views import published

_LOG = get_logger(__name__)

BEHIND_AFTER_S = 5.0
"""Records that wait so long, with none acknowledged, say that the broker is away."""


class KafkaOutlet:
    """Hands books to a producer whose small buffer, once full, leaves only the newest state of each waiting."""

    name = "kafka"

    def __init__(self, producer: Producer, clock_ms: Callable[[], int]) -> None:
        self._producer = producer
        self._clock_ms = clock_ms
        self._progress_at = time.monotonic()

    async def check(self) -> None:
        self._producer.poll()
        if self._producer.pending() == 0:
            self._progress_at = time.monotonic()
        waited = time.monotonic() - self._progress_at
        if waited > BEHIND_AFTER_S:
            raise OutletAwayError(
                f"{self._producer.pending()} books wait, none acknowledged for {waited:.0f} s"
            )

    async def write(self, books: Sequence[TrackedBook]) -> None:
        await self.check()
        sent = (HEADER_SENT, b"%d" % self._clock_ms())
        for tracked in books:
            headers = [sent]
            if tracked.arrival_time is not None:
                headers.append((HEADER_RECEIVED, b"%d" % tracked.arrival_time))
            try:
                self._producer.send(
                    ORDERBOOK, tracked.symbol, encode(published(tracked)), headers, self._delivered
                )
            except BufferFullError as error:
                raise OutletAwayError(str(error)) from error

    def _delivered(self, error: KafkaError | None) -> None:
        self._progress_at = time.monotonic()
        if error is None:
            metrics.RECORDS_PRODUCED.labels(topic=ORDERBOOK).inc()
        else:
            _LOG.error("a book was refused by the broker", reason=str(error))
