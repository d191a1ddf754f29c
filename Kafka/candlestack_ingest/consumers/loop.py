"""Kafka into a store: add, flush, commit, in this order; a store that is away stops progress, not the process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from candlestack_core import metrics
from candlestack_core.kafka import BufferFullError, Consumer, KafkaError, Producer, Record, TopicPartition
from candlestack_core.messages import DeadLetter, encode
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service
from candlestack_core.topics import DEAD_LETTER

from candlestack_ingest.consumers.sink import NotUnderstoodError, Sink, StoreAwayError

KAFKA = "kafka"
POLL_S = 0.2
COMMIT_EVERY_S = 1.0
LAG_EVERY_S = 10.0
DEAD_LETTERS_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is polled at once, and the pauses between attempts while the store or the broker is away."""

    max_records: int = 2_000
    pauses: Callable[[], Pauses] = lambda: Pauses(first=0.25, longest=5.0)


class ConsumerLoop:
    """Carries records of some topics into one sink until the service is told to stop.

    What arrives is written at once: while the store keeps up a batch is what came since the last one, and
    while it does not batches grow up to `max_records`. Offsets are committed only after the store, and for
    dead letters the broker, has acknowledged; what was not committed is read again and written again.
    """

    def __init__(
        self,
        service: Service,
        *,
        consumer: Consumer,
        dead_letters: Producer,
        sink: Sink,
        topics: Sequence[str],
        limits: Limits | None = None,
    ) -> None:
        self._service = service
        self._consumer = consumer
        self._dead_letters = dead_letters
        self._sink = sink
        self._topics = list(topics)
        self._limits = limits or Limits()
        self._read: dict[TopicPartition, int] = {}
        """Next offsets of what was read; they may be committed after the next flush."""
        self._done: dict[TopicPartition, int] = {}
        """Next offsets of what the store has."""
        self._position: dict[TopicPartition, int] = {}
        """Next offsets to read, for the lag."""
        self._committed_at = self._lag_at = time.monotonic()

    def run(self) -> None:
        """Carry records until the service is told to stop; then flush, commit and leave the group."""
        self._open_store()
        self._consumer.subscribe(self._topics)
        broker_pauses = self._limits.pauses()
        stopping = self._service.stopping
        try:
            while not stopping.is_set():
                self._service.health.beat()
                try:
                    records = self._consumer.poll(POLL_S, self._limits.max_records)
                except KafkaError as error:
                    self._service.health.not_ready(KAFKA, str(error))
                    self._service.log.warning("kafka refuses", reason=str(error))
                    stopping.wait(broker_pauses.next())
                    continue
                for record in records:
                    self._take(record)
                self._flush()
                self._commit_now_and_then()
                self._look_at_lag(broker_pauses)
            self._commit()
        finally:
            self._consumer.close()

    def _open_store(self) -> None:
        pauses = self._limits.pauses()
        while not self._service.stopping.is_set():
            self._service.health.beat()
            try:
                self._sink.open()
            except StoreAwayError as error:
                self._say_store_is_away(error)
                self._service.stopping.wait(pauses.next())
            else:
                self._service.health.ready(self._sink.name)
                return

    def _say_store_is_away(self, error: StoreAwayError) -> None:
        store = self._sink.name
        metrics.STORE_FAILURES.labels(store=store).inc()
        self._service.health.not_ready(store, str(error))
        self._service.log.warning("the store is away", store=store, kept=self._sink.size(), reason=str(error))

    def _take(self, record: Record) -> None:
        metrics.RECORDS_CONSUMED.labels(topic=record.topic).inc()
        try:
            self._sink.add(record)
        except NotUnderstoodError as error:
            self._bury(record, str(error))
        self._read[record.topic_partition] = self._position[record.topic_partition] = record.offset + 1

    def _bury(self, record: Record, reason: str) -> None:
        origin = f"topic:{record.topic}"
        metrics.DEAD_LETTERS.labels(origin=origin).inc()
        where = f"{origin}/{record.partition}@{record.offset}"
        self._service.log.warning("dead letter", origin=where, reason=reason)
        letter = DeadLetter.of(record.value, origin=where, reason=reason, time=record.timestamp)
        while True:
            try:
                self._dead_letters.send(DEAD_LETTER, origin, encode(letter))
            except BufferFullError:
                self._service.health.beat()
                self._dead_letters.poll(POLL_S)
            else:
                return

    def _flush(self) -> None:
        """Write what was added, trying until the store has it or the service is told to stop."""
        if self._sink.size() and not self._write():
            self._wait_for_store()
            return
        self._done |= self._read
        self._read.clear()

    def _write(self) -> bool:
        """Offer the batch once; True when the store has it."""
        store = self._sink.name
        size = self._sink.size()
        try:
            with metrics.STORE_FLUSH_SECONDS.labels(store=store).time():
                refusals = self._sink.flush()
        except StoreAwayError as error:
            self._say_store_is_away(error)
            return False
        for refusal in refusals:
            self._bury(refusal.record, refusal.reason)
        metrics.STORE_WRITES.labels(store=store).inc(size - len(refusals))
        self._service.health.ready(store)
        return True

    def _wait_for_store(self) -> None:
        """Keep the batch and the membership of the group until the store takes the batch."""
        self._consumer.pause()
        pauses = self._limits.pauses()
        while not self._service.stopping.is_set():
            retry_at = time.monotonic() + pauses.next()
            while time.monotonic() < retry_at and not self._service.stopping.is_set():
                self._service.health.beat()
                self._poll_while_paused()
            if self._write():
                self._service.log.info("the store is back", store=self._sink.name)
                self._consumer.resume()
                self._done |= self._read
                self._read.clear()
                return

    def _poll_while_paused(self) -> None:
        try:
            for record in self._consumer.poll(POLL_S, self._limits.max_records):
                # A record on its way when the consumer was paused.
                self._take(record)
        except KafkaError as error:
            self._service.log.warning("kafka refuses", reason=str(error))
            self._service.stopping.wait(POLL_S)

    def _commit_now_and_then(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self._commit()

    def _commit(self) -> None:
        """Commit what the store has; a failure is tried again with the next one, since writes are idempotent."""
        self._committed_at = time.monotonic()
        if not self._done or self._dead_letters.flush(DEAD_LETTERS_S):
            return
        mine = self._consumer.assignment()
        try:
            self._consumer.commit({where: offset for where, offset in self._done.items() if where in mine})
        except KafkaError as error:
            self._service.log.warning("offsets are not committed yet", reason=str(error))
            return
        self._done.clear()

    def _look_at_lag(self, broker_pauses: Pauses) -> None:
        """Measure the lag, which also tells whether the broker answers."""
        if time.monotonic() < self._lag_at:
            return
        self._lag_at = time.monotonic() + LAG_EVERY_S
        try:
            for where in self._consumer.assignment():
                _, end = self._consumer.bounds(where)
                lag = end - self._position.get(where, end)
                metrics.CONSUMER_LAG.labels(topic=where.topic, partition=str(where.partition)).set(lag)
        except KafkaError as error:
            self._service.health.not_ready(KAFKA, str(error))
            return
        broker_pauses.reset()
        self._service.health.ready(KAFKA)
