"""Messages on their way to many clients: encoded once, with what differs from client to client put behind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import msgspec

from app.stream.events import Event
from app.stream.messages import FeedState
from candlestack_core.messages import Candle, Trade

Channel = Literal["kline", "trades"]

_encode = msgspec.json.Encoder().encode


class _Head(msgspec.Struct, frozen=True):
    """What all clients are sent alike; the field names are those of `messages`."""

    channel: Channel
    type: Literal["snapshot", "update"]
    symbol: str
    epoch: str | None
    seq: int | None
    exchange_time: int | None
    arrival_time: int | None
    data: Candle | Sequence[Candle] | Sequence[Trade]


class Snapshot:
    """The state of one pair on one channel."""

    def __init__(
        self,
        channel: Channel,
        symbol: str,
        newest: Event[Candle] | Event[Trade] | None,
        data: Sequence[Candle] | Sequence[Trade],
    ) -> None:
        """Take the newest record that the state includes, None where none was read yet."""
        self.seq = None if newest is None else newest.seq
        self.head = _encode(
            _Head(
                channel,
                "snapshot",
                symbol,
                None if newest is None else newest.epoch,
                self.seq,
                None if newest is None else _exchange_time(newest.value),
                None if newest is None else newest.arrival_time,
                data,
            )
        )[:-1]


class KlineUpdate:
    """One candle; encoded when the first client is sent it."""

    def __init__(self, event: Event[Candle]) -> None:
        self.candle = event.value
        self.seq = event.seq
        self._event = event

    @cached_property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        return _update_head("kline", self._event, self._event.value)


class TradesUpdate:
    """Some trades of one pair; encoded when the first client is sent them."""

    def __init__(self, events: Sequence[Event[Trade]]) -> None:
        """Take the trades in the order of their records; there must be one."""
        self.symbol = events[-1].value.symbol
        self.seq = events[-1].seq
        self.count = len(events)
        self._events = events

    @cached_property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        trades = sorted((event.value for event in self._events), key=lambda trade: trade.trade_id)
        return _update_head("trades", self._events[-1], trades)


def _update_head(
    channel: Channel, newest: Event[Candle] | Event[Trade], data: Candle | Sequence[Trade]
) -> bytes:
    value = newest.value
    head = _Head(
        channel,
        "update",
        value.symbol,
        newest.epoch,
        newest.seq,
        _exchange_time(value),
        newest.arrival_time,
        data,
    )
    return _encode(head)[:-1]


def _exchange_time(value: Candle | Trade) -> int:
    return value.version if isinstance(value, Candle) else value.time


def message(head: bytes, prev: int | None, send_time: int) -> bytes:
    """Return the message of one client."""
    return b'%b,"prev":%b,"send_time":%d}' % (head, _number(prev), send_time)


def trades_message(head: bytes, prev: int | None, dropped: int, send_time: int) -> bytes:
    """Return the trades update of one client."""
    return b'%b,"prev":%b,"dropped":%d,"send_time":%d}' % (head, _number(prev), dropped, send_time)


def status_message(symbol: str, state: FeedState, send_time: int) -> bytes:
    """Return the status of the feed, as the clients of one pair are sent it."""
    return _encode(
        {"channel": "status", "type": "update", "symbol": symbol, "send_time": send_time, "data": state}
    )


def _number(value: int | None) -> bytes:
    return b"null" if value is None else b"%d" % value
