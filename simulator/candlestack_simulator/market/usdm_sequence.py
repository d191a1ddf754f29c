"""Update ids of a futures book: a closed form of the slot, with ids missing between the diffs.

Each slot takes `IDS_PER_SLOT` ids, the last of which is its diff's `u`; before about half of the diffs up to
`LARGEST_GAP` of them belong to nothing, so that `U > pu + 1`. A snapshot's id runs on within a slot while its
book stands: it may be a diff's `u`, lie between two diffs, or inside of the next one, whose changes it holds
none of.
"""

from __future__ import annotations

import numpy as np

from candlestack_simulator.market.hashing import derive_key, hash64
from candlestack_simulator.market.time_grid import SLOT_MS

IDS_PER_SLOT = 64
LARGEST_GAP = 16


class UsdmSequence:
    """Maps slots (of 100 ms, counted from the epoch) to update ids and back for one pair, which is never halted."""

    def __init__(self, seed: int, label: str, start_ms: int) -> None:
        self._key = derive_key(seed, label, "update ids")
        self._first_slot = start_ms // SLOT_MS

    def first_id(self, slot: int) -> int:
        """Return the first id of the diff that leads into a slot: `U`."""
        return self.previous_final_id(slot) + self._gap(slot) + 1

    def final_id(self, slot: int) -> int:
        """Return the last id of the diff that leads into a slot: `u`."""
        return self.previous_final_id(slot) + IDS_PER_SLOT

    def previous_final_id(self, slot: int) -> int:
        """Return the last id of the diff before the one that leads into a slot: `pu`."""
        return (slot - self._first_slot) * IDS_PER_SLOT

    def id_at(self, time_ms: int) -> int:
        """Return the id that a snapshot taken at a time carries."""
        slot, into_slot = divmod(time_ms, SLOT_MS)
        return self.final_id(slot) + IDS_PER_SLOT * into_slot // SLOT_MS

    def slot_of(self, update_id: int) -> int | None:
        """Return the slot whose book stood at an id; None for one before the market."""
        slot = self._first_slot + update_id // IDS_PER_SLOT - 1
        return slot if slot >= self._first_slot else None

    def standing_slot(self, slot: int) -> int:
        """Return the slot whose book stands in a slot: itself."""
        return slot

    def is_halted(self, _slot: int) -> bool:
        return False

    def _gap(self, slot: int) -> int:
        word = int(hash64(self._key, np.array([slot], dtype=np.int64))[0])
        return word // 2 % LARGEST_GAP + 1 if word % 2 else 0
