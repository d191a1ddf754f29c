"""Where reading begins: at the end, at the start, or at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

from candlestack_core.kafka import Consumer, TopicPartition
from candlestack_ingest.inspection.errors import InspectionError

Start = Literal["end", "start"] | int
"""The end, the start, or a time of arrival at the broker in epoch ms."""

_PLACES: Final[Mapping[str, Literal["end", "start"]]] = {"end": "end", "start": "start"}
_UNITS_MS: Final[Mapping[str, int]] = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_AGE = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_EPOCH_MS = re.compile(r"[0-9]{12,14}", re.ASCII)
EXPECTED = (
    "end, start, an age (30s, 5m, 2h, 1d), a time in ISO 8601 (UTC unless it says otherwise) or epoch ms"
)


def parse_start(text: str, now_ms: int) -> Start:
    """Return where to begin.

    Raises:
        InspectionError: for a text that names no place.
    """
    if place := _PLACES.get(text):
        return place
    if age := _AGE.fullmatch(text):
        return max(0, now_ms - int(age[1]) * _UNITS_MS[age[2]])
    if _EPOCH_MS.fullmatch(text):
        return int(text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InspectionError(f"--from {text!r} names no place; write {EXPECTED}") from None
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp() * 1000))


def begin_at(
    consumer: Consumer, topics: Sequence[str], start: Start
) -> dict[TopicPartition, tuple[int, int]]:
    """Have a consumer read all partitions of topics from there on, without a group.

    Returns:
        The first offset to be read and the present end of each partition.

    Raises:
        KafkaError: when the broker does not answer.
    """
    ranges = {}
    for topic in topics:
        for partition in consumer.partitions(topic):
            begin, end = consumer.bounds(partition)
            if isinstance(start, int):
                begin = max(begin, consumer.offset_at(partition, start))
            elif start == "end":
                begin = end
            ranges[partition] = (begin, end)
    consumer.assign({partition: begin for partition, (begin, _) in ranges.items()})
    return ranges
