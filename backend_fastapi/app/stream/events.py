"""What the tail hands to the hub: records that were understood, with where and when they were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from candlestack_core.messages import Candle, Trade

Value = TypeVar("Value", Candle, Trade)


@dataclass(frozen=True, slots=True)
class Event(Generic[Value]):
    """One record: `epoch` is its `topic/partition`, `seq` its offset, `arrival_time` in ms where it has one."""

    epoch: str
    seq: int
    arrival_time: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that were read together, each partition's in its order."""

    candles: Sequence[Event[Candle]]
    trades: Sequence[Event[Trade]]
