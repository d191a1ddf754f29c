"""What has been heard of a subscription: enough to tell what is new in a message, and what a snapshot covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from candlestack_client.models import Candle, Trade

TRADES_KEPT = 5_000
CANDLES_KEPT = 500
"""More than the API sends at once."""

Item = TypeVar("Item")


class Heard(Protocol[Item]):
    """What was heard, within a bound.

    A process of the API may be `behind` what another has told: what it says is new only where it is beyond
    all that was heard.
    """

    @property
    def newest(self) -> int | None:
        """The open time of the newest candle, the id of the newest trade."""
        ...

    def new(self, items: Sequence[Item], *, behind: bool) -> list[Item]:
        """Return those that were not heard, or were told otherwise."""
        ...

    def reached_by(self, newest_items: Sequence[Item]) -> bool:
        """Tell whether the newest items there are, without a hole between them, begin at what was heard."""
        ...

    def add(self, items: Sequence[Item]) -> None:
        """Take note of them."""
        ...

    def forget(self) -> None:
        """Begin anew."""
        ...


class HeardTrades:
    """The ids of the trades that were heard last."""

    def __init__(self) -> None:
        self._ids: dict[int, None] = {}
        self.newest: int | None = None

    def new(self, items: Sequence[Trade], *, behind: bool) -> list[Trade]:
        least = self.newest if behind else None
        return [
            trade
            for trade in items
            if trade.trade_id not in self._ids and (least is None or trade.trade_id > least)
        ]

    def reached_by(self, newest_items: Sequence[Trade]) -> bool:
        return any(trade.trade_id in self._ids for trade in newest_items)

    def add(self, items: Sequence[Trade]) -> None:
        for trade in items:
            self._ids[trade.trade_id] = None
            self.newest = trade.trade_id if self.newest is None else max(self.newest, trade.trade_id)
        while len(self._ids) > TRADES_KEPT:
            del self._ids[next(iter(self._ids))]

    def forget(self) -> None:
        self._ids.clear()
        self.newest = None


class HeardCandles:
    """The candles that were heard, the newest by open time."""

    def __init__(self) -> None:
        self._candles: dict[int, Candle] = {}

    @property
    def newest(self) -> int | None:
        return max(self._candles, default=None)

    def new(self, items: Sequence[Candle], *, behind: bool) -> list[Candle]:
        newest = self.newest if behind else None
        return [candle for candle in items if self._is_new(candle, newest)]

    def _is_new(self, candle: Candle, newest: int | None) -> bool:
        known = self._candles.get(candle.open_time)
        if known is None:
            return newest is None or candle.open_time > newest
        return candle != known and (newest is None or candle.version > known.version)

    def reached_by(self, newest_items: Sequence[Candle]) -> bool:
        newest = self.newest
        return newest is not None and bool(newest_items) and newest_items[0].open_time <= newest

    def add(self, items: Sequence[Candle]) -> None:
        for candle in items:
            self._candles[candle.open_time] = candle
        for open_time in sorted(self._candles)[:-CANDLES_KEPT]:
            del self._candles[open_time]

    def forget(self) -> None:
        self._candles.clear()
