"""`LocalOrderBook`: a snapshot and the diffs that follow it, applied only in sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from candlestack_core.decimals import NotCanonicalError, canonical, scaled
from candlestack_core.messages import Level, Market
from candlestack_ingest.books.checksum import CHECKSUM_LEVELS, checksum
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.levels import WindowedSide
from candlestack_ingest.books.sequence import (
    repeats,
    spot_bridges,
    spot_continues,
    spot_drops,
    usdm_bridges,
    usdm_continues,
    usdm_drops,
)

SNAPSHOT_LIMIT = 1000
"""Levels a side that a snapshot is asked for."""


class SequenceError(Exception):
    """A diff that does not follow; the book is as it was."""


class BadSnapshotError(ValueError):
    """A snapshot that cannot be a book; the text says why."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best levels of a book up to an update id, canonical, best first.

    `limit` is how many levels a side were asked for: a side that has as many may have been cut off.
    """

    last_update_id: int
    bids: Sequence[Level]
    asks: Sequence[Level]
    limit: int = SNAPSHOT_LIMIT

    @classmethod
    def of(
        cls,
        last_update_id: int,
        bids: Sequence[tuple[str, str]],
        asks: Sequence[tuple[str, str]],
        limit: int = SNAPSHOT_LIMIT,
    ) -> Snapshot:
        """Take levels as the exchange writes them.

        Raises:
            BadSnapshotError: for an amount that is no canonical decimal even when rewritten, an id below 0, or
                a best bid that is not below the best ask.
        """
        if last_update_id < 0:
            raise BadSnapshotError(f"the update id {last_update_id}")
        try:
            found = cls(last_update_id, _levels(bids), _levels(asks), limit)
        except NotCanonicalError as error:
            raise BadSnapshotError(str(error)) from None
        if LocalOrderBook("spot", found).crossed:
            raise BadSnapshotError("the best bid is not below the best ask")
        return found


def _levels(levels: Sequence[tuple[str, str]]) -> list[Level]:
    written = ((canonical(price), canonical(quantity)) for price, quantity in levels)
    return [level for level in written if level[1] != "0"]


class LocalOrderBook:
    """A book of one market and symbol; it joins its snapshot with the first diff that bridges.

    Until then (`joined` is false) it is the snapshot, of which nobody knows yet whether a diff is missing.
    """

    __slots__ = ("asks", "bids", "event_time", "joined", "last_update_id", "market")

    def __init__(self, market: Market, snapshot: Snapshot, depth: int = SNAPSHOT_LIMIT) -> None:
        """Take a snapshot; `depth` bounds the levels kept a side."""
        self.market: Market = market
        self.last_update_id = snapshot.last_update_id
        self.event_time = 0
        """Event time of the last diff, in ms; 0 before the first."""
        self.joined = False
        self.bids = WindowedSide(
            "bids", snapshot.bids, cut_off=len(snapshot.bids) >= snapshot.limit, depth=depth
        )
        self.asks = WindowedSide(
            "asks", snapshot.asks, cut_off=len(snapshot.asks) >= snapshot.limit, depth=depth
        )

    def apply(self, diff: Diff) -> bool:
        """Apply a diff of this book's market and symbol; tell whether it held anything new.

        Raises:
            SequenceError: when a diff before it is missing.
        """
        if not self._follows(diff):
            return False
        self.bids.apply(diff.bids)
        self.asks.apply(diff.asks)
        self.last_update_id = diff.final_update_id
        self.event_time = diff.event_time
        return True

    def _follows(self, diff: Diff) -> bool:
        first, final, last = diff.first_update_id, diff.final_update_id, self.last_update_id
        spot = self.market == "spot"
        if self.joined:
            if (
                spot_continues(first, final, last)
                if spot
                else usdm_continues(diff.previous_final_update_id, last)
            ):
                return True
            if repeats(final, last):
                return False
            raise SequenceError(f"{first}..{final} does not continue {last}")
        if spot_drops(final, last) if spot else usdm_drops(final, last):
            if final == last:
                # The snapshot was taken at this diff's own end: the sequence is known from here.
                self.joined = True
                self.event_time = diff.event_time
            return False
        if spot_bridges(first, final, last) if spot else usdm_bridges(first, final, last):
            self.joined = True
            return True
        raise SequenceError(f"{first}..{final} does not bridge the snapshot {last}")

    def best(self, count: int) -> tuple[list[Level], list[Level]]:
        """Return the best bids and asks, best first, at most `count` each (and at most 20)."""
        return self.bids.best(count), self.asks.best(count)

    def checksum(self) -> int:
        """Return the checksum of the best 10 levels."""
        return checksum(*self.best(CHECKSUM_LEVELS))

    @property
    def crossed(self) -> bool:
        """Whether the best bid is not below the best ask: no exchange's book ever is so."""
        bids, asks = self.best(1)
        return bool(bids and asks) and scaled(bids[0][0]) >= scaled(asks[0][0])

    @property
    def exhausted(self) -> bool:
        """Whether the market has left what the snapshot reached: the best level of a side is not known."""
        return any(not len(side) and side.limit is not None for side in (self.bids, self.asks))

    def thinner_than(self, levels: int) -> bool:
        """Tell whether fewer levels than these are known of a side that may have more."""
        return any(len(side) < levels and side.limit is not None for side in (self.bids, self.asks))

    def memory(self) -> int:
        """Return about how many bytes it takes."""
        return self.bids.memory() + self.asks.memory()


def matching_share(book: LocalOrderBook, fresh: LocalOrderBook) -> float:
    """Return the share of levels on which two accounts of a book at the same update id agree.

    Counted over every price within the limits of both at which either has a level; 1 where there is none.
    """
    agreed = total = 0
    for mine, other in ((book.bids, fresh.bids), (book.asks, fresh.asks)):
        ours, theirs = mine.within(other), other.within(mine)
        total += len(ours.keys() | theirs.keys())
        agreed += len(ours.items() & theirs.items())
    return agreed / total if total else 1.0
