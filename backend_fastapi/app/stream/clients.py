"""One client of a feed: written to while its connection takes it, and otherwise kept behind a bound.

Nothing here waits. A client that keeps up is written to at once, one frame for all of its kind; what cannot
be written now is kept until the connection can be written to again. Each channel decides what is kept, what
gives way to what follows it, and when a client is sent away.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from app.stream.events import Position, Subject
from app.stream.frames import text_frame
from app.stream.messages import CloseCode, FeedState
from app.stream.updates import Snapshot, Update, message, status_message
from candlestack_core import metrics

WRITTEN_TOGETHER = 16
"""Updates that go out in one write, before it is asked whether the connection takes more."""


class Connection(Protocol):
    """What a client is written to."""

    @property
    def can_write(self) -> bool:
        """Whether what is written now goes out soon, and is not merely added to a buffer."""
        ...

    def write(self, frames: bytes) -> None:
        """Write whole frames, whether or not they go out soon."""
        ...

    def end(self, code: CloseCode, reason: str) -> None:
        """Send a close frame, and cut the connection off where the other side does not answer it."""
        ...


class State(Protocol):
    """What a client begins with: a feed, or what was made of one."""

    def snapshot(self) -> Snapshot:
        """Return the state as a whole."""
        ...

    def since(self, position: Position) -> Sequence[Any] | None:
        """Return what happened after a position; None where that is not known as a whole."""
        ...


class Listener(Protocol):
    """Who is told of a subject: a client, or what makes something else of it for clients of its own."""

    def begin(self, state: Any, since: Position | None = None) -> None:
        """Take the state, where it joins and whenever it was read anew."""
        ...

    def send_updates(self, updates: Sequence[Any]) -> int:
        """Take what happened; return how many messages were sent at once."""
        ...


UpdateT = TypeVar("UpdateT", bound=Update)


class Client(ABC, Generic[UpdateT]):
    """What the clients of all channels have in common."""

    channel: ClassVar[str]

    def __init__(self, subject: Subject, connection: Connection, clock_ms: Callable[[], int]) -> None:
        self.subject = subject
        self._connection = connection
        self._clock_ms = clock_ms
        self._prev: int | None = None
        self._snapshot: Snapshot | None = None
        self._updates: deque[UpdateT] = deque()
        self._status: FeedState | None = None
        self._ended = False
        self._sent = metrics.SOCKET_MESSAGES_SENT.labels(channel=self.channel)

    def begin(self, state: State, since: Position | None = None) -> None:
        """Send the state as a whole, or, where it is known as a whole, what happened since a position."""
        updates = None if since is None else state.since(since)
        if since is None or updates is None:
            self.send_snapshot(state.snapshot())
            return
        self._prev = since.seq
        self._sent.inc(self.send_updates(updates))

    def send_snapshot(self, snapshot: Snapshot) -> None:
        """Send the state as a whole; it takes the place of all that was not sent yet."""
        self._forget_updates()
        self._snapshot = snapshot
        self.flush()

    def send_status(self, state: FeedState) -> None:
        """Say what has become of the feed."""
        self._status = state
        self.flush()

    def send_updates(self, updates: Sequence[UpdateT]) -> int:
        """Send what happened, now or as soon as the connection takes it; return how many were sent at once."""
        sent = 0 if self.waits else self._send_at_once(updates)
        if sent < len(updates):
            for update in updates[sent:]:
                if not self._ended:
                    self._keep(update)
            self.flush()
        return sent

    @property
    def waits(self) -> bool:
        """Whether anything waits for the connection."""
        return bool(self._updates) or self._snapshot is not None or self._status is not None

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
                self._write(status_message(self.subject.symbol, status, self._clock_ms()))
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

    def _send_at_once(self, updates: Sequence[UpdateT]) -> int:
        connection, sent = self._connection, 0
        while sent < len(updates) and connection.can_write and not self._ended:
            if len(updates) == 1:  # as it mostly is, for each of a thousand clients
                connection.write(self._frame(updates[0]))
                return 1
            frames = [self._frame(update) for update in updates[sent : sent + WRITTEN_TOGETHER]]
            connection.write(b"".join(frames))
            sent += len(frames)
        return sent

    def _frame(self, update: UpdateT) -> bytes:
        prev, self._prev = self._prev, update.seq
        return update.frame(prev, self._clock_ms)

    def _write(self, text: bytes) -> None:
        self._connection.write(text_frame(text))
        self._sent.inc()

    def _forget_updates(self) -> None:
        self._updates.clear()

    @abstractmethod
    def _keep(self, update: UpdateT) -> None:
        """Put an update among those that wait, within the channel's bound."""

    def _next(self) -> UpdateT:
        return self._updates.popleft()

    def _message(self, update: UpdateT) -> bytes:
        return message(update.head, self._prev, self._clock_ms())
