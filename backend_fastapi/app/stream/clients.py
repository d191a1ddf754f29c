"""One client of the hub: written to while its connection takes it, and otherwise kept behind a bound.

Nothing here waits. What cannot be written now is kept until the connection can be written to again: of
forming candles the newest, every closed candle up to a bound after which the client is sent away, and the
newest trades, with the count of those that were left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from app.stream.messages import CloseCode, FeedState
from app.stream.updates import (
    Channel,
    KlineUpdate,
    Snapshot,
    TradesUpdate,
    message,
    status_message,
    trades_message,
)
from candlestack_core import metrics

CLOSED_CANDLES_KEPT = 2_000
"""More than the 1,440 of a day, which a first start fills at once."""
TRADES_KEPT = 1_000


class Connection(Protocol):
    """What a client is written to."""

    @property
    def can_write(self) -> bool:
        """Whether what is written now goes out soon, and is not merely added to a buffer."""
        ...

    def write(self, text: bytes) -> None:
        """Write one text message, whether or not it goes out soon."""
        ...

    def end(self, code: CloseCode, reason: str) -> None:
        """Send a close frame, and cut the connection off where the other side does not answer it."""
        ...


_Update = TypeVar("_Update", KlineUpdate, TradesUpdate)


class Client(Generic[_Update]):
    """What the clients of both channels have in common."""

    channel: Channel

    def __init__(self, symbol: str, connection: Connection, clock_ms: Callable[[], int]) -> None:
        self.symbol = symbol
        self._connection = connection
        self._clock_ms = clock_ms
        self._prev: int | None = None
        self._snapshot: Snapshot | None = None
        self._updates: deque[_Update] = deque()
        self._status: FeedState | None = None
        self._ended = False
        self._sent = metrics.SOCKET_MESSAGES_SENT.labels(channel=self.channel)

    def send_snapshot(self, snapshot: Snapshot) -> None:
        """Send the state as a whole; it takes the place of all that was not sent yet."""
        self._forget_updates()
        self._snapshot = snapshot
        self.flush()

    def send_status(self, state: FeedState) -> None:
        """Say what has become of the feed."""
        self._status = state
        self.flush()

    def send_update(self, update: _Update) -> None:
        """Send what happened, now or as soon as the connection takes it."""
        if self._ended:
            return
        self._keep(update)
        self.flush()

    def flush(self) -> None:
        """Write what was kept, for as long as the connection takes it."""
        while not self._ended and self._connection.can_write:
            if self._snapshot is not None:
                snapshot, self._snapshot = self._snapshot, None
                self._write(message(snapshot.head, self._prev, self._clock_ms()))
                self._prev = snapshot.seq
            elif self._updates:
                update = self._next()
                self._write(self._message(update))
                self._prev = update.seq
            elif self._status is not None:
                status, self._status = self._status, None
                self._write(status_message(self.symbol, status, self._clock_ms()))
            else:
                return

    def end(self, code: CloseCode, reason: str) -> None:
        """End the connection, forgetting what was not sent."""
        if not self._ended:
            self._ended = True
            self._forget_updates()
            self._connection.end(code, reason)

    def kept(self) -> int:
        """Return how many updates wait for the connection."""
        return len(self._updates)

    def _write(self, text: bytes) -> None:
        self._connection.write(text)
        self._sent.inc()

    def _forget_updates(self) -> None:
        self._updates.clear()

    def _keep(self, update: _Update) -> None:
        raise NotImplementedError

    def _next(self) -> _Update:
        return self._updates.popleft()

    def _message(self, update: _Update) -> bytes:
        raise NotImplementedError


class KlineClient(Client[KlineUpdate]):
    """A client of `/ws/kline`: the forming candle gives way to what follows it, closed ones never."""

    channel: Channel = "kline"

    def __init__(self, symbol: str, connection: Connection, clock_ms: Callable[[], int]) -> None:
        super().__init__(symbol, connection, clock_ms)
        self._forming: KlineUpdate | None = None
        """The update among the kept ones that may give way."""

    def _keep(self, update: KlineUpdate) -> None:
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

    def _next(self) -> KlineUpdate:
        update = super()._next()
        if update is self._forming:
            self._forming = None
        return update

    def _forget_updates(self) -> None:
        super()._forget_updates()
        self._forming = None

    def _message(self, update: KlineUpdate) -> bytes:
        return message(update.head, self._prev, self._clock_ms())


class TradesClient(Client[TradesUpdate]):
    """A client of `/ws/trades`: it misses the oldest of what it was too slow for, and is told how many."""

    channel: Channel = "trades"

    def __init__(self, symbol: str, connection: Connection, clock_ms: Callable[[], int]) -> None:
        super().__init__(symbol, connection, clock_ms)
        self._kept = 0
        self._dropped = 0

    def _keep(self, update: TradesUpdate) -> None:
        self._updates.append(update)
        self._kept += update.count
        while self._kept > TRADES_KEPT and len(self._updates) > 1:
            dropped = self._next().count
            self._dropped += dropped
            metrics.SOCKET_TRADES_DROPPED.inc(dropped)

    def _next(self) -> TradesUpdate:
        update = super()._next()
        self._kept -= update.count
        return update

    def _forget_updates(self) -> None:
        super()._forget_updates()
        self._kept = self._dropped = 0

    def _message(self, update: TradesUpdate) -> bytes:
        dropped, self._dropped = self._dropped, 0
        return trades_message(update.head, self._prev, dropped, self._clock_ms())
