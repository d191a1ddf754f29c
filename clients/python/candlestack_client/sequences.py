"""A subscription as the one sequence that its user sees, across connections and processes of the API.

It is a snapshot, then updates that tell each change of a candle and each trade once. Whatever breaks the
sequence, a later snapshot too, comes behind a `Lost`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET

from candlestack_client.events import Lost
from candlestack_client.heard import Heard, HeardCandles, HeardTrades
from candlestack_client.messages import (
    KlineSnapshot,
    KlineUpdate,
    Message,
    TradesSnapshot,
    TradesUpdate,
)
from candlestack_client.models import Candle, Trade
from candlestack_client.subscriptions import Kline, Subscription, Trades, anew

Item = TypeVar("Item")
SnapshotT = TypeVar("SnapshotT", bound=KlineSnapshot | TradesSnapshot)
UpdateT = TypeVar("UpdateT", bound=KlineUpdate | TradesUpdate)


class TryAgainError(Exception):
    """The API cannot serve the stream now; another connection may be served."""


class Followed(ABC):
    """One subscription of a stream."""

    begun = False
    """Whether it was ever served."""

    @abstractmethod
    def wanted(self) -> Subscription:
        """Return what to ask for on a new connection."""

    @abstractmethod
    def take(self, message: Any) -> Iterator[Message | Lost]:
        """Take the next message; yield what it tells the user.

        Raises:
            TryAgainError: a new connection would be told more.
        """


class States(Followed):
    """Of what is told as a whole each time nothing can be lost: books, rankings, the status."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    def wanted(self) -> Subscription:
        return self._subscription

    def take(self, message: Message) -> Iterator[Message | Lost]:
        self.begun = True
        yield message


class _Records(Followed, Generic[SnapshotT, UpdateT, Item]):
    """What candles and trades have in common."""

    def __init__(self, subscription: Kline | Trades, heard: Heard[Item]) -> None:
        self._subscription = anew(subscription)
        self._heard = heard
        self._position = None if subscription.since is UNSET else subscription.since
        """The furthest that was heard."""
        self._told: int | None = None
        """What this connection told last, as the next message should name it."""
        self._is_blank = False
        """Whether this connection's process had read nothing of it yet."""
        self.begun = self._position is not None

    def wanted(self) -> Subscription:
        self._told = None if self._position is None else self._position.seq
        self._is_blank = False
        return msgspec.structs.replace(self._subscription, since=self._position or UNSET)

    def take(self, message: Any) -> Iterator[Message | Lost]:
        events = self._snapshot(message) if message.type == "snapshot" else self._update(message)
        if message.seq is not None:
            self._told = message.seq
        yield from events

    def _snapshot(self, message: SnapshotT) -> list[Message | Lost]:
        items: Sequence[Any] = message.data
        behind, here = self._is_behind(message), message.position
        new = self._heard.new(items, behind=behind)
        begun, self.begun = self.begun, True
        if begun and here is None:
            self._is_blank = True
            return []
        # New to a process that is behind can only be what was numbered anew.
        if begun and self._is_of_same(message) and self._heard.reached_by(items) and not (behind and new):
            updates: list[Message | Lost] = [*self._updates(message, new)] if new else []
            self._heard.add(new)
            self._position = self._position if behind else here
            return updates
        if begun and self._is_blank and self._position is not None:
            raise TryAgainError("the API has only now read what was heard before")
        lost = self._lost("snapshot")
        self._heard.forget()
        self._heard.add(items)
        self._position = here
        return [lost, message] if begun else [message]

    def _update(self, message: UpdateT) -> list[Message | Lost]:
        behind = self._is_behind(message)
        new = self._heard.new(self._items(message), behind=behind)
        numbered_anew = behind and bool(new)
        events: list[Message | Lost] = []
        # What is missing before a message that is behind was heard from another process.
        follows = message.prev == self._told and self._is_of_same(message)
        if numbered_anew or not (follows or behind):
            events.append(self._lost("gap"))
        if isinstance(message, TradesUpdate) and message.dropped:
            events.append(self._lost("dropped", message.dropped))
        self._heard.add(new)
        if numbered_anew or not behind:
            self._position = message.position
        return [*events, *self._telling(message, new)]

    def _is_of_same(self, message: SnapshotT | UpdateT) -> bool:
        return self._position is None or message.epoch == self._position.epoch

    def _is_behind(self, message: SnapshotT | UpdateT) -> bool:
        known, here = self._position, message.position
        return known is not None and here is not None and here.epoch == known.epoch and here.seq < known.seq

    def _lost(self, why: Literal["snapshot", "dropped", "gap"], count: int | None = None) -> Lost:
        return Lost(self._subscription, why, self._heard.newest, count)

    def _head(self, snapshot: SnapshotT) -> dict[str, Any]:
        names = ("symbol", "epoch", "seq", "exchange_time", "arrival_time", "send_time", "channel")
        prev = None if self._position is None else self._position.seq
        return {name: getattr(snapshot, name) for name in names} | {"type": "update", "prev": prev}

    @abstractmethod
    def _items(self, message: UpdateT) -> list[Item]:
        """Return what an update tells of."""

    @abstractmethod
    def _telling(self, message: UpdateT, new: list[Item]) -> list[Message]:
        """Return an update with what is new in it alone."""

    @abstractmethod
    def _updates(self, snapshot: SnapshotT, new: list[Item]) -> list[Message]:
        """Return what is new in a snapshot as the updates that it stands for."""


class CandleSequence(_Records[KlineSnapshot, KlineUpdate, Candle]):
    """The candles of one pair and interval."""

    def __init__(self, subscription: Kline) -> None:
        super().__init__(subscription, HeardCandles())

    def _items(self, message: KlineUpdate) -> list[Candle]:
        return [message.data]

    def _telling(self, message: KlineUpdate, new: list[Candle]) -> list[Message]:
        return [message] if new else []

    def _updates(self, snapshot: KlineSnapshot, new: list[Candle]) -> list[Message]:
        head = self._head(snapshot) | {"interval": snapshot.interval}
        return [KlineUpdate(**head, data=candle) for candle in new]


class TradeSequence(_Records[TradesSnapshot, TradesUpdate, Trade]):
    """The trades of one pair."""

    def __init__(self, subscription: Trades) -> None:
        super().__init__(subscription, HeardTrades())

    def _items(self, message: TradesUpdate) -> list[Trade]:
        return message.data

    def _telling(self, message: TradesUpdate, new: list[Trade]) -> list[Message]:
        if len(new) == len(message.data):
            return [message]
        return [msgspec.structs.replace(message, data=new)] if new else []

    def _updates(self, snapshot: TradesSnapshot, new: list[Trade]) -> list[Message]:
        return [TradesUpdate(**self._head(snapshot), dropped=0, data=new)]


def followed(subscription: Subscription) -> Followed:
    """Return what follows a subscription."""
    match subscription:
        case Kline():
            return CandleSequence(subscription)
        case Trades():
            return TradeSequence(subscription)
        case _:
            return States(subscription)
