"""Aggregate trades: neighbours of one time, price and side, which the fills of one taker order at one price share.

One rule for what REST answers and what the stream tells. An aggregate counts when its first and its last trade are
known to be that: one whose beginning is not held, or in which a trade may be missing, is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.compat.binance.rows import padded
from app.compat.binance.schemas import AggregateTrade
from candlestack_core.decimals import from_scaled, scaled
from candlestack_core.messages import Listing, Trade

SETTLED_AFTER_MS = 500
"""So long after a trade no further one of its aggregate is expected: they are made in one go, and come in few ms."""

Aggregate = Sequence[Trade]
"""The trades of one aggregate, ascending by id."""


class Aggregator:
    """Puts trades together as they come."""

    def __init__(self) -> None:
        self._open: list[Trade] = []
        self._begun = False
        """Whether the first of the open ones is known to be the first of its aggregate."""
        self._newest: Trade | None = None

    def take(self, trade: Trade) -> Aggregate | None:
        """Take a trade; return the aggregate that it ends. One that is not newer than those before is passed over."""
        before = self._newest
        if before is not None and trade.trade_id <= before.trade_id:
            return None
        self._newest = trade
        if before is None or trade.trade_id != before.trade_id + 1:
            # What was open may have gone on in a trade that is missing, and this one may have begun there.
            self._open, self._begun = [trade], trade.trade_id == 0
            return None
        if self._open and _shared(self._open[0]) == _shared(trade):
            self._open.append(trade)
            return None
        ended = self.end()
        self._open, self._begun = [trade], True
        return ended

    def end(self) -> Aggregate | None:
        """Return the open aggregate, if there is a whole one, and take it for ended.

        A trade that comes after all, and would have been of it, begins another.
        """
        if not self._open or not self._begun:
            return None
        ended, self._open = self._open, []
        return ended


def aggregates(trades: Sequence[Trade], now: int) -> list[Aggregate]:
    """Return the aggregates in trades that are ascending by id, as far as none is missing up to the newest.

    `now` is the time in ms: the newest aggregate is left out while more of it may come.
    """
    aggregator = Aggregator()
    found = [ended for trade in _unbroken(trades) if (ended := aggregator.take(trade)) is not None]
    last = aggregator.end()
    if last is not None and now - last[-1].time >= SETTLED_AFTER_MS:
        found.append(last)
    return found


def cut_at(trades: Sequence[Trade]) -> Trade | None:
    """Return the trade whose aggregate may have begun before what is held; None where nothing lies before.

    `trades` are as those of `aggregates`. Of what came after the time of that trade every aggregate is known, and
    so is every one that begins after it.
    """
    first = next(iter(_unbroken(trades)), None)
    return None if first is None or first.trade_id == 0 else first


def aggregate_row(trades: Aggregate, listing: Listing) -> AggregateTrade:
    """Return an aggregate of a pair as a row."""
    first, last = trades[0], trades[-1]
    quantity = from_scaled(sum(scaled(trade.quantity) for trade in trades))
    return AggregateTrade(
        aggregate_id=first.trade_id,
        price=padded(first.price, listing.quote_precision),
        quantity=padded(quantity, listing.base_precision),
        first_id=first.trade_id,
        last_id=last.trade_id,
        time=last.time,
        buyer_is_maker=last.buyer_is_maker,
    )


def aggregate_rows(trades: Sequence[Trade], listing: Listing, now: int) -> list[AggregateTrade]:
    """Return the aggregates of a pair's trades, as `aggregates` finds them, as rows."""
    return [aggregate_row(aggregate, listing) for aggregate in aggregates(trades, now)]


def _unbroken(trades: Sequence[Trade]) -> Iterable[Trade]:
    """Return the newest trades among which none is missing."""
    follows = 1 + max(
        (place for place, (one, then) in enumerate(pairwise(trades)) if then.trade_id != one.trade_id + 1),
        default=-1,
    )
    return trades[follows:]


def _shared(trade: Trade) -> tuple[int, str, bool]:
    return trade.time, trade.price, trade.buyer_is_maker
