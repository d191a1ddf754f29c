"""The hub: what the topics' end says of every pair, in memory, and the clients that hear of it.

Lives on the event loop alone and never waits: a client that does not read costs what is kept for it, no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from app.stream.channel import AnyFollowed, FeedT, Followed
from app.stream.clients import Client, Listener
from app.stream.events import Batch, Position, Subject, Value
from app.stream.feeds import Feeds
from app.stream.messages import FeedState
from candlestack_core import metrics
from candlestack_core.messages import Market

_LIVE = FeedState(state="live", reason=None)


class Hub:
    """Takes what the tail reads, answers what is known now, and tells the clients of every change."""

    def __init__(self, channels: Sequence[AnyFollowed]) -> None:
        self.channels = {channel.name: channel for channel in channels}
        self._feeds = Feeds(channels)
        self._listeners: defaultdict[tuple[str, Subject], dict[Listener, Position | None]] = defaultdict(dict)
        """Who is told, and, before the topics were read, from which position they want to go on."""
        self._told_of_status: dict[Callable[[FeedState], None], None] = {}
        self._state = FeedState(state="away", reason="the topics are not read yet")
        self._read = False

    @property
    def state(self) -> FeedState:
        """Whether updates come as they happen."""
        return self._state

    @property
    def live(self) -> bool:
        return self._state.state == "live"

    @property
    def read(self) -> bool:
        """Whether the topics were read: before that it is not known what a client has missed."""
        return self._read

    def symbols(self, market: Market = "spot") -> AbstractSet[str]:
        """Return the pairs of a market of which a record was read."""
        return self._feeds.symbols(market)

    def feed(self, channel: Followed[Value, FeedT], subject: Subject) -> FeedT:
        """Return what a channel knows of a subject; an empty feed where no record of it was read."""
        return self._feeds.feed(channel, subject)

    def went_live(self, feeds: Feeds) -> None:
        """Take what was read up to the end of the topics for the state, and send it to all clients.

        Those that joined with a position before anything was read are told what happened since.
        """
        self._feeds = feeds
        self._read = True
        for (name, subject), listeners in list(self._listeners.items()):
            for listener, since in list(listeners.items()):
                if listener in listeners:
                    listeners[listener] = None
                    listener.begin(self._feeds.feed(self.channels[name], subject), since)
        self._change(_LIVE)

    def publish(self, batch: Batch) -> None:
        """Take records as they happen, and tell the clients."""
        for name, subject, updates in self._feeds.take(batch):
            if listeners := self._listeners.get((name, subject)):
                sent = 0
                for listener in listeners:
                    sent += listener.send_updates(updates)
                metrics.SOCKET_MESSAGES_SENT.labels(channel=name).inc(sent)

    def went_away(self, reason: str) -> None:
        """Take note that nothing comes any more, and say so to all clients."""
        if self.live or self._state.reason != reason:
            self._change(FeedState(state="away", reason=reason))

    def came_back(self) -> None:
        """Take note that records come again from where they stopped, and say so to all clients."""
        if not self.live:
            self._change(_LIVE)

    def join(
        self, channel: AnyFollowed, subject: Subject, listener: Listener, since: Position | None = None
    ) -> None:
        """Tell a listener the state, or what happened since a position, and then all that happens.

        What happened since is told as soon as the topics were read.
        """
        waits = since is not None and not self._read
        if not waits:
            listener.begin(self._feeds.feed(channel, subject), since)
        self._listeners[channel.name, subject][listener] = since if waits else None

    def leave(self, channel: AnyFollowed, subject: Subject, listener: Listener) -> None:
        """Tell a listener nothing more."""
        key = (channel.name, subject)
        self._listeners[key].pop(listener, None)
        if not self._listeners[key]:
            del self._listeners[key]

    def source(self, channel: AnyFollowed, subject: Subject) -> HubSource:
        """Return where clients are told of a subject on a channel as the topic has it."""
        return HubSource(self, channel, subject)

    @contextmanager
    def joined(self, client: Client[Any]) -> Iterator[None]:
        """Send a client the state, then all that happens, to the feed as well, until it leaves."""
        channel = self.channels[client.channel]
        self.join(channel, client.subject, client)
        if not self.live:
            client.send_status(self._state)
        self._told_of_status[client.send_status] = None
        open_sockets = metrics.SOCKETS_OPEN.labels(channel=client.channel)
        open_sockets.inc()
        try:
            yield
        finally:
            self.leave(channel, client.subject, client)
            del self._told_of_status[client.send_status]
            open_sockets.dec()

    def _change(self, state: FeedState) -> None:
        self._state = state
        metrics.FEED_LIVE.set(self.live)
        for tell in list(self._told_of_status):
            tell(state)


@dataclass(frozen=True, slots=True)
class HubSource:
    """A subject on a channel, for the clients of `/ws`: of the feed's own state they are told elsewhere."""

    hub: Hub
    channel: AnyFollowed
    subject: Subject
    ended: ClassVar[bool] = False

    def join(self, client: Listener, since: Position | None) -> None:
        self.hub.join(self.channel, self.subject, client, since)

    def leave(self, client: Listener) -> None:
        self.hub.leave(self.channel, self.subject, client)
