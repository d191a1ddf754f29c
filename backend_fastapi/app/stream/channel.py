"""What a channel is: how its records are read, what is known from them, and what its clients are sent.

A channel is one file of its domain's folder, and an entry in `app.channels`; nothing else knows it by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict

from app.stream.clients import Client, Connection
from app.stream.events import Event, Position, Subject, Value
from app.stream.updates import Snapshot, Update
from app.symbols.schemas import SymbolParameter
from candlestack_core.settings import KafkaSettings


class Feed(Protocol[Value]):
    """What is known of one subject on one channel."""

    def take(self, events: Sequence[Event[Value]]) -> Sequence[Update]:
        """Take the next records, at least one; return what clients should hear of them."""
        ...

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        ...

    def since(self, position: Position) -> Sequence[Update] | None:
        """Return what happened after a position; None where not all of it is kept any more, or read yet."""
        ...


FeedT = TypeVar("FeedT", bound=Feed[Any])


class SocketQuery(BaseModel):
    """The query of a channel's socket."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter

    def subject(self) -> Subject:
        return Subject(self.symbol)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Followed(Generic[Value, FeedT]):
    """A topic whose end is read, and what is known from it of each subject."""

    name: str
    topic: Callable[[KafkaSettings], str]
    decode: Callable[[bytes], Value | None]
    """Read a record's value; None where it is none of the channel's. Raises msgspec.DecodeError."""
    subject: Callable[[Value], Subject]
    new_feed: Callable[[Subject], FeedT]
    history_records: int
    """Records of each partition that are read back at the start."""
    required: bool = True
    """Whether nothing is live while its topic is missing; another's topic is waited for aside."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Channel(Followed[Value, FeedT]):
    """A followed topic with a socket of its own, which is `/ws/` and its name."""

    summary: str
    """What its socket sends, in one sentence."""
    new_client: Callable[[Subject, Connection, Callable[[], int]], Client[Any]]
    messages: tuple[type[msgspec.Struct], ...]
    """The types of its messages, snapshot and update."""
    query: type[SocketQuery] = SocketQuery

    @property
    def path(self) -> str:
        return f"/ws/{self.name}"


AnyFollowed = Followed[Any, Any]
AnyChannel = Channel[Any, Any]
