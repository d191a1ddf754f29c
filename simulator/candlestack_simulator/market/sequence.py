"""Update ids of the book: a closed form of the slot.

Each slot in which a pair trades takes `IDS_PER_SLOT` ids, so that the diff into slot s carries
`U = first_id(s)` and `u = final_id(s) = U + IDS_PER_SLOT - 1`, and the next one begins with `u + 1`. Slots of a
halt take no ids. Only the last id of a slot names a state of the book.
"""

from __future__ import annotations

from bisect import bisect_right

from candlestack_simulator.market.boundaries import LAST_DAY
from candlestack_simulator.market.halts import HaltSchedule
from candlestack_simulator.market.time_grid import DAY_MS, SLOT_MS

IDS_PER_SLOT = 8


class UpdateSequence:
    """Maps slots (of 100 ms, counted from the epoch) to update ids and back for one pair."""

    def __init__(self, halts: HaltSchedule, start_ms: int) -> None:
        self._halts = halts
        self._first_slot = start_ms // SLOT_MS
        self._end_slot = LAST_DAY * DAY_MS // SLOT_MS
        self._halted_before_start = halts.halted_ms_before(start_ms)

    def first_id(self, slot: int) -> int:
        """Return the first id of the diff that leads into a slot."""
        return (slot - self._first_slot - self._halted_slots_before(slot)) * IDS_PER_SLOT + 1

    def final_id(self, slot: int) -> int:
        """Return the id of the book as a slot shows it."""
        return self.first_id(slot) + IDS_PER_SLOT - 1

    def previous_final_id(self, _slot: int) -> None:
        """Spot diffs do not name the one before them: their ids have no gaps."""

    def id_at(self, time_ms: int) -> int:
        """Return the id that a snapshot taken at a time carries: the last one of the book that stands."""
        return self.final_id(self.standing_slot(time_ms // SLOT_MS))

    def slot_of(self, update_id: int) -> int | None:
        """Return the slot whose final id this is; None for an id inside a diff or outside of the market."""
        if update_id < IDS_PER_SLOT or update_id % IDS_PER_SLOT:
            return None
        # The last slot with an id that is not later: the slots of a halt share theirs with the one after it.
        slots = range(self._first_slot, self._end_slot)
        return slots[bisect_right(slots, update_id, key=self.final_id) - 1]

    def standing_slot(self, slot: int) -> int:
        """Return the slot whose book stands in a slot: itself, or during a halt the last one before it."""
        halt = self._halts.halt_at(slot * SLOT_MS)
        return slot if halt is None else halt.start_ms // SLOT_MS - 1

    def is_halted(self, slot: int) -> bool:
        return self._halts.halt_at(slot * SLOT_MS) is not None

    def _halted_slots_before(self, slot: int) -> int:
        return (self._halts.halted_ms_before(slot * SLOT_MS) - self._halted_before_start) // SLOT_MS
