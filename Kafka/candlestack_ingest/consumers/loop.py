"""Kafka into a store: add, flush, commit, in this order; a store that is away stops progress, not the process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from candlestack_core import metrics
from candlestack_core.kafka import Consumer, KafkaError, Record, TopicPartition
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service
from candlestack_ingest.consumers.dead_letters import DeadLetters
from candlestack_ingest.consumers.sink import NotUnderstoodError, Sink, StoreAwayError

KAFKA = "kafka"
BACKLOG = "backlog"

POLL_S = 0.5
COMMIT_EVERY_S = 1.0
LAG_EVERY_S = 1.0
CHECK_EVERY_S = 2.0
DEAD_LETTERS_S = 1.0
MAX_DEAD_LETTERS = 200
"""Dead letters that end a batch: each may be as large as a record can be."""
CAUGHT_UP = 10_000
"""Records behind the end beyond which what is served is not news."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a batch is written: at so many records, or so many seconds after its first."""

    max_records: int
    linger_s: float
    pauses: Callable[[], Pauses] = lambda: Pauses(first=0.25, longest=5.0)
    """Between attempts while the store or the broker is away."""


class ConsumerLoop:
    """Carries records of some topics into one sink until the service is told to stop.

    Offsets are committed only after the store, and for dead letters the broker, has acknowledged; what was
    not committed is read again and written again. While the store is away the batch is kept, the partitions
    are paused, and polling goes on, so that the group keeps this member.
    """

    def __init__(
        self,
        service: Service,
        *,
        consumer: Consumer,
        dead_letters: DeadLetters,
        sink: Sink,
        topics: Sequence[str],
        limits: Limits,
    ) -> None:
        self._service = service
        self._log = service.log
        self._health = service.health
        self._stopping = service.stopping
        self._consumer = consumer
        self._dead_letters = dead_letters
        self._sink = sink
        self._topics = list(topics)
        self._limits = limits
        self._batch: dict[TopicPartition, int] = {}
        """Next offsets of what was read since the last flush."""
        self._batch_records = 0
        self._write_at = 0.0
        """When the batch is due, or offered again."""
        self._done: dict[TopicPartition, int] = {}
        """Next offsets of what the store has."""
        self._held = False
        """The batch waits for the store, or its dead letters for the broker."""
        self._write_pauses = limits.pauses()
        self._commit_pauses = limits.pauses()
        self._broker_pauses = limits.pauses()
        self._commit_at = self._lag_at = self._check_at = 0.0

    def run(self) -> None:
        """Carry records until the service is told to stop; then flush, commit and leave the group."""
        self._open_store()
        self._consumer.subscribe(self._topics)
        try:
            while not self._stopping.is_set():
                self._health.beat()
                self._poll()
                if self._due():
                    self._write()
                self._commit_when_due()
                self._watch_lag()
                self._check_store()
            self._finish()
        finally:
            self._consumer.close()

    def _open_store(self) -> None:
        while not self._stopping.is_set():
            self._health.beat()
            try:
                self._sink.open()
            except StoreAwayError as error:
                self._store_away(error)
                self._stopping.wait(self._write_pauses.next())
            else:
                self._write_pauses.reset()
                self._health.ready(self._sink.name)
                return

    def _store_away(self, error: StoreAwayError) -> None:
        store = self._sink.name
        metrics.STORE_FAILURES.labels(store=store).inc()
        self._health.not_ready(store, str(error))
        self._log.warning("the store is away", store=store, kept=self._sink.size(), reason=str(error))

    def _poll(self) -> None:
        patience = self._write_at - time.monotonic() if self._held or self._batch else POLL_S
        room = max(self._limits.max_records - self._batch_records, 1)
        try:
            records = self._consumer.poll(min(max(patience, 0.0), POLL_S), room)
        except KafkaError as error:
            self._health.not_ready(KAFKA, str(error))
            self._log.warning("kafka refuses", reason=str(error))
            self._stopping.wait(self._broker_pauses.next())
            return
        if records:
            self._take(records)

    def _take(self, records: Sequence[Record]) -> None:
        if not self._batch and not self._held:
            self._write_at = time.monotonic() + self._limits.linger_s
        counts = dict.fromkeys((record.topic for record in records), 0)
        for record in records:
            try:
                self._sink.add(record)
            except NotUnderstoodError as error:
                self._dead_letters.put(record, str(error))
            self._batch[record.topic_partition] = record.offset + 1
            counts[record.topic] += 1
        self._batch_records += len(records)
        for topic, count in counts.items():
            metrics.RECORDS_CONSUMED.labels(topic=topic).inc(count)

    def _due(self) -> bool:
        if not self._held and not self._batch:
            return False
        full = (
            self._batch_records >= self._limits.max_records
            or self._dead_letters.waiting() >= MAX_DEAD_LETTERS
        )
        return time.monotonic() >= self._write_at or (full and not self._held)

    def _write(self) -> None:
        """Offer the batch to the store, and its dead letters to the broker; keep it where either is away."""
        store = self._sink.name
        size = self._sink.size()
        try:
            if self._held:
                self._sink.open()
            with metrics.STORE_FLUSH_SECONDS.labels(store=store).time():
                refusals = self._sink.flush()
        except StoreAwayError as error:
            self._store_away(error)
            self._hold()
            return
        metrics.STORE_WRITES.labels(store=store).inc(size - len(refusals))
        self._health.ready(store)
        for refusal in refusals:
            self._dead_letters.put(refusal.record, refusal.reason)
        if not self._dead_letters.settle(DEAD_LETTERS_S):
            reason = f"{self._dead_letters.waiting()} dead letters are not acknowledged"
            self._health.not_ready(KAFKA, reason)
            self._log.warning("the broker is away", reason=reason)
            self._hold()
            return
        self._done |= self._batch
        self._batch.clear()
        self._batch_records = 0
        self._release()

    def _hold(self) -> None:
        self._write_at = time.monotonic() + self._write_pauses.next()
        if not self._held:
            self._held = True
            self._consumer.pause()

    def _release(self) -> None:
        self._write_pauses.reset()
        if self._held:
            self._held = False
            self._consumer.resume()
            self._log.info("writing goes on", store=self._sink.name)

    def _commit_when_due(self) -> None:
        if self._done and time.monotonic() >= self._commit_at:
            self._commit()

    def _commit(self) -> None:
        """Commit what the store has; what fails is tried again, and does no harm: writes are idempotent."""
        mine = self._consumer.assignment()
        # Of a partition that went to another member, that one's commits count.
        self._done = {where: offset for where, offset in self._done.items() if where in mine}
        try:
            self._consumer.commit(self._done)
        except KafkaError as error:
            self._log.warning("offsets are not committed yet", reason=str(error))
            self._commit_at = time.monotonic() + COMMIT_EVERY_S + self._commit_pauses.next()
            return
        self._commit_pauses.reset()
        self._commit_at = time.monotonic() + COMMIT_EVERY_S
        self._done.clear()

    def _watch_lag(self) -> None:
        """Publish the lag; say whether the broker gives this member anything to do, and whether it keeps up."""
        if time.monotonic() < self._lag_at:
            return
        self._lag_at = time.monotonic() + LAG_EVERY_S
        if not self._consumer.assignment():
            self._health.not_ready(KAFKA, "no partition is assigned: the broker is away or other members do")
            return
        if not self._dead_letters.waiting():
            self._health.ready(KAFKA)
            self._broker_pauses.reset()
        lags = self._consumer.lag()
        for where, lag in lags.items():
            metrics.CONSUMER_LAG.labels(topic=where.topic, partition=str(where.partition)).set(lag)
        behind = sum(lags.values())
        if behind > CAUGHT_UP:
            self._health.not_ready(BACKLOG, f"{behind} records behind")
        elif lags:
            self._health.ready(BACKLOG)

    def _check_store(self) -> None:
        """Between batches, look whether the store answers, and whether it still has what it was given."""
        if self._batch or self._held or time.monotonic() < self._check_at:
            return
        assigned = self._consumer.assignment()
        try:
            if lost := self._sink.lost(assigned):
                self._read_again(lost)
        except StoreAwayError as error:
            self._store_away(error)
            self._hold()
        if assigned:
            self._check_at = time.monotonic() + CHECK_EVERY_S

    def _read_again(self, lost: Mapping[TopicPartition, int]) -> None:
        """Set partitions back to a time of arrival.

        The offsets are committed before the store takes note, so that a process killed in between does it
        over again.

        Raises:
            StoreAwayError: the store took no note.
        """
        try:
            offsets = {where: self._consumer.offset_at(where, time_ms) for where, time_ms in lost.items()}
            self._consumer.seek(offsets)
            self._consumer.commit(offsets)
        except KafkaError as error:
            self._log.warning("what the store has lost cannot be read again yet", reason=str(error))
            return
        self._done = {where: offset for where, offset in self._done.items() if where not in offsets}
        self._sink.regain(frozenset(offsets))
        self._log.info(
            "reading again what the store does not have",
            store=self._sink.name,
            partitions={f"{where.topic}/{where.partition}": offset for where, offset in offsets.items()},
        )

    def _finish(self) -> None:
        """Write and commit what can be; what cannot is read again by the next process."""
        if self._batch and not self._held:
            self._write()
        if self._batch:
            self._log.warning("stopped with records that are not written", records=self._batch_records)
        if self._done:
            self._commit()
