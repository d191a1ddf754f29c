"""Messages on their way to many clients: encoded once, with what differs from client to client put behind."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from app.stream.events import Event, Subject
from app.stream.messages import FeedState
from candlestack_core.messages import Market

_encode = msgspec.json.Encoder().encode


class Update(Protocol):
    """What a channel's clients should hear: its message is encoded when the first of them is sent it."""

    @property
    def seq(self) -> int:
        """The offset of the newest record in it."""
        ...

    @property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        ...


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """What all clients are sent alike; the field names are those of `messages`."""

    channel: str
    type: Literal["snapshot", "update"]
    market: Market | UnsetType = UNSET
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
        exchange_time: int | None,
        data: object,
        *,
        market: Market | UnsetType = UNSET,
    ) -> None:
        """Take the newest record that the state includes, None where none was read yet, and its event time.

        `market` is named by the channels that have more than one.
        """
        self.seq = None if newest is None else newest.seq
        self.head = _encode(
            _Head(
                channel=channel,
                type="snapshot",
                market=market,
                symbol=subject.symbol,
                epoch=None if newest is None else newest.epoch,
                seq=self.seq,
                exchange_time=exchange_time,
                arrival_time=None if newest is None else newest.arrival_time,
                data=data,
            )
        )[:-1]


def update_head(
    channel: str,
    symbol: str,
    newest: Event[Any],
    exchange_time: int,
    data: object,
    *,
    market: Market | UnsetType = UNSET,
) -> bytes:
    """Return an update up to what differs between clients, without its closing brace."""
    head = _Head(
        channel=channel,
        type="update",
        market=market,
        symbol=symbol,
        epoch=newest.epoch,
        seq=newest.seq,
        exchange_time=exchange_time,
        arrival_time=newest.arrival_time,
        data=data,
    )
    return _encode(head)[:-1]


def message(head: bytes, prev: int | None, send_time: int) -> bytes:
    """Return the message of one client."""
    return b'%b,"prev":%b,"send_time":%d}' % (head, _number(prev), send_time)


def counted_message(head: bytes, prev: int | None, send_time: int, name: bytes, count: int) -> bytes:
    """Return the message of one client, with a count of what it was not sent."""
    return b'%b,"prev":%b,"%b":%d,"send_time":%d}' % (head, _number(prev), name, count, send_time)


def status_message(symbol: str, state: FeedState, send_time: int) -> bytes:
    """Return the status of the feed, as the clients of one pair are sent it."""
    return _encode(
        {"channel": "status", "type": "update", "symbol": symbol, "send_time": send_time, "data": state}
    )


def _number(value: int | None) -> bytes:
    return b"null" if value is None else b"%d" % value
