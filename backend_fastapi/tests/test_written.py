"""Looks at what was written: whatever appears is noticed once, and the margin does not last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from bson import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from app.stores.candles import CandleStore
from app.stores.written import MARGIN_S, WRITTEN_AT, WrittenMinutes


class Written:
    """What is written, by a clock in s; a write may appear later than its time says."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.appear: list[tuple[float, dict[str, Any]]] = []
        self.found = 0

    def write(self, minute: int, late_s: float = 0.0) -> None:
        at = Timestamp(int(self.now), len(self.appear) + 1)
        self.appear.append((self.now + late_s, {"symbol": "BTCUSDT", "open_time": minute, WRITTEN_AT: at}))

    async def find_minutes(
        self, wanted: dict[str, Any], order: Sequence[tuple[str, int]], limit: int, _fields: object
    ) -> list[dict[str, Any]]:
        newest_first = order[0][1] < 0
        since = wanted[WRITTEN_AT].get("$gte", Timestamp(0, 0))
        latest: dict[int, dict[str, Any]] = {}
        for appeared, each in self.appear:
            if appeared <= self.now and (
                each["open_time"] not in latest or latest[each["open_time"]][WRITTEN_AT] < each[WRITTEN_AT]
            ):
                latest[each["open_time"]] = each
        there = [each for each in latest.values() if each[WRITTEN_AT] >= since]
        there.sort(key=lambda each: each[WRITTEN_AT], reverse=newest_first)
        self.found = len(there)
        return there[:limit]


def looking_at(written: Written) -> WrittenMinutes:
    return WrittenMinutes(cast(CandleStore, written), lambda: written.now)


STEPS = st.lists(st.tuples(st.floats(0, 15), st.lists(st.floats(0, MARGIN_S - 1.5), max_size=3)), max_size=20)
"""Pauses in s, and by how much what is written then appears later than its time says."""


@given(STEPS)
async def test_every_write_is_noticed_by_the_first_look_after_it_has_appeared(
    steps: list[tuple[float, list[float]]],
) -> None:
    written, minutes = Written(), count(1)
    written.write(0)
    looks = looking_at(written)
    assert (await looks.look()).everything
    unseen = dict[int, float]()
    for pause, writes in steps:
        written.now += pause
        for late_s in writes:
            minute = next(minutes)
            written.write(minute, late_s)
            unseen[minute] = written.now + late_s
        changes = await looks.look()
        due = {minute for minute, appears in unseen.items() if appears <= written.now}
        assert changes.everything or due <= {minute for _, minute in changes.minutes}
        unseen = {minute: appears for minute, appears in unseen.items() if minute not in due}


async def test_long_after_many_writes_a_look_finds_the_newest_alone() -> None:
    written = Written()
    looks = looking_at(written)
    for minute in range(500):
        written.write(minute)
    await looks.look()
    assert len((await looks.look()).minutes) == 500
    written.now += MARGIN_S + 1
    for _ in range(2):
        assert (await looks.look()).minutes == []
    assert written.found == 1
    written.write(7)
    assert (await looks.look()).minutes == [("BTCUSDT", 7)]
    assert (await looks.look()).minutes == []
