"""The 1m candles of MongoDB, kept serialised: read once, dropped when one of them is written again.

An answer is never older than its request: before anything kept is used, one look at what was written since the
look before must have begun after the request came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pymongo
from cachetools import LRUCache

from app.candles.minute import Minute
from app.candles.schemas import LIMIT_LARGEST
from app.candles.span import Span
from app.stores.candles import CandleStore
from app.stores.coalesced import Coalesced
from app.stores.written import WrittenMinutes
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import encode

BLOCK_MS = Interval.H1.ms
BLOCK_MINUTES = BLOCK_MS // MINUTE_MS
BLOCKS_AT_ONCE = 32
"""Read from MongoDB in one question at most."""
ROUNDS = 3
"""Where a pair has so few minutes that these many times 32 blocks do not do, MongoDB is asked itself."""
KEPT_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 200
"""Of a kept candle besides its JSON, and of a block."""


@dataclass(slots=True)
class _Extent:
    """The open times in ms of a pair's oldest and newest stored minute; None where it has none."""

    oldest: int | None
    newest: int | None


class StoredMinutes:
    """Answers what the store has of a pair; kept in blocks of an hour, the least recently used go first."""

    def __init__(self, store: CandleStore, kept_bytes: int = KEPT_BYTES) -> None:
        self._store = store
        self._written = WrittenMinutes(store)
        self._blocks: LRUCache[tuple[str, int], list[Minute]] = LRUCache(kept_bytes, getsizeof=_size)
        self._extents: dict[str, _Extent] = {}
        self._generations: defaultdict[str, int] = defaultdict(int)
        self._everything = 0
        self._looks = Coalesced(self._look)

    async def settle(self) -> None:
        """Return when a look that began after this call has dropped what was written again.

        Raises:
            StoreAwayError: MongoDB does not answer; so do all methods.
        """
        await self._looks.ask()

    def generation(self, symbol: str) -> tuple[int, int]:
        """Return what changes whenever a minute of a pair was written."""
        return self._everything, self._generations[symbol]

    async def find(self, symbol: str, span: Span) -> list[Minute]:
        """Return a pair's minutes that are wanted, ascending; call `settle` before."""
        if span.limit > LIMIT_LARGEST:
            # As much is for once, and would push out what is asked for again and again.
            return await self._directly(symbol, span)
        extent = await self._extent(symbol)
        if extent.oldest is None or extent.newest is None:
            return []
        first = extent.oldest if span.start is None else max(extent.oldest, span.start)
        last = extent.newest if span.end is None else min(extent.newest, span.end)
        rounds = _rounds(first, last, span)
        found: list[Minute] = []
        for _, blocks in zip(range(ROUNDS), rounds, strict=False):
            minutes = [minute for block in await self._read(symbol, blocks) for minute in block]
            found = [*found, *minutes] if span.start is not None else [*minutes, *found]
            cut = span.cut(found)
            if len(cut) >= span.limit:
                return cut
        if next(rounds, None) is None:
            return span.cut(found)
        return await self._directly(symbol, span)

    async def _directly(self, symbol: str, span: Span) -> list[Minute]:
        stored = await self._store.candles(symbol, Interval.M1, span.start, span.end, span.limit)
        return [Minute.of(candle) for candle in stored]

    async def _extent(self, symbol: str) -> _Extent:
        extent = self._extents.get(symbol)
        if extent is None:
            before = self.generation(symbol)
            ends = [
                await self._store.find_minutes(
                    {"symbol": symbol}, [("open_time", order)], 1, {"_id": False, "open_time": True}
                )
                for order in (pymongo.ASCENDING, pymongo.DESCENDING)
            ]
            oldest, newest = (int(end[0]["open_time"]) if end else None for end in ends)
            extent = _Extent(oldest, newest)
            if self.generation(symbol) == before:
                self._extents[symbol] = extent
        return extent

    async def _read(self, symbol: str, blocks: Sequence[int]) -> list[list[Minute]]:
        """Return the minutes of blocks, which follow on one another; read those between the ones not kept."""
        answer = {block: self._blocks[symbol, block] for block in blocks if (symbol, block) in self._blocks}
        missing = [block for block in blocks if block not in answer]
        read: dict[int, list[Minute]]
        if missing:
            before = self.generation(symbol)
            first, end = missing[0], missing[-1] + BLOCK_MS
            count = (end - first) // MINUTE_MS
            read = {block: [] for block in range(first, end, BLOCK_MS)}
            for candle in await self._store.candles(symbol, Interval.M1, first, end - 1, count):
                read[candle.open_time - candle.open_time % BLOCK_MS].append(
                    Minute(candle.open_time, True, candle.version, encode(candle))
                )
            if self.generation(symbol) == before:
                # Nothing was found to be written again while it was read: it may be kept.
                for block, minutes in read.items():
                    if _size(minutes) <= self._blocks.maxsize:
                        self._blocks[symbol, block] = minutes
            answer |= read
        return [answer[block] for block in blocks]

    async def _look(self) -> None:
        changes = await self._written.look()
        if changes.everything:
            self._everything += 1
            self._blocks.clear()
            self._extents.clear()
            self._generations.clear()
        for symbol, open_time in changes.minutes:
            self._generations[symbol] += 1
            self._blocks.pop((symbol, open_time - open_time % BLOCK_MS), None)
            extent = self._extents.get(symbol)
            if extent is not None:
                extent.oldest = open_time if extent.oldest is None else min(open_time, extent.oldest)
                extent.newest = open_time if extent.newest is None else max(open_time, extent.newest)


def _rounds(first: int, last: int, span: Span) -> Iterator[range]:
    """Yield the blocks in which the minutes between two lie, some at once, from the end where the answer begins."""
    blocks = range(first - first % BLOCK_MS, last + 1, BLOCK_MS)
    at_once = min(BLOCKS_AT_ONCE, span.limit // BLOCK_MINUTES + 2)
    while blocks:
        if span.start is None:
            yield blocks[-at_once:]
            blocks = blocks[:-at_once]
        else:
            yield blocks[:at_once]
            blocks = blocks[at_once:]


def _size(minutes: list[Minute]) -> int:
    return _OVERHEAD_BYTES + sum(len(minute.json) + _OVERHEAD_BYTES for minute in minutes)
