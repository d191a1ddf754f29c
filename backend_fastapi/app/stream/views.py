"""What several clients are told alike and no feed has as it stands: made once, for as long as anybody listens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar, cast

from app.stream.channel import AnyFollowed, Feed
from app.stream.clients import Listener
from app.stream.events import Position, Subject
from app.stream.hub import Hub
from app.stream.updates import Snapshot, Update
from candlestack_core import metrics


class Shared(ABC):
    """A source that begins with its first client and ends with its last."""

    channel_name: str
    ended = False

    def __init__(self) -> None:
        self._clients: dict[Listener, None] = {}
        self.on_empty: Callable[[], None] = lambda: None

    @property
    def empty(self) -> bool:
        """Whether nobody listens."""
        return not self._clients

    def join(self, client: Listener, since: Position | None) -> None:
        """Tell a client the state, or what happened since a position, and then all that happens."""
        self._welcome(client, since)
        self._clients[client] = None

    def leave(self, client: Listener) -> None:
        """Tell a client nothing more."""
        self._clients.pop(client, None)
        if self.empty:
            self.on_empty()

    @abstractmethod
    def open(self) -> None:
        """Begin."""

    @abstractmethod
    def close(self) -> None:
        """End: nobody listens any more."""

    @abstractmethod
    def _welcome(self, client: Listener, since: Position | None) -> None:
        """Tell a client what it begins with."""

    def _tell(self, updates: Sequence[Any]) -> int:
        return sum(client.send_updates(updates) for client in self._clients)

    def _tell_now(self, updates: Sequence[Any]) -> None:
        """Tell the clients at a time when the hub publishes nothing."""
        metrics.SOCKET_MESSAGES_SENT.labels(channel=self.channel_name).inc(self._tell(updates))


class View(Shared):
    """A feed in another form: hears of a subject on a channel, and tells its clients what it makes of it."""

    def __init__(self, hub: Hub, channel: AnyFollowed, subject: Subject) -> None:
        super().__init__()
        self.channel_name = channel.name
        self.subject = subject
        self._hub = hub
        self._channel = channel
        self._going_on: dict[Listener, Position] = {}
        """Who joined with a position before the topics were read."""

    def open(self) -> None:
        self._hub.join(self._channel, self.subject, self)

    def close(self) -> None:
        self._hub.leave(self._channel, self.subject, self)

    @abstractmethod
    def begin(self, state: Feed[Any], since: Position | None = None) -> None:
        """Take what is known, at first and whenever the topics were read anew."""

    @abstractmethod
    def send_updates(self, updates: Sequence[Any]) -> int:
        """Take what happened."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the state as a whole."""

    @abstractmethod
    def since(self, position: Position) -> Sequence[Update] | None:
        """Return what happened after a position; None where that is not known as a whole."""

    def leave(self, client: Listener) -> None:
        self._going_on.pop(client, None)
        super().leave(client)

    def _welcome(self, client: Listener, since: Position | None) -> None:
        if since is not None and not self._hub.read:
            self._going_on[client] = since
        else:
            client.begin(self, since)

    def _tell_anew(self) -> None:
        for client in list(self._clients):
            client.begin(self, self._going_on.pop(client, None))


SharedT = TypeVar("SharedT", bound=Shared)


class Views:
    """The shared sources that somebody listens to, by what was asked for."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, Shared] = {}

    def get(self, key: Hashable, new: Callable[[], SharedT]) -> SharedT:
        """Return the source of a key, begun where it is a new one."""
        if (known := self._shared.get(key)) is not None:
            return cast(SharedT, known)
        shared = new()
        self._shared[key] = shared
        shared.on_empty = lambda: self.forget(key)
        shared.open()
        return shared

    def forget(self, key: Hashable) -> None:
        """End the source of a key, if nobody listens to it."""
        shared = self._shared.get(key)
        if shared is not None and shared.empty:
            del self._shared[key]
            shared.ended = True
            shared.close()
