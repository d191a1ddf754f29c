"""One side of a book: levels by price, the best of them in order.

Most changes of a diff lie away from the best price, and order is asked for only there. So each level is an
entry of a dict, and only a window of the best ones is kept sorted: a change outside of it costs no order.
Measured against a fully sorted list, sorted containers and the C package `order-book` by
`benchmarks/order_book.py`.

What is known to be true. A snapshot that was cut off after so many levels tells nothing of prices beyond its
worst one, and a level there that never changes is never told by a diff either. Within that limit each change
arrives as a diff, so the side is complete down to its `limit` for as long as the sequence holds, wherever the
best price moves. What a diff says of prices beyond the limit is true but not complete, and is not kept. Only a
new snapshot moves the limit away from the best price; pruning moves it nearer.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final, Literal, Protocol

from candlestack_core.decimals import from_scaled, scaled
from candlestack_core.messages import Level

WINDOW: Final = 64
"""Best levels that are kept in order, at least after the window was filled anew; twice as many at most."""
LEAST_WINDOW: Final = 20
"""Best levels that can always be read: as many as are published."""
SLACK: Final = 1.25
"""How far a side may outgrow its depth before it is pruned: pruning at each level more would sort each time."""


class BookSide(Protocol):
    """The levels of one side of a book, and no rule about when they may change."""

    def apply(self, levels: Iterable[Level]) -> None:
        """Set the absolute quantity at each price; the quantity `0` removes the level, if it is there."""
        ...

    def best(self, count: int) -> list[Level]:
        """Return the best levels, best first, at most `count` (and at most 20)."""
        ...

    def __len__(self) -> int: ...


class WindowedSide:
    """A side that keeps a window of its best levels in order.

    Prices are integers of 10^-8, negated for asks: the greater the better on either side.
    """

    __slots__ = ("_depth", "_floor", "_keys", "_levels", "_limit", "_sign", "_window")

    def __init__(
        self, side: Literal["bids", "asks"], levels: Sequence[Level], *, cut_off: bool, depth: int
    ) -> None:
        """Take the levels of a snapshot; `cut_off` says that the exchange may have more beyond the worst."""
        self._sign = 1 if side == "bids" else -1
        self._depth = depth
        self._keys = {level[0]: self._sign * scaled(level[0]) for level in levels}
        """Of each price that has a level; its text is how it is found when it changes."""
        self._levels = {self._keys[level[0]]: level for level in levels}
        self._limit: float = min(self._levels) if cut_off and levels else -math.inf
        self._window: list[int] = []
        """Keys of the best levels, best last; each level at or above `_floor` is in it."""
        self._floor: float = -math.inf
        self._refill()

    def apply(self, levels: Iterable[Level]) -> None:
        keys, held, window, floor = self._keys, self._levels, self._window, self._floor
        for level in levels:
            price, quantity = level
            if quantity == "0":
                key = keys.pop(price, None)
                if key is not None:
                    del held[key]
                    if key >= floor:
                        del window[bisect_left(window, key)]
                continue
            key = keys.get(price)
            if key is None:
                # `decimals.scaled` written out: each new level passes here.
                whole, _, fraction = price.partition(".")
                key = self._sign * int(whole + (fraction + "00000000")[:8])
                if key < self._limit:
                    continue
                keys[price] = key
                if key >= floor:
                    insort(window, key)
            held[key] = level
        if len(window) > 2 * WINDOW:
            del window[:-WINDOW]
            self._floor = window[0]
        elif len(window) < LEAST_WINDOW and len(held) > len(window):
            self._refill()
        if len(held) > self._depth * SLACK:
            self._prune()

    def _refill(self) -> None:
        best = sorted(self._levels)[-WINDOW:]
        self._window = best
        self._floor = best[0] if len(best) < len(self._levels) else self._limit

    def _prune(self) -> None:
        if len(self._levels) <= self._depth:
            return
        kept = sorted(self._levels)[-self._depth :]
        self._levels = {key: self._levels[key] for key in kept}
        self._keys = {level[0]: key for key, level in self._levels.items()}
        self._limit = kept[0]
        self._window = kept[-WINDOW:]
        self._floor = self._window[0]

    def best(self, count: int) -> list[Level]:
        held = self._levels
        return [held[key] for key in self._window[: -min(count, LEAST_WINDOW) - 1 : -1]]

    def best_key(self) -> int | None:
        """Return the best price as an integer of 10^-8, negated for asks; None for an empty side."""
        return self._window[-1] if self._window else None

    def known(self) -> list[Level]:
        """Return every level that is known to be true, best first, at most the depth."""
        self._prune()
        return [self._levels[key] for key in sorted(self._levels, reverse=True)]

    @property
    def limit(self) -> str | None:
        """The price down to which (asks: up to which) every level is here; None when the whole side is."""
        return None if self._limit == -math.inf else from_scaled(abs(int(self._limit)))

    def within(self, other: WindowedSide) -> dict[str, str]:
        """Return price and quantity of the levels that lie within both sides' limits."""
        limit = max(self._limit, other._limit)
        return dict(level for key, level in self._levels.items() if key >= limit)

    def __len__(self) -> int:
        return len(self._levels)

    def memory(self) -> int:
        """Return the bytes it takes, from one of its levels."""
        own = sys.getsizeof(self._keys) + sys.getsizeof(self._levels) + sys.getsizeof(self._window)
        if not self._levels:
            return own
        key, level = next(iter(self._levels.items()))
        each = sys.getsizeof(key) + sys.getsizeof(level) + sum(map(sys.getsizeof, level))
        return own + each * len(self._levels)
