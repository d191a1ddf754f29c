"""The channel of the candles: the newest 1m candles of a pair, then every change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import ClassVar, Literal

from app.decimals import most_decimals
from app.stream.channel import Channel
from app.stream.clients import Client, Connection
from app.stream.events import Event, Position, Subject, reaches
from app.stream.messages import CloseCode, FromTopic
from app.stream.updates import Named, Snapshot, Update, update_head
from candlestack_core.messages import Candle, decode_candle
from candlestack_core.versions import is_newer, supersedes

NAME = "kline"
CANDLES_KEPT = 60
CLOSED_CANDLES_KEPT = 2_000
"""More than the 1,440 of a day, which a first start fills at once."""
HISTORY_RECORDS = 20_000
"""Some minutes of fifteen busy pairs."""


class KlineSnapshot(FromTopic, frozen=True, kw_only=True):
    """The newest 1m candles of a pair, ascending by open time, the forming one last.

    The first message of `/ws/kline`, sent again where what was sent before no longer holds.
    """

    channel: Literal["kline"]
    type: Literal["snapshot"]
    interval: Literal["1m"]
    data: list[Candle]


class KlineUpdate(FromTopic, frozen=True, kw_only=True):
    """One 1m candle: the forming one, one that closed, or an older one that was filled or restated.

    A client that does not keep up is sent only the newest state of the forming candle; closed candles are
    never left out.
    """

    channel: Literal["kline"]
    type: Literal["update"]
    interval: Literal["1m"]
    data: Candle


class KlineNews(Update):
    """One candle, of any interval, and the record of the 1m candle that it follows from."""

    def __init__(self, event: Event[Candle], candle: Candle | None = None) -> None:
        """Take a record, and the candle of a longer interval where that is the news."""
        super().__init__(event.seq)
        self.candle = event.value if candle is None else candle
        self.event = event

    @cached_property
    def head(self) -> bytes:
        """The message up to what differs between clients, without its closing brace."""
        candle, version = self.candle, self.event.value.version
        return update_head(
            NAME,
            candle.symbol,
            self.event,
            exchange_time=version,
            data=candle,
            named=Named(interval=candle.interval),
        )


class CandleFeed:
    """The newest 1m candles of one pair, by the rule of which account of a candle wins."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._events: dict[int, Event[Candle]] = {}
        """The record of each kept candle, by open time."""
        self._newest_event: Event[Candle] | None = None
        self._newest_of_past: Event[Candle] | None = None
        self._known_from = 0
        """The least offset after which all that a client should have heard of is kept."""
        self._snapshot: Snapshot | None = None
        self.latest: Candle | None = None
        self.price_decimals: int | None = None
        self.quantity_decimals: int | None = None

    def take(self, events: Sequence[Event[Candle]]) -> list[KlineNews]:
        """Take the next records; return those that tell something new.

        A candle older than all that are kept is passed on unjudged: whoever holds older ones has the same
        rule.
        """
        return [KlineNews(event) for event in events if self._take(event)]

    def _take(self, event: Event[Candle]) -> bool:
        if self._newest_event is None:
            self._known_from = event.seq
        self._newest_event = event
        self._snapshot = None
        candle = event.value
        known = self._events.get(candle.open_time)
        if known is not None and not supersedes(candle, known.value):
            return False
        if self.latest is None or is_newer(candle, self.latest):
            self.latest = candle
        if candle.closed or candle.open_time < self.latest.open_time:
            self._newest_of_past = event
        self._events[candle.open_time] = event
        if len(self._events) > CANDLES_KEPT:
            forgotten = self._events.pop(min(self._events))
            self._known_from = max(self._known_from, forgotten.seq)
        self.price_decimals = most_decimals(
            self.price_decimals, candle.open, candle.high, candle.low, candle.close
        )
        self.quantity_decimals = most_decimals(self.quantity_decimals, candle.volume, candle.taker_buy_volume)
        return True

    @property
    def newest(self) -> Event[Candle] | None:
        """The newest record that was read."""
        return self._newest_event

    @property
    def newest_of_past(self) -> Event[Candle] | None:
        """The newest record that told something of a closed candle, or of one before the newest."""
        return self._newest_of_past

    def candles(self) -> list[Candle]:
        """Return the kept candles, ascending by open time."""
        return [self._events[open_time].value for open_time in sorted(self._events)]

    def events(self) -> Collection[Event[Candle]]:
        """Return the records of the kept candles."""
        return self._events.values()

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        if self._snapshot is None:
            newest = self._newest_event
            version = None if newest is None else newest.value.version
            self._snapshot = Snapshot(
                NAME,
                self._subject,
                newest,
                exchange_time=version,
                data=self.candles(),
                named=Named(interval="1m"),
            )
        return self._snapshot

    def since(self, position: Position) -> list[KlineNews] | None:
        """Return the candles that changed after a position, each as it is now; None where some are not kept."""
        if not reaches(self._newest_event, self._known_from, position):
            return None
        changed = (event for event in self._events.values() if event.seq > position.seq)
        return [KlineNews(event) for event in sorted(changed, key=lambda event: event.seq)]


class KlineClient(Client[KlineNews]):
    """A client of the candles: the forming candle gives way to what follows it, closed ones never."""

    channel: ClassVar[str] = NAME

    def __init__(self, subject: Subject, connection: Connection, clock_ms: Callable[[], int]) -> None:
        super().__init__(subject, connection, clock_ms)
        self._forming: KlineNews | None = None
        """The update among the kept ones that may give way."""

    def _keep(self, update: KlineNews) -> None:
        forming = self._forming
        if forming is not None and update.candle.open_time >= forming.candle.open_time:
            self._updates.remove(forming)
            self._forming = None
        if len(self._updates) >= CLOSED_CANDLES_KEPT:
            self.end(CloseCode.TOO_SLOW, f"{CLOSED_CANDLES_KEPT} closed candles wait to be read")
            return
        self._updates.append(update)
        if not update.candle.closed:
            self._forming = update

    def _next(self) -> KlineNews:
        update = super()._next()
        if update is self._forming:
            self._forming = None
        return update

    def _forget_updates(self) -> None:
        super()._forget_updates()
        self._forming = None


def _decode(value: bytes) -> Candle | None:
    candle = decode_candle(value)
    return candle if candle.interval == "1m" else None


CANDLES: Channel[Candle, CandleFeed] = Channel(
    name=NAME,
    summary="The newest 1m candles of a pair, then every change.",
    topic=lambda settings: settings.kafka_topic,
    decode=_decode,
    subject=lambda candle: Subject(candle.symbol),
    new_feed=CandleFeed,
    new_client=KlineClient,
    messages=(KlineSnapshot, KlineUpdate),
    history_records=HISTORY_RECORDS,
)
