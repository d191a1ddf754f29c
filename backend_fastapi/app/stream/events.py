"""What the tail hands to the hub: records that were understood, with where and when they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from candlestack_core.messages import Market, Symbol

Value = TypeVar("Value")


class Subject(NamedTuple):
    """What a record is about: a pair, in one market. Candles and trades are of spot."""

    symbol: Symbol
    market: Market = "spot"


@dataclass(frozen=True, slots=True)
class Event(Generic[Value]):
    """One record: `epoch` is its `topic/partition`, `seq` its offset, `arrival_time` in ms where it has one."""

    epoch: str
    seq: int
    arrival_time: int | None
    value: Value


Batch = Mapping[str, Sequence[Event[Any]]]
"""Records that were read together, by the name of their channel, each partition's in its order."""
