"""Following topics: every record as it comes, with the rate of reading and the lag behind the end."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from candlestack_core.kafka import Consumer, Record, TopicPartition

POLL_S = 0.2
RATE_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Until:
    """When following ends by itself; None: never."""

    shown: int | None = None
    """Records that were shown."""
    seconds: float | None = None
    ends: Mapping[TopicPartition, int] | None = None
    """The next offset of each partition at which its reading is over."""


@dataclass(slots=True)
class Progress:
    """How far following is."""

    read: int = 0
    shown: int = 0
    rate: float = 0.0
    """Records read a second, over the last seconds."""
    lag: int = 0
    """Records behind the end of all partitions, as the broker told with what it sent last."""

    def __str__(self) -> str:
        return f"{self.read:,} read, {self.shown:,} shown, {self.rate:,.0f}/s, lag {self.lag:,}"


class _Rate:
    """Counts a second over a sliding window."""

    def __init__(self, now: float) -> None:
        self._marks = deque([(now, 0)])

    def at(self, count: int, now: float) -> float:
        self._marks.append((now, count))
        while len(self._marks) > 2 and self._marks[1][0] <= now - RATE_OVER_S:
            self._marks.popleft()
        since, before = self._marks[0]
        return (count - before) / (now - since) if now > since else 0.0


def follow(
    consumer: Consumer,
    until: Until,
    *,
    wanted: Callable[[Record], bool],
    show: Callable[[Record], None],
    report: Callable[[Progress], None],
    monotonic: Callable[[], float] = time.monotonic,
) -> Progress:
    """Read what a consumer is assigned, show what is wanted, and report after every poll; commits nothing.

    Raises:
        KafkaError: when the broker refuses; one that is away is waited for.
    """
    began = monotonic()
    progress, rate = Progress(), _Rate(began)
    open_ends = dict(until.ends or {})
    while until.ends is None or open_ends:
        now = monotonic()
        if until.seconds is not None and now - began >= until.seconds:
            break
        for record in consumer.poll(POLL_S):
            end = open_ends.get(record.topic_partition)
            if until.ends is not None and end is None:
                continue
            if end is not None and record.offset >= end - 1:
                del open_ends[record.topic_partition]
                if record.offset >= end:
                    continue
            progress.read += 1
            if wanted(record):
                show(record)
                progress.shown += 1
                if progress.shown == until.shown:
                    break
        progress.rate = rate.at(progress.read, monotonic())
        progress.lag = sum(consumer.lag().values())
        report(progress)
        if progress.shown == until.shown:
            break
    return progress
