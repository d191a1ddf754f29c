"""The order book of a pair over a whole recording, rebuilt from snapshots and diffs.

A diff continues the one whose last id it follows: on futures the `pu` it names, on spot `U - 1`. Over a snapshot
with `lastUpdateId` L go the diffs from the first with `pu <= L <= u` on, as long as each continues the one before.
After a break the book is unknown until another snapshot joins.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import msgspec

from candlestack_simulator.replay.messages import (
    DepthLevels,
    DepthMessage,
    SnapshotMessage,
    parse_e8,
    parse_levels,
)
from candlestack_simulator.replay.track import Key, Track
from candlestack_simulator.source import BookTicker, Depth, DepthDiff

CHECKPOINTS = 32
"""Books kept along the way, so that a past one is at most a 32nd of the recording away."""

_decode_levels = msgspec.json.Decoder(DepthLevels).decode


@dataclass(frozen=True, slots=True)
class SentDiff:
    """A diff with the key it is sent at; its levels stay JSON until they are needed."""

    key: Key
    first_update_id: int
    final_update_id: int
    payload: bytes
    named_update_id: int | None = None
    """`pu`, where there is one."""

    @classmethod
    def of(cls, key: Key, message: DepthMessage, payload: bytes) -> SentDiff:
        return cls(key, message.U, message.u, payload, message.pu)

    @property
    def previous_update_id(self) -> int:
        """The last id of the diff that this one continues."""
        return self.first_update_id - 1 if self.named_update_id is None else self.named_update_id

    def decoded(self, symbol: str) -> DepthDiff:
        levels = _decode_levels(self.payload)
        return DepthDiff(
            symbol,
            self.first_update_id,
            self.final_update_id,
            self.key[0],
            parse_levels(levels.b),
            parse_levels(levels.a),
            self.named_update_id,
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """Diffs `[first, last]` over a snapshot, without a break."""

    first: int
    last: int
    snapshot: SnapshotMessage


class _Sides:
    """Bids and asks as price to quantity."""

    def __init__(self, bids: dict[int, int], asks: dict[int, int]) -> None:
        self.bids = bids
        self.asks = asks

    @classmethod
    def of(cls, snapshot: SnapshotMessage) -> _Sides:
        return cls(dict(parse_levels(snapshot.bids)), dict(parse_levels(snapshot.asks)))

    def copy(self) -> _Sides:
        return _Sides(dict(self.bids), dict(self.asks))

    def apply(self, diff: SentDiff) -> None:
        levels = _decode_levels(diff.payload)
        for side, changes in ((self.bids, levels.b), (self.asks, levels.a)):
            for price, quantity in changes:
                amount = parse_e8(quantity)
                if amount:
                    side[parse_e8(price)] = amount
                else:
                    side.pop(parse_e8(price), None)


class BookHistory:
    """The book after each diff, as far as snapshots let it be known."""

    def __init__(self, symbol: str, diffs: Sequence[SentDiff], snapshots: Sequence[SnapshotMessage]) -> None:
        self._symbol = symbol
        self.diffs = diffs
        self._sent_ms = [diff.key[0] for diff in diffs]
        self._final_ids = [diff.final_update_id for diff in diffs]
        self._runs = _runs(diffs, self._final_ids, snapshots)
        self._checkpoints: dict[int, _Sides] = {}
        self._checkpoint_every = len(diffs) // CHECKPOINTS + 1
        self._live: tuple[int, _Sides] | None = None

    def prepare(self) -> None:
        """Go through all diffs once, so that no later answer has to."""
        for run in self._runs:
            self._at(run.last, run)

    def depth(self, limit: int, now_ms: int) -> Depth:
        """Return the best `limit` levels a side as of a time; with the update id 0 where no book is known."""
        place = bisect_right(self._sent_ms, now_ms) - 1
        run = self._run_of(place)
        if run is None:
            return Depth(self._symbol, 0, now_ms, (), ())
        return self._depth(self._at(place, run), place, limit)

    def depth_at(self, update_id: int, now_ms: int) -> Depth | None:
        """Return the whole book at the id of a snapshot or the last id of a diff that was sent until a time."""
        place = bisect_left(self._final_ids, update_id)
        if place >= len(self.diffs) or self._sent_ms[place] > now_ms:
            return None
        run = self._run_of(place)
        if run is None:
            return None
        if self._final_ids[place] == update_id:
            return self._depth(self._at(place, run), place, None)
        if run.first == place and run.snapshot.lastUpdateId == update_id:
            sides = _Sides.of(run.snapshot)
            return _whole(self._symbol, update_id, self._sent_ms[place], sides, None)
        return None

    def book_tickers(self) -> Track:
        """Return best bid and ask after every diff that changed one of them."""
        track = Track()
        for run in self._runs:
            sides = _Sides.of(run.snapshot)
            best: tuple[tuple[int, int], ...] | None = None
            for diff in self.diffs[run.first : run.last + 1]:
                if diff.final_update_id > run.snapshot.lastUpdateId:
                    sides.apply(diff)
                if not (sides.bids and sides.asks):
                    continue
                bid, ask = max(sides.bids), min(sides.asks)
                touch = (bid, sides.bids[bid]), (ask, sides.asks[ask])
                if touch != best:
                    best = touch
                    track.append(
                        diff.key, BookTicker(self._symbol, diff.final_update_id, *touch[0], *touch[1])
                    )
        return track

    def slow_diffs(self, slot_ms: int) -> Track:
        """Return the diffs of each slot of time merged into one, sent with the last of them."""
        track = Track()
        slot: list[SentDiff] = []
        for diff in self.diffs:
            if slot and diff.key[0] // slot_ms != slot[0].key[0] // slot_ms:
                track.append(slot[-1].key, self._merged(slot))
                slot = []
            slot.append(diff)
        if slot:
            track.append(slot[-1].key, self._merged(slot))
        return track

    def _merged(self, slot: Sequence[SentDiff]) -> DepthDiff:
        decoded = [diff.decoded(self._symbol) for diff in slot]
        bids = {price: quantity for diff in decoded for price, quantity in diff.bids}
        asks = {price: quantity for diff in decoded for price, quantity in diff.asks}
        return DepthDiff(
            self._symbol,
            slot[0].first_update_id,
            slot[-1].final_update_id,
            slot[-1].key[0],
            sorted(bids.items(), reverse=True),
            sorted(asks.items()),
            slot[0].named_update_id,
        )

    def _run_of(self, place: int) -> _Run | None:
        return next((run for run in reversed(self._runs) if run.first <= place <= run.last), None)

    def _at(self, place: int, run: _Run) -> _Sides:
        """Return the sides after a diff, going on from the nearest book that was computed before."""
        if self._live and run.first <= self._live[0] <= place:
            start, sides = self._live
            self._live = None
        else:
            known = [at for at in self._checkpoints if run.first <= at <= place]
            start = max(known, default=run.first - 1)
            sides = self._checkpoints[start].copy() if known else _Sides.of(run.snapshot)
        for at in range(start + 1, place + 1):
            if self._final_ids[at] > run.snapshot.lastUpdateId:
                sides.apply(self.diffs[at])
            if at % self._checkpoint_every == 0 and at not in self._checkpoints:
                self._checkpoints[at] = sides.copy()
        self._live = (place, sides)
        return sides

    def _depth(self, sides: _Sides, place: int, limit: int | None) -> Depth:
        run = self._run_of(place)
        oldest = run.snapshot.lastUpdateId if run else 0
        update_id = max(self._final_ids[place], oldest)
        return _whole(self._symbol, update_id, self._sent_ms[place], sides, limit)


def _whole(symbol: str, update_id: int, event_time: int, sides: _Sides, limit: int | None) -> Depth:
    bids, asks = sides.bids.items(), sides.asks.items()
    if limit is None:
        return Depth(symbol, update_id, event_time, sorted(bids, reverse=True), sorted(asks))
    price = itemgetter(0)
    return Depth(
        symbol,
        update_id,
        event_time,
        heapq.nlargest(limit, bids, key=price),
        heapq.nsmallest(limit, asks, key=price),
    )


def _runs(
    diffs: Sequence[SentDiff], final_ids: Sequence[int], snapshots: Sequence[SnapshotMessage]
) -> list[_Run]:
    """Find the runs of diffs that continue a snapshot; a snapshot inside of a run is not needed."""
    runs: list[_Run] = []
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.lastUpdateId):
        first = bisect_left(final_ids, snapshot.lastUpdateId)
        if first >= len(diffs) or diffs[first].previous_update_id > snapshot.lastUpdateId:
            continue
        if runs and first <= runs[-1].last:
            continue
        last = first
        while last + 1 < len(diffs) and diffs[last + 1].previous_update_id == final_ids[last]:
            last += 1
        runs.append(_Run(first, last, snapshot))
    return runs
