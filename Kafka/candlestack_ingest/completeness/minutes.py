"""One minute of one stream: which ids came and how, which are missing. Pure bookkeeping, no clock, no I/O.

A minute is a set of facts, and all it says follows from them: the order in which records are read, and how
often, makes no difference. Ids are trade ids; update ids of depth diffs; of candles their open times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Market
from candlestack_core.names import LedgerStream
from candlestack_ingest.completeness.runs import Run, gaps, insert, size, union, without

LARGEST_HOLE: Final[Mapping[LedgerStream, int]] = {
    "kline_1m": 0,
    "trade": 5_000_000,
    "depth": 10_000_000_000,
}
"""Ids that a hole may span; beyond, it is taken for an exchange that began anew. Update ids run fastest on USD-M."""

How = Literal["rest", "snapshot"]


class StreamKey(NamedTuple):
    """What is accounted for by itself."""

    market: Market
    stream: LedgerStream
    symbol: str


class Synced(NamedTuple):
    """A book was in sequence at an update id, as was said at a time in ms."""

    update_id: int
    at: int


class Hole(NamedTuple):
    """Ids that the stream did not bring, and how they came nevertheless.

    `how` is `rest` where REST brought them, `snapshot` where a snapshot brought the book beyond them, and None
    while they are missing; `filled_at` is when, in ms.
    """

    first_id: int
    last_id: int
    how: How | None
    filled_at: int | None

    @property
    def size(self) -> int:
        return self.last_id - self.first_id + 1


class Figures(NamedTuple):
    """How many ids a minute should have, and how they came: `expected` is the sum of the other three."""

    expected: int
    received: int
    """By the stream itself."""
    filled: int
    """By REST or, for a book, by a snapshot."""
    missing: int


@dataclass(slots=True)
class Minute:
    """What is known of one minute of one stream."""

    open_time: int
    streamed: list[Run] = field(default_factory=list)
    fetched: list[Run] = field(default_factory=list)
    """What REST brought, with the time of each run's last id."""
    after: int | None = None
    """The last id of the minute before; None where nothing is known before. Set by who knows both."""
    synced: list[Synced] = field(default_factory=list)
    """Of the book's states those that tell when a hole was healed."""
    sources: set[str] = field(default_factory=set)
    """Where the ids come from; those of two sources cannot be compared."""
    arrived: int = 0
    """When the newest record that tells of the minute arrived at the broker, in ms."""

    def come(self, run: Run, *, source: str, by_rest: bool, arrived: int) -> None:
        """Take ids that came; `run.at` counts where REST brought them."""
        if by_rest:
            insert(self.fetched, run)
        else:
            insert(self.streamed, Run(run.first, run.last))
        self.sources.add(source)
        self.arrived = max(self.arrived, arrived)

    def merge(self, other: Minute) -> None:
        """Take all that another account of this minute holds; `after` stays."""
        self.streamed = union(self.streamed, other.streamed)
        self.fetched = union(self.fetched, other.fetched)
        self.synced = sorted({*self.synced, *other.synced})
        self.sources |= other.sources
        self.arrived = max(self.arrived, other.arrived)

    def copy(self) -> Minute:
        """Return the same facts, to be changed apart."""
        return Minute(
            self.open_time,
            list(self.streamed),
            list(self.fetched),
            self.after,
            list(self.synced),
            set(self.sources),
            self.arrived,
        )

    @property
    def last_id(self) -> int | None:
        """The newest id that came."""
        return max((runs[-1].last for runs in (self.streamed, self.fetched) if runs), default=None)

    def join(self, before: Minute) -> None:
        """Begin where the minute before ended: a hole between two minutes is counted with the later one."""
        self.after = before.last_id if self.sources == before.sources else None

    def heal(self, stream: LedgerStream, states: Iterable[Synced]) -> None:
        """Keep the state of the book that healed each hole first, and forget the others."""
        known = [*self.synced, *states]
        if known:
            healing = (_healed(known, gap.last) for gap in self._gaps(stream))
            self.synced = sorted({state for state in healing if state is not None})

    def holes(self, stream: LedgerStream) -> list[Hole]:
        """Return what the stream did not bring, ascending by id."""
        found = [Hole(run.first, run.last, "rest", run.at) for run in without(self.fetched, self.streamed)]
        for gap in self._gaps(stream):
            state = _healed(self.synced, gap.last)
            if state is None:
                found.append(Hole(gap.first, gap.last, None, None))
            else:
                found.append(Hole(gap.first, gap.last, "snapshot", state.at))
        return sorted(found, key=lambda hole: hole.first_id)

    def figures(self, stream: LedgerStream) -> Figures:
        """Return the sums of the minute."""
        received = size(self.streamed)
        filled = missing = 0
        for hole in self.holes(stream):
            if hole.how is None:
                missing += hole.size
            else:
                filled += hole.size
        return Figures(received + filled + missing, received, filled, missing)

    def _gaps(self, stream: LedgerStream) -> list[Run]:
        """Return the ids that did not come at all."""
        came = union(self.streamed, self.fetched)
        if stream == "kline_1m":
            return [] if came else [Run(self.open_time, self.open_time)]
        if len(self.sources) > 1 or not came:
            return []
        if self.after is not None and self.after < came[0].first - 1:
            came.insert(0, Run(self.after, self.after))
        largest = LARGEST_HOLE[stream]
        return [gap for gap in gaps(came) if gap.size <= largest]


def _healed(states: Iterable[Synced], last_id: int) -> Synced | None:
    """Return the earliest state of a book that lies at or beyond the last id of a hole."""
    beyond = [state for state in states if state.update_id >= last_id]
    return min(beyond, key=lambda state: (state.at, state.update_id), default=None)


def skipped(before: int, after: int, at_most: int) -> range:
    """Return the open times between two closed candles, the newest `at_most` of them."""
    return range(max(before, after - (at_most + 1) * MINUTE_MS) + MINUTE_MS, after, MINUTE_MS)
