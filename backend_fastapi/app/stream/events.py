"""What the tail hands to the hub: records that were understood, with where and when they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from candlestack_core.messages import Id, Market, Symbol

Value = TypeVar("Value")


class Subject(NamedTuple):
    """What a record is about: a pair, in one market. Candles and trades are of spot."""

    symbol: Symbol
    market: Market = "spot"


@dataclass(frozen=True, slots=True)
class Event(Generic[Value]):
    """One record: `epoch` names its partition, `seq` is its offset, `arrival_time` in ms where it has one."""

    epoch: str
    seq: int
    arrival_time: int | None
    value: Value


class Position(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to where a client has heard: the `epoch` and the `seq` of the last message of its subscription."""

    epoch: str
    seq: Id


Batch = Mapping[str, Sequence[Event[Any]]]
"""Records that were read together, by the name of their channel, each partition's in its order."""


def reaches(newest: Event[Any] | None, known_from: int, position: Position) -> bool:
    """Tell whether all that happened after a position is known.

    `newest` is the newest record that was read, `known_from` the least offset after which all is kept. A
    client that has heard from another process of what was not read here yet, is beyond what is known.
    """
    return newest is not None and newest.epoch == position.epoch and known_from <= position.seq <= newest.seq
