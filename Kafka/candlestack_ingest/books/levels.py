"""One side of a book: levels by price, the best of them in order.

Most changes of a diff lie away from the best price, and order is asked for only there. So each level is an
entry of a dict, and only a window of the best ones is kept sorted: a change outside of it costs no order.
Nor is a price ever turned into a number there: canonical decimals with as many digits before the point stand in the
order of their values as texts, and those of one side nearly always have as many; where they do not, zeros are put
before them. Measured against sorted lists, sorted containers and the C package `order-book` by
`benchmarks/order_book.py`.

What is known to be true. A snapshot that was cut off after so many levels tells nothing of prices beyond its
worst one, and a level there that never changes is never told by a diff either. Within that limit each change
arrives as a diff, so the side is complete down to its `limit` for as long as the sequence holds, wherever the
best price moves. What a diff says of prices beyond the limit is true but not complete, and is not kept. Only a
new snapshot moves the limit away from the best price; pruning moves it nearer.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Final, Literal, Protocol

from candlestack_core.decimals import MAX_INTEGER_DIGITS, scaled
from candlestack_core.messages import Level

WINDOW: Final = 64
"""Best levels that are kept in order, at least after the window was filled anew; twice as many at most."""
LEAST_WINDOW: Final = 20
"""Best levels that can always be read: as many as are published."""
SLACK: Final = 1.25
"""How far a side may outgrow its depth before it is pruned: pruning at each level more would sort each time."""
_BEFORE_ALL: Final = ""
_AFTER_ALL: Final = "~"
"""Texts below and above that of any price."""


class BookSide(Protocol):
    """The levels of one side of a book, and no rule about when they may change."""

    def apply(self, levels: Sequence[Level]) -> None:
        """Set the absolute quantity at each price; the quantity `0` removes the level, if it is there."""
        ...

    def best(self, count: int) -> list[Level]:
        """Return the best levels, best first, at most `count` (and at most 20)."""
        ...

    def __len__(self) -> int: ...


class WindowedSide:
    """A side that keeps a window of its best levels in order, by the texts of their prices."""

    __slots__ = ("_bids", "_depth", "_digits", "_edge", "_held", "_limit", "_limit_price", "_window")

    def __init__(
        self, side: Literal["bids", "asks"], levels: Sequence[Level], *, cut_off: bool, depth: int
    ) -> None:
        """Take the levels of a snapshot; `cut_off` says that the exchange may have more beyond the worst."""
        self._bids = side == "bids"
        self._depth = depth
        digits = {whole_digits(level[0]) for level in levels}
        self._digits = digits.pop() if len(digits) == 1 else 0
        """Digits before the point that every price has; 0 where they differ, and zeros stand before them."""
        self._held = {self._key(level[0]): level for level in levels}
        """Levels by what their prices are ordered by."""
        self._limit_price: str | None = None
        self._limit = self._edge = _BEFORE_ALL if self._bids else _AFTER_ALL
        """What is ordered behind `_limit` is not kept; what is not behind `_edge` is in the window."""
        self._window: list[str] = []
        """The best levels, ascending by price: the best bid is the last, the best ask the first."""
        if cut_off and levels:
            self._limit = min(self._held) if self._bids else max(self._held)
            self._limit_price = self._held[self._limit][0]
        self._refill()

    def _key(self, price: str) -> str:
        return price if self._digits else _padded(price)

    def apply(self, levels: Sequence[Level]) -> None:
        held, window, edge, bids, digits = self._held, self._window, self._edge, self._bids, self._digits
        for level in levels:
            price, quantity = level
            key = price if digits else _padded(price)
            if quantity == "0":
                if held.pop(key, None) is not None and (key >= edge if bids else key <= edge):
                    del window[bisect_left(window, key)]
                continue
            if key not in held:
                if digits and price[digits : digits + 1] != "." and whole_digits(price) != digits:
                    if self._limit_price is not None and (whole_digits(price) < digits) is bids:
                        continue
                    # Levels are absolute: those before this one may be set again.
                    self._pad()
                    self.apply(levels)
                    return
                if key < self._limit if bids else key > self._limit:
                    continue
                if key >= edge if bids else key <= edge:
                    insort(window, key)
            held[key] = level
        if len(window) > 2 * WINDOW:
            self._narrow()
        elif len(window) < LEAST_WINDOW and len(held) > len(window):
            self._refill()
        if len(held) > self._depth * SLACK:
            self._prune()

    def _pad(self) -> None:
        self._digits = 0
        self._held = {_padded(level[0]): level for level in self._held.values()}
        if self._limit_price is not None:
            self._limit = _padded(self._limit_price)
        self._refill()

    def _narrow(self) -> None:
        if self._bids:
            del self._window[:-WINDOW]
            self._edge = self._window[0]
        else:
            del self._window[WINDOW:]
            self._edge = self._window[-1]

    def _refill(self) -> None:
        self._window = sorted(self._held)
        self._edge = self._limit
        if len(self._held) > WINDOW:
            self._narrow()

    def _prune(self) -> None:
        if len(self._held) <= self._depth:
            return
        keys = sorted(self._held)
        kept = keys[-self._depth :] if self._bids else keys[: self._depth]
        self._held = {key: self._held[key] for key in kept}
        self._limit = kept[0] if self._bids else kept[-1]
        self._limit_price = self._held[self._limit][0]
        self._refill()

    def best(self, count: int) -> list[Level]:
        held, count = self._held, min(count, LEAST_WINDOW)
        best = self._window[: -count - 1 : -1] if self._bids else self._window[:count]
        return [held[key] for key in best]

    def known(self) -> list[Level]:
        """Return every level that is known to be true, best first, at most the depth."""
        self._prune()
        return [self._held[key] for key in sorted(self._held, reverse=self._bids)]

    @property
    def limit(self) -> str | None:
        """The price down to which (asks: up to which) every level is here; None when the whole side is."""
        return self._limit_price

    def within(self, other: WindowedSide) -> dict[str, str]:
        """Return price and quantity of the levels that lie within both sides' limits."""
        sign = 1 if self._bids else -1
        limits = [sign * scaled(price) for price in (self.limit, other.limit) if price is not None]
        return dict(
            level
            for level in self._held.values()
            if all(sign * scaled(level[0]) >= limit for limit in limits)
        )

    def __len__(self) -> int:
        return len(self._held)

    def memory(self) -> int:
        """Return the bytes it takes, from one of its levels."""
        own = sys.getsizeof(self._held) + sys.getsizeof(self._window)
        if not self._held:
            return own
        level = next(iter(self._held.values()))
        each = sys.getsizeof(level) + sum(map(sys.getsizeof, level))
        return own + each * len(self._held)


def whole_digits(price: str) -> int:
    """Return how many digits a canonical decimal has before its point."""
    point = price.find(".")
    return point if point >= 0 else len(price)


def _padded(price: str) -> str:
    return "0" * (MAX_INTEGER_DIGITS - whole_digits(price)) + price
