"""The order of trades of one symbol: what continues, what is a double, what is missing. Pure.

Binance numbers a pair's trades without gaps, so a jump in the ids is a hole that can be named exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from candlestack_core.messages import Trade

ABSURD_JUMP = 5_000_000
"""No pair makes so many trades in a reconnect; an id so far ahead is believed when the next one follows it."""


class Verdict(Enum):
    """What a trade is to its symbol's sequence."""

    CONTINUES = auto()
    DOUBLE = auto()
    GAP = auto()
    ABSURD = auto()
    UNPROVEN = auto()


@dataclass(slots=True)
class TradeSequence:
    """One symbol's trades in the order of their ids; while a gap is being filled, newer ones are held back.

    Where nothing is known before the first trade, its id is believed when a second one is near it.
    """

    max_held: int
    last_id: int | None = None
    filling: bool = False
    disbelieved_id: int | None = None
    unproven: Trade | None = None
    held: dict[int, Trade] = field(default_factory=dict)

    def judge(self, trade: Trade) -> Verdict:
        """Tell what a trade is, without taking it."""
        if self.last_id is None:
            return Verdict.UNPROVEN
        ahead = trade.trade_id - self.last_id
        before = trade.trade_id - 1
        if ahead > ABSURD_JUMP and before != self.disbelieved_id and before not in self.held:
            return Verdict.ABSURD
        if ahead <= 0 or trade.trade_id in self.held:
            return Verdict.DOUBLE
        return Verdict.CONTINUES if ahead == 1 and not self.filling else Verdict.GAP

    def prove(self, trade: Trade) -> Trade | None:
        """Take a trade while nothing is known before it; return the one that it disproves.

        Two ids near each other prove both: the sequence begins at the smaller one. Of two that are far from
        each other the newer one goes on waiting.
        """
        waiting, self.unproven = self.unproven, trade
        if waiting is None or waiting.trade_id == trade.trade_id:
            return None
        if abs(waiting.trade_id - trade.trade_id) > ABSURD_JUMP:
            return waiting
        self.unproven = None
        self.last_id = min(waiting.trade_id, trade.trade_id) - 1
        for proven in (waiting, trade):
            self.hold(proven)
        return None

    def begin_after(self, trade_id: int) -> None:
        """Begin the sequence after an id that the exchange itself names, if nothing is known before."""
        if self.last_id is None:
            self.last_id = trade_id
            if self.unproven is not None and self.unproven.trade_id > trade_id:
                self.hold(self.unproven)
            self.unproven = None

    def disbelieve(self, trade: Trade) -> None:
        """Remember an absurd id: one that follows it shows that the exchange really is there."""
        self.disbelieved_id = trade.trade_id

    def take(self, trade: Trade) -> None:
        """Make a trade the newest one."""
        self.last_id = trade.trade_id

    def newest(self) -> int:
        """Return the newest id seen, -1 before the first."""
        if self.held:
            return max(self.held)
        if self.unproven is not None:
            return self.unproven.trade_id
        return -1 if self.last_id is None else self.last_id

    def hold(self, trade: Trade) -> bool:
        """Keep a trade until the gap before it is closed; False when no more can be held."""
        if len(self.held) >= self.max_held:
            return False
        self.held[trade.trade_id] = trade
        self.filling = True
        return True

    def gap(self) -> tuple[int, int] | None:
        """Return the ids missing before the oldest trade held, first and last, or None when none are."""
        if not self.held or self.last_id is None:
            return None
        first, last = self.last_id + 1, min(self.held) - 1
        return (first, last) if first <= last else None

    def release(self) -> list[Trade]:
        """Give back, in order, the held trades that continue the sequence, and make the last the newest one."""
        ready: list[Trade] = []
        for oldest in sorted(self.held):
            if self.last_id is not None and oldest > self.last_id + 1:
                break
            trade = self.held.pop(oldest)
            if self.last_id is None or oldest > self.last_id:
                self.last_id = oldest
                ready.append(trade)
        return ready

    def finish(self) -> bool:
        """End the filling if nothing is held any more; tell whether it ended."""
        self.filling = bool(self.held)
        return not self.filling

    def give_up(self) -> tuple[int, int] | None:
        """Jump over the gap before the oldest trade held; return the ids given up, first and last."""
        gap = self.gap()
        if gap is not None:
            self.last_id = gap[1]
        return gap
