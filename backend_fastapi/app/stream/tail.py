"""The tail: one reader of the topics' end for the whole process, in a thread of its own.

Partitions are assigned, no group is joined, nothing is committed. It begins a little before the end, so that
the state is there at once; then it hands over what comes, and waits where the event loop is behind.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import msgspec

from app.stream.channel import AnyFollowed
from app.stream.events import Batch, Event
from app.stream.feeds import Feeds
from app.stream.hub import Hub
from candlestack_core import metrics
from candlestack_core.kafka import (
    Consumer,
    KafkaError,
    Record,
    TopicPartition,
    open_admin,
    open_consumer,
)
from candlestack_core.logging import get_logger
from candlestack_core.names import HEADER_RECEIVED
from candlestack_core.pauses import Pauses
from candlestack_core.settings import KafkaSettings

_LOG = get_logger(__name__)

POLL_S = 0.2
POLL_RECORDS = 2_000
QUIET_S = 1.0
"""After so long without a record the broker is asked whether it is there."""
CONNECT_S = 1.0
BATCHES_AHEAD = 4
"""Batches that wait for the event loop before reading pauses."""
EPOCH_ID_LENGTH = 8
"""Of a topic's id: enough to tell it from one of the same name before it."""
LOOK_AGAIN_S = 2.0
"""A topic that is missing is looked for again so often."""
PATIENCE_S = 20.0
"""A client that got no answer for so long from what listens is replaced by another, which begins where it was."""
STOP_S = 6.0


class _RefusedError(KafkaError):
    """Nothing listens where the brokers are."""


class Tail:
    """Reads the end of the topics of a hub's channels, until it is stopped."""

    def __init__(
        self,
        settings: KafkaSettings,
        hub: Hub,
        loop: asyncio.AbstractEventLoop,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._settings = settings
        self._hub = hub
        self._channels: dict[str, AnyFollowed] = {
            channel.topic(settings): channel for channel in hub.channels.values()
        }
        """By topic."""
        self._missing: set[str] = set()
        self._loop = loop
        self._patience_s = patience_s
        self._stopping = threading.Event()
        self._room = threading.BoundedSemaphore(BATCHES_AHEAD)
        self._thread = threading.Thread(target=self._run, name="tail", daemon=True)
        self._positions: dict[TopicPartition, int] = {}
        self._epochs: dict[TopicPartition, str] = {}
        self.failed: asyncio.Future[None] = loop.create_future()
        """Ends with the error that ended the thread; a broker that is away does not end it."""

    def start(self) -> None:
        self._thread.start()

    async def stop(self) -> None:
        """Stop reading, and wait for the thread to end."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join, STOP_S)

    def _run(self) -> None:
        pauses = Pauses(first=0.25, longest=3.0)
        while not self._stopping.is_set():
            try:
                self._follow(pauses)
            except KafkaError as error:
                _LOG.warning("waiting for Kafka", reason=str(error))
                self._tell_away(str(error))
                self._stopping.wait(pauses.next())
            except BaseException as error:  # noqa: BLE001 - handed to the loop, which ends with it
                self._tell(partial(self.failed.set_exception, error))
                return

    def _follow(self, pauses: Pauses) -> None:
        """Read the history, then what comes, until told to stop, or until a missing topic has appeared.

        Raises:
            KafkaError: when the broker refuses, or a topic is not there or began anew.
        """
        self._raise_if_refused()
        consumer = open_consumer(self._settings)
        try:
            ends = self._assign(consumer)
            feeds = self._read_history(consumer, ends)
            if self._stopping.is_set():
                return
            pauses.reset()
            _LOG.info("following the topics", pairs=len(feeds.symbols("spot")), partitions=len(ends))
            self._tell(partial(self._hub.went_live, feeds))
            while self._read_on(consumer):
                _LOG.warning(
                    "beginning anew with another client: this one gets no answer", positions=self._positions
                )
                another = open_consumer(self._settings)
                another.assign(self._positions)
                consumer.close()
                consumer = another
        finally:
            consumer.close()

    def _assign(self, consumer: Consumer) -> dict[TopicPartition, int]:
        """Begin a little before the end of every partition; return the ends."""
        starts: dict[TopicPartition, int] = {}
        ends: dict[TopicPartition, int] = {}
        self._missing.clear()
        with closing(open_admin(self._settings)) as admin:
            for topic, channel in self._channels.items():
                partitions = consumer.partitions(topic)
                if not partitions:
                    if channel.required:
                        raise KafkaError(f"the topic {topic} does not exist yet")
                    _LOG.warning("going without a topic that does not exist yet", topic=topic)
                    self._missing.add(topic)
                    continue
                topic_id = admin.topic_id(topic)
                for partition in partitions:
                    self._epochs[partition] = f"{topic}/{partition.partition}/{topic_id[:EPOCH_ID_LENGTH]}"
                    low, ends[partition] = consumer.bounds(partition)
                    starts[partition] = max(low, ends[partition] - channel.history_records)
        self._positions = dict(starts)
        consumer.assign(starts)
        return ends

    def _read_history(self, consumer: Consumer, ends: dict[TopicPartition, int]) -> Feeds:
        feeds = Feeds(self._channels.values())
        quiet_since = time.monotonic()
        while not self._stopping.is_set():
            if all(self._positions[partition] >= end for partition, end in ends.items()):
                break
            if records := consumer.poll(POLL_S, POLL_RECORDS):
                feeds.take_history(self._understood(records))
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET_S:
                self._raise_if_away(consumer)
                self._skip_expired(consumer)
                quiet_since = time.monotonic()
        return feeds

    def _read_on(self, consumer: Consumer) -> bool:
        """Read what comes; return whether to go on with another client.

        After a broker stood still, librdkafka may forget for minutes that it is back, while it answers others.
        """
        quiet_since = looked_at = answered_at = time.monotonic()
        while not self._stopping.is_set():
            if self._missing and time.monotonic() - looked_at > LOOK_AGAIN_S:
                if self._appeared(consumer):
                    return False
                looked_at = time.monotonic()
            if records := consumer.poll(POLL_S, POLL_RECORDS):
                self._tell(partial(self._publish, self._understood(records)))
                answered_at = time.monotonic()
            elif time.monotonic() - quiet_since <= QUIET_S:
                continue
            else:
                try:
                    self._raise_if_away(consumer)
                except _RefusedError as error:
                    self._tell_away(str(error))
                    answered_at = time.monotonic()
                except KafkaError as error:
                    # The consumer goes on where it was once the broker is back; nothing is read twice.
                    self._tell_away(str(error))
                    if time.monotonic() - answered_at > self._patience_s:
                        return True
                else:
                    self._tell(self._hub.came_back)
                    answered_at = time.monotonic()
            quiet_since = time.monotonic()
        return False

    def _appeared(self, consumer: Consumer) -> bool:
        """Tell whether a topic that was missing is there now; not, while the broker is away."""
        try:
            self._raise_if_refused()
            return any(consumer.partitions(topic) for topic in self._missing)
        except KafkaError:
            return False

    def _skip_expired(self, consumer: Consumer) -> None:
        """Do not wait for records that have gone by retention since their end was asked for."""
        for partition, position in self._positions.items():
            self._positions[partition] = max(position, consumer.bounds(partition)[0])

    def _publish(self, batch: Batch) -> None:
        self._hub.came_back()
        self._hub.publish(batch)

    def _raise_if_away(self, consumer: Consumer) -> None:
        self._raise_if_refused()
        consumer.bounds(next(iter(self._positions)))

    def _raise_if_refused(self) -> None:
        """Look whether anything listens where the brokers are: a client library waits seconds to tell.

        Raises:
            _RefusedError: when nothing does.
        """
        reason = ""
        for broker in self._settings.kafka_bootstrap.split(","):
            host, _, port = broker.rpartition(":")
            try:
                socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
            except OSError as error:
                reason = f"{broker}: {error}"
            else:
                return
        raise _RefusedError(reason)

    def _understood(self, records: Sequence[Record]) -> Batch:
        batch: dict[str, list[Event[Any]]] = {}
        for record in records:
            partition = record.topic_partition
            if record.offset < self._positions[partition]:
                raise KafkaError(f"{partition.topic}/{partition.partition} began anew")
            self._positions[partition] = record.offset + 1
            try:
                channel = self._channels[record.topic]
                if (value := channel.decode(record.value)) is not None:
                    event = Event(self._epochs[partition], record.offset, _arrival_time(record), value)
                    batch.setdefault(channel.name, []).append(event)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                metrics.RECORDS_SKIPPED.labels(topic=record.topic).inc()
                where = f"{partition.topic}/{partition.partition}@{record.offset}"
                _LOG.warning("record skipped", record=where, reason=str(error))
            else:
                metrics.RECORDS_CONSUMED.labels(topic=record.topic).inc()
        return batch

    def _tell_away(self, reason: str) -> None:
        self._tell(partial(self._hub.went_away, reason))

    def _tell(self, what: Callable[[], None]) -> None:
        """Call something on the event loop; wait while it has as much to do as it may."""
        while not self._room.acquire(timeout=POLL_S):
            if self._stopping.is_set():
                return

        def call() -> None:
            self._room.release()
            what()

        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop is closed: the process ends
            self._stopping.set()


def _arrival_time(record: Record) -> int | None:
    for name, value in record.headers:
        if name == HEADER_RECEIVED:
            return int(value) if value.isdigit() else None
    return None
