"""The hub: what the topics' end says of every pair, in memory, and the clients that hear of it.

Lives on the event loop alone and never waits: a client that does not read costs what is kept for it, no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.stream.channel import AnyChannel, Channel, FeedT
from app.stream.clients import Client
from app.stream.events import Batch, Subject, Value
from app.stream.feeds import Feeds
from app.stream.messages import FeedState
from app.stream.updates import Snapshot
from candlestack_core import metrics
from candlestack_core.messages import Market

_LIVE = FeedState(state="live", reason=None)


class Hub:
    """Takes what the tail reads, answers what is known now, and tells the clients of every change."""

    def __init__(self, channels: Sequence[AnyChannel]) -> None:
        self.channels = {channel.name: channel for channel in channels}
        self._feeds = Feeds(channels)
        self._clients: defaultdict[tuple[str, Subject], set[Client[Any]]] = defaultdict(set)
        self._state = FeedState(state="away", reason="the topics are not read yet")

    @property
    def state(self) -> FeedState:
        """Whether updates come as they happen."""
        return self._state

    @property
    def live(self) -> bool:
        return self._state.state == "live"

    def symbols(self, market: Market = "spot") -> set[str]:
        """Return the pairs of a market of which a record was read."""
        return self._feeds.symbols(market)

    def feed(self, channel: Channel[Value, FeedT], subject: Subject) -> FeedT:
        """Return what a channel knows of a subject; an empty feed where no record of it was read."""
        return self._feeds.feed(channel, subject)

    def went_live(self, feeds: Feeds) -> None:
        """Take what was read up to the end of the topics for the state, and send it to all clients."""
        self._feeds = feeds
        self._set(_LIVE)
        for client in self._all_clients():
            client.send_snapshot(self._snapshot(client))
            client.send_status(self._state)

    def publish(self, batch: Batch) -> None:
        """Take records as they happen, and tell the clients."""
        for name, subject, updates in self._feeds.take(batch):
            for client in self._clients.get((name, subject), ()):
                for update in updates:
                    client.send_update(update)

    def went_away(self, reason: str) -> None:
        """Take note that nothing comes any more, and say so to all clients."""
        if self.live or self._state.reason != reason:
            self._change(FeedState(state="away", reason=reason))

    def came_back(self) -> None:
        """Take note that records come again from where they stopped, and say so to all clients."""
        if not self.live:
            self._change(_LIVE)

    @contextmanager
    def joined(self, client: Client[Any]) -> Iterator[None]:
        """Send a client the state, then all that happens, until it leaves."""
        client.send_snapshot(self._snapshot(client))
        if not self.live:
            client.send_status(self._state)
        open_sockets = metrics.SOCKETS_OPEN.labels(channel=client.channel)
        open_sockets.inc()
        key = (client.channel, client.subject)
        self._clients[key].add(client)
        try:
            yield
        finally:
            self._clients[key].discard(client)
            if not self._clients[key]:
                del self._clients[key]
            open_sockets.dec()

    def clients(self) -> int:
        """Return how many clients there are."""
        return sum(map(len, self._clients.values()))

    def _change(self, state: FeedState) -> None:
        self._set(state)
        for client in self._all_clients():
            client.send_status(state)

    def _set(self, state: FeedState) -> None:
        self._state = state
        metrics.FEED_LIVE.set(self.live)

    def _snapshot(self, client: Client[Any]) -> Snapshot:
        feed = self._feeds.feed(self.channels[client.channel], client.subject)
        snapshot: Snapshot = feed.snapshot()
        return snapshot

    def _all_clients(self) -> Iterator[Client[Any]]:
        for clients in self._clients.values():
            yield from clients
