"""Messages on their way to many clients: encoded once, with what differs from client to client put behind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.stream.events import Event, Subject
from app.stream.frames import text_frame
from app.stream.messages import FeedState
from candlestack_core.messages import Market

encode = msgspec.json.Encoder().encode


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What else the messages of a channel name: what was asked for, where there is a choice."""

    market: Market | UnsetType = UNSET
    interval: str | UnsetType = UNSET
    depth: int | UnsetType = UNSET
    every_ms: int | UnsetType = UNSET


NOTHING_ELSE = Named()


class _Head(Named, frozen=True, kw_only=True):
    """What all clients are sent alike; the field names are those of `messages`."""

    channel: str
    type: Literal["snapshot", "update"]
    symbol: str
    epoch: str | None
    seq: int | None
    exchange_time: int | None
    arrival_time: int | None
    data: Any


class Snapshot:
    """The state of one subject on one channel."""

    def __init__(
        self,
        channel: str,
        subject: Subject,
        newest: Event[Any] | None,
        *,
        exchange_time: int | None,
        data: object,
        named: Named = NOTHING_ELSE,
    ) -> None:
        """Take the newest record that the state includes, None where none was read yet, and its event time."""
        self.seq = None if newest is None else newest.seq
        self.head = _head(
            "snapshot", channel, subject.symbol, newest, exchange_time=exchange_time, data=data, named=named
        )


class Update(ABC):
    """What a channel's clients should hear: encoded when the first of them is sent it, and then no more."""

    nothing_missed: ClassVar[bytes] = b""
    """What the message says, with its comma, to a client that missed nothing."""

    def __init__(self, seq: int) -> None:
        """Take the offset of the newest record in it."""
        self.seq = seq
        self._frames: dict[int | None, bytes] = {}

    @property
    @abstractmethod
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""

    def frame(self, prev: int | None, clock_ms: Callable[[], int]) -> bytes:
        """Return the frame for a client that missed nothing: one for all that were sent the same before."""
        frame = self._frames.get(prev)
        if frame is None:
            frame = self._frames[prev] = text_frame(self.text(prev, clock_ms()))
        return frame

    def text(self, prev: int | None, send_time: int) -> bytes:
        """Return the message for a client that missed nothing."""
        return b'%b,"prev":%b,%b"send_time":%d}' % (self.head, _number(prev), self.nothing_missed, send_time)


def update_head(
    channel: str,
    symbol: str,
    newest: Event[Any],
    *,
    exchange_time: int,
    data: object,
    named: Named = NOTHING_ELSE,
) -> bytes:
    """Return an update up to what differs between clients, without its closing brace."""
    return _head("update", channel, symbol, newest, exchange_time=exchange_time, data=data, named=named)


def _head(
    kind: Literal["snapshot", "update"],
    channel: str,
    symbol: str,
    newest: Event[Any] | None,
    *,
    exchange_time: int | None,
    data: object,
    named: Named,
) -> bytes:
    head = _Head(
        channel=channel,
        type=kind,
        market=named.market,
        interval=named.interval,
        depth=named.depth,
        every_ms=named.every_ms,
        symbol=symbol,
        epoch=None if newest is None else newest.epoch,
        seq=None if newest is None else newest.seq,
        exchange_time=exchange_time,
        arrival_time=None if newest is None else newest.arrival_time,
        data=data,
    )
    return encode(head)[:-1]


def message(head: bytes, prev: int | None, send_time: int) -> bytes:
    """Return the message of one client."""
    return b'%b,"prev":%b,"send_time":%d}' % (head, _number(prev), send_time)


def counted_message(head: bytes, prev: int | None, send_time: int, name: bytes, count: int) -> bytes:
    """Return the message of one client, with a count of what it was not sent."""
    return b'%b,"prev":%b,"%b":%d,"send_time":%d}' % (head, _number(prev), name, count, send_time)


def status_message(symbol: str, state: FeedState, send_time: int) -> bytes:
    """Return the status of the feed, as the clients of one pair are sent it."""
    return encode(
        {"channel": "status", "type": "update", "symbol": symbol, "send_time": send_time, "data": state}
    )


def _number(value: int | None) -> bytes:
    return b"null" if value is None else b"%d" % value
