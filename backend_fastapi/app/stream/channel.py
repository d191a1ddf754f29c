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
from app.stream.events import Event, Subject, Value
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


FeedT = TypeVar("FeedT", bound=Feed[Any])


class SocketQuery(BaseModel):
    """The query of a channel's socket."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter

    def subject(self) -> Subject:
        return Subject(self.symbol)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Channel(Generic[Value, FeedT]):
    """One channel; its socket is `/ws/` and its name."""

    name: str
    summary: str
    """What its socket sends, in one sentence."""
    topic: Callable[[KafkaSettings], str]
    decode: Callable[[bytes], Value | None]
    """Read a record's value; None where it is none of the channel's. Raises msgspec.DecodeError."""
    subject: Callable[[Value], Subject]
    new_feed: Callable[[Subject], FeedT]
    new_client: Callable[[Subject, Connection, Callable[[], int]], Client[Any]]
    messages: tuple[type[msgspec.Struct], ...]
    """The types of its messages, snapshot and update."""
    history_records: int
    """Records of each partition that are read back at the start."""
    required: bool = True
    """Whether nothing is live while its topic is missing; another's topic is waited for aside."""
    query: type[SocketQuery] = SocketQuery

    @property
    def path(self) -> str:
        return f"/ws/{self.name}"


AnyChannel = Channel[Any, Any]
