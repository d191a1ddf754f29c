"""The feeds of all channels: what is known of each pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast

from app.stream.channel import AnyFollowed, Feed, FeedT, Followed
from app.stream.events import Batch, Event, Subject, Value
from app.stream.updates import Update
from candlestack_core.messages import Market


class Feeds:
    """The feeds of some channels, by channel and subject; each begins with its first record."""

    def __init__(self, channels: Iterable[AnyFollowed]) -> None:
        self._channels = {channel.name: channel for channel in channels}
        self._feeds: dict[str, dict[Subject, Feed[Any]]] = {name: {} for name in self._channels}
        self._symbols: defaultdict[Market, set[str]] = defaultdict(set)

    def feed(self, channel: Followed[Value, FeedT], subject: Subject) -> FeedT:
        """Return what a channel knows of a subject; an empty feed where no record of it was read."""
        known = self._feeds[channel.name].get(subject)
        return channel.new_feed(subject) if known is None else cast(FeedT, known)

    def symbols(self, market: Market) -> AbstractSet[str]:
        """Return the pairs of a market of which a record was read."""
        return self._symbols[market]

    def take(self, batch: Batch) -> Iterator[tuple[str, Subject, Sequence[Update]]]:
        """Take records; yield what clients of a channel and subject should hear of them."""
        for name, events in batch.items():
            channel, feeds = self._channels[name], self._feeds[name]
            by_subject: dict[Subject, list[Event[Any]]] = {}
            for event in events:
                by_subject.setdefault(channel.subject(event.value), []).append(event)
            for subject, its_events in by_subject.items():
                feed = feeds.get(subject)
                if feed is None:
                    feed = feeds[subject] = channel.new_feed(subject)
                    self._symbols[subject.market].add(subject.symbol)
                if updates := feed.take(its_events):
                    yield name, subject, updates

    def take_history(self, batch: Batch) -> None:
        """Take records that no client is to hear of one by one."""
        for _ in self.take(batch):
            pass
