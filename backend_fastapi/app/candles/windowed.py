"""The 1m candles of the realtime window, kept serialised: read from Redis once, until its topic says more.

All that Redis has came over the topic that the hub follows, each pair's records in their order. So where Redis has
the newest record that the hub has heard of, it has all before; and what it was found to have, or not to have, holds
until the hub hears of the next. Records of the forming candle do not count: that one is the hub's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cachetools import LRUCache

from app.candles.minute import Minute
from app.stores.realtime import RealtimeStore
from app.stream.events import Event
from candlestack_core.messages import Candle
from candlestack_core.versions import supersedes

KEPT_MINUTES = 100_000
"""Of all pairs: some 60 MB."""


class InWindow(NamedTuple):
    """Minutes that the window holds; `settled` where it holds the same until the topic says more."""

    minutes: list[Minute]
    settled: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the window was found to hold of some minutes, by open time, when it had a record."""

    told: Event[Candle]
    minutes: dict[int, Minute | None]


class WindowMinutes:
    """Answers what the window has of a pair; of more pairs than can be kept the least recently used go first."""

    def __init__(self, realtime: RealtimeStore, kept_minutes: int = KEPT_MINUTES) -> None:
        self._realtime = realtime
        self._kept: LRUCache[str, _Kept] = LRUCache(kept_minutes, getsizeof=lambda kept: len(kept.minutes))

    async def find(self, symbol: str, open_times: Sequence[int], told: Event[Candle] | None) -> InWindow:
        """Return those of some minutes of a pair that the window holds.

        `told` is the newest record of the pair, those of its forming candle apart; None while that cannot be told.

        Raises:
            StoreAwayError: Redis has to be asked, and does not answer.
        """
        if not open_times:
            return InWindow([], settled=True)
        if told is None:
            read = await self._realtime.window(symbol, open_times)
            return InWindow([*map(Minute.of, read)], settled=False)
        kept = self._kept.get(symbol)
        known = kept.minutes if kept is not None and kept.told is told else {}
        unknown = [open_time for open_time in open_times if open_time not in known]
        settled = True
        if unknown:
            read = await self._realtime.window(symbol, {*unknown, told.value.open_time})
            found = {candle.open_time: Minute.of(candle) for candle in read}
            known = known | {open_time: found.get(open_time) for open_time in unknown}
            settled = _has(read, told.value)
        if settled and len(known) <= self._kept.maxsize:
            self._kept[symbol] = _Kept(told, known)
        minutes = (known[open_time] for open_time in open_times)
        return InWindow([minute for minute in minutes if minute is not None], settled)


def _has(read: Collection[Candle], told: Candle) -> bool:
    """Tell whether what was read holds an account of a candle, or one that wins over it."""
    return any(found.open_time == told.open_time and not supersedes(told, found) for found in read)
