"""One client of the hub: written to while its connection takes it, and otherwise kept behind a bound.

Nothing here waits. What cannot be written now is kept until the connection can be written to again; each
channel decides what is kept, what gives way to what follows it, and when a client is sent away.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Generic, Protocol, TypeVar

from app.stream.events import Subject
from app.stream.messages import CloseCode, FeedState
from app.stream.updates import Snapshot, Update, message, status_message
from candlestack_core import metrics


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

    def send_snapshot(self, snapshot: Snapshot) -> None:
        """Send the state as a whole; it takes the place of all that was not sent yet."""
        self._forget_updates()
        self._snapshot = snapshot
        self.flush()

    def send_status(self, state: FeedState) -> None:
        """Say what has become of the feed."""
        self._status = state
        self.flush()

    def send_update(self, update: UpdateT) -> None:
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

    def _write(self, text: bytes) -> None:
        self._connection.write(text)
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
