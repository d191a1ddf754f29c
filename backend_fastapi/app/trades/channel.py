"""The channel of the trades: the newest of a pair, then all that follow."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar, Literal

from app.decimals import most_decimals
from app.stream.channel import Channel
from app.stream.clients import Client, Connection
from app.stream.events import Event, Position, Subject, reaches
from app.stream.messages import Count, FromTopic
from app.stream.updates import Snapshot, Update, counted_message, update_head
from candlestack_core import metrics
from candlestack_core.messages import Trade, decode_trade
from candlestack_core.topics import TRADES as TOPIC

NAME = "trades"
TRADES_KEPT = 1_000
TRADES_IN_SNAPSHOT = 100
HISTORY_RECORDS = 20_000
"""Some minutes of fifteen busy pairs."""


class TradesSnapshot(FromTopic, frozen=True, kw_only=True):
    """The newest trades of a pair, ascending by trade id: the first message of `/ws/trades`."""

    channel: Literal["trades"]
    type: Literal["snapshot"]
    data: list[Trade]


class TradesUpdate(FromTopic, frozen=True, kw_only=True):
    """The next trades of a pair, ascending by trade id, but for those that were filled late.

    `dropped` counts the trades between `prev` and this message that this client was too slow for.
    """

    channel: Literal["trades"]
    type: Literal["update"]
    dropped: Count
    data: list[Trade]


class TradesNews(Update):
    """Some trades of one pair."""

    nothing_missed: ClassVar[bytes] = b'"dropped":0,'

    def __init__(self, events: Sequence[Event[Trade]]) -> None:
        """Take the trades in the order of their records; there must be one."""
        super().__init__(events[-1].seq)
        self.count = len(events)
        self.events = events

    @cached_property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        newest = self.events[-1]
        trades = sorted((event.value for event in self.events), key=lambda trade: trade.trade_id)
        return update_head(NAME, newest.value.symbol, newest, exchange_time=newest.value.time, data=trades)


class TradeFeed:
    """The newest trades of one pair, each once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._ids: list[int] = []
        self._trades: dict[int, Trade] = {}
        self._events: deque[Event[Trade]] = deque()
        """The newest trades that clients heard of, in the order of their records."""
        self._newest_event: Event[Trade] | None = None
        self._known_from = 0
        """The least offset after which all that a client should have heard of is kept."""
        self._snapshot: Snapshot | None = None
        self.price_decimals: int | None = None
        self.quantity_decimals: int | None = None

    def take(self, events: Sequence[Event[Trade]]) -> list[TradesNews]:
        """Take the next records; return those that clients have not heard of, together.

        One older than all that are kept, of which that cannot be known any more, is left out.
        """
        new = [event for event in events if self._take(event)]
        return [TradesNews(new)] if new else []

    def _take(self, event: Event[Trade]) -> bool:
        if self._newest_event is None:
            self._known_from = event.seq
        self._newest_event = event
        self._snapshot = None
        trade = event.value
        trade_id = trade.trade_id
        if trade_id in self._trades:
            return False
        if len(self._ids) >= TRADES_KEPT:
            if trade_id < self._ids[0]:
                return False
            del self._trades[self._ids.pop(0)]
        self._trades[trade_id] = trade
        insort(self._ids, trade_id)
        self._events.append(event)
        if len(self._events) > TRADES_KEPT:
            self._known_from = self._events.popleft().seq
        self.price_decimals = most_decimals(self.price_decimals, trade.price)
        self.quantity_decimals = most_decimals(self.quantity_decimals, trade.quantity)
        return True

    @property
    def newest(self) -> Event[Trade] | None:
        """The newest record that was read."""
        return self._newest_event

    def trades(self, limit: int = TRADES_KEPT) -> list[Trade]:
        """Return the newest kept trades, ascending by id."""
        return [self._trades[trade_id] for trade_id in self._ids[-limit:]]

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        if self._snapshot is None:
            newest = self._newest_event
            time = None if newest is None else newest.value.time
            trades = self.trades(TRADES_IN_SNAPSHOT)
            self._snapshot = Snapshot(NAME, self._subject, newest, exchange_time=time, data=trades)
        return self._snapshot

    def since(self, position: Position) -> list[TradesNews] | None:
        """Return the trades after a position, together; None where some are not kept any more."""
        if not reaches(self._newest_event, self._known_from, position):
            return None
        following = [event for event in self._events if event.seq > position.seq]
        return [TradesNews(following)] if following else []


class TradesClient(Client[TradesNews]):
    """A client of the trades: it misses the oldest of what it was too slow for, and is told how many."""

    channel: ClassVar[str] = NAME

    def __init__(self, subject: Subject, connection: Connection, clock_ms: Callable[[], int]) -> None:
        super().__init__(subject, connection, clock_ms)
        self._kept = 0
        self._dropped = 0

    def _keep(self, update: TradesNews) -> None:
        self._updates.append(update)
        self._kept += update.count
        while self._kept > TRADES_KEPT and len(self._updates) > 1:
            dropped = self._next().count
            self._dropped += dropped
            metrics.SOCKET_TRADES_DROPPED.inc(dropped)

    def _next(self) -> TradesNews:
        update = super()._next()
        self._kept -= update.count
        return update

    def _forget_updates(self) -> None:
        super()._forget_updates()
        self._kept = self._dropped = 0

    def _message(self, update: TradesNews) -> bytes:
        dropped, self._dropped = self._dropped, 0
        return counted_message(update.head, self._prev, self._clock_ms(), b"dropped", dropped)


TRADES: Channel[Trade, TradeFeed] = Channel(
    name=NAME,
    summary="The newest trades of a pair, then all that follow.",
    topic=lambda _: TOPIC,
    decode=decode_trade,
    subject=lambda trade: Subject(trade.symbol),
    new_feed=TradeFeed,
    new_client=TradesClient,
    messages=(TradesSnapshot, TradesUpdate),
    history_records=HISTORY_RECORDS,
)
