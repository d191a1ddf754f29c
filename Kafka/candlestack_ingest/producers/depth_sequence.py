"""The order of depth diffs of one book: what continues, what is a double, what leaves a hole. Pure.

Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (how to manage a local
order book), and the same page of USD-M.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from candlestack_core.messages import DepthDiff

MAX_HELD = 32
REORDER_S = 0.3
"""A diff that does not continue waits so long for those before it: two connections may overlap."""


class Verdict(Enum):
    """What a diff is to its book's sequence."""

    CONTINUES = auto()
    DOUBLE = auto()
    AHEAD = auto()
    WENT_BACK = auto()


def continues(diff: DepthDiff, last_update_id: int) -> bool:
    """Tell whether a diff follows an update id: spot by its first id, USD-M by the previous diff's last."""
    if diff.previous_final_update_id is not None:
        return diff.previous_final_update_id == last_update_id
    return diff.first_update_id <= last_update_id + 1 <= diff.final_update_id


@dataclass(slots=True)
class DepthSequence:
    """One book's diffs in the order of their ids; those that are ahead are held for a moment."""

    last_update_id: int = -1
    last_event_time: int = -1
    held: dict[int, DepthDiff] = field(default_factory=dict)
    held_since: float = 0.0

    def judge(self, diff: DepthDiff) -> Verdict:
        """Tell what a diff is, without taking it."""
        if self.last_update_id < 0:
            return Verdict.CONTINUES
        if diff.final_update_id <= self.last_update_id:
            # Ids only grow; smaller ones that are really newer are those of an exchange that began anew.
            return Verdict.WENT_BACK if diff.event_time > self.last_event_time else Verdict.DOUBLE
        if diff.final_update_id in self.held:
            return Verdict.DOUBLE
        return Verdict.CONTINUES if continues(diff, self.last_update_id) else Verdict.AHEAD

    def take(self, diff: DepthDiff) -> None:
        """Make a diff the newest one."""
        self.last_update_id, self.last_event_time = diff.final_update_id, diff.event_time

    def hold(self, diff: DepthDiff, now: float) -> None:
        """Keep a diff until those before it have come; `now` in seconds of a monotonic clock."""
        if not self.held:
            self.held_since = now
        self.held[diff.final_update_id] = diff

    def due(self, now: float) -> bool:
        """Tell whether what is held has waited long enough."""
        return bool(self.held) and (now - self.held_since >= REORDER_S or len(self.held) > MAX_HELD)

    def release(self) -> list[DepthDiff]:
        """Give back, in order, the held diffs that continue the sequence, and make the last the newest one."""
        ready: list[DepthDiff] = []
        for update_id in sorted(self.held):
            diff = self.held[update_id]
            if update_id > self.last_update_id:
                if not continues(diff, self.last_update_id):
                    break
                self.take(diff)
                ready.append(diff)
            del self.held[update_id]
        return ready

    def skip(self) -> tuple[int, int]:
        """Jump over the hole before the oldest diff held; return the ids left out, first and last.

        On USD-M ids are not contiguous: what is left out lies between the last id and the previous one named.
        """
        oldest = self.held[min(self.held)]
        previous = oldest.previous_final_update_id
        hole = self.last_update_id + 1, oldest.first_update_id - 1 if previous is None else previous
        self.last_update_id = hole[1] if previous is None else previous
        return hole
