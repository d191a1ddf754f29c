"""The bookkeeping of one minute: sets of ids as runs, what is missing, and what filled it."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import LedgerStream
from candlestack_ingest.completeness.minutes import LARGEST_HOLE, Figures, Hole, Minute, Synced, skipped
from candlestack_ingest.completeness.runs import Run, gaps, insert, size, union, without
from records import START

spans = st.tuples(st.integers(0, 60), st.integers(0, 8)).map(lambda made: Run(made[0], sum(made)))
sets_of_spans = st.lists(spans, max_size=15)


def ids_of(runs: list[Run]) -> set[int]:
    return {number for run in runs for number in range(run.first, run.last + 1)}


def is_normal(runs: list[Run]) -> bool:
    """Tell whether runs ascend and no two touch."""
    return all(before.last + 1 < after.first for before, after in pairwise(runs))


@given(sets_of_spans, sets_of_spans)
def test_runs_behave_as_the_sets_of_ids_that_they_stand_for(some: list[Run], others: list[Run]) -> None:
    one: list[Run] = []
    for run in some:
        insert(one, run)
    other = union(others)
    assert is_normal(one)
    assert ids_of(one) == ids_of(some)
    assert size(one) == len(ids_of(some))
    assert ids_of(union(one, other)) == ids_of(one) | ids_of(other)
    assert ids_of(without(one, other)) == ids_of(one) - ids_of(other)
    whole = set(range(one[0].first, one[-1].last + 1)) if one else set()
    assert ids_of(gaps(one)) == whole - ids_of(one)


@given(st.lists(st.tuples(spans, st.integers(1, 5)), max_size=12), st.randoms())
def test_the_time_of_a_run_is_that_of_its_last_arrival_in_whatever_order_it_came(
    made: list[tuple[Run, int]], random: Random
) -> None:
    runs = [run._replace(at=at) for run, at in made]
    shuffled = [*runs, *runs[:3]]
    random.shuffle(shuffled)
    found: list[Run] = []
    for run in shuffled:
        insert(found, run)
    assert found == union(runs)
    for run in found:
        assert run.at == max(each.at for each in runs if run.first <= each.first <= run.last)


events = st.lists(st.tuples(spans, st.booleans(), st.integers(1, 9)), max_size=20)


def minute_of(events: list[tuple[Run, bool, int]], after: int | None = None) -> Minute:
    minute = Minute(START, after=after)
    for run, by_rest, at in events:
        minute.come(run._replace(at=at), source="simulator", by_rest=by_rest, arrived=START + at)
    return minute


@given(events, st.integers(0, 20), st.integers(0, 20), st.randoms())
def test_a_minute_is_the_same_in_whatever_parts_and_order_and_how_often_it_is_told(
    events: list[tuple[Run, bool, int]], cut: int, again: int, random: Random
) -> None:
    told = [*events, *events[again:]]
    random.shuffle(told)
    part, rest = minute_of(told[:cut]), minute_of(told[cut:])
    other = rest.copy()
    part.merge(rest)
    other.merge(minute_of(told[:cut]))
    assert part == other == minute_of(events)


@given(events, st.none() | st.integers(-1, 70))
def test_what_is_expected_is_what_came_by_the_stream_what_was_filled_and_what_is_missing(
    events: list[tuple[Run, bool, int]], after: int | None
) -> None:
    minute = minute_of(events, after)
    streamed = ids_of([run for run, by_rest, _ in events if not by_rest])
    fetched = ids_of([run for run, by_rest, _ in events if by_rest])
    came = streamed | fetched
    begin = min(came, default=0)
    if after is not None and after < begin:
        begin = after + 1
    missing = set(range(begin, max(came) + 1)) - came if came else set()
    assert minute.figures("trade") == Figures(
        len(came | missing), len(streamed), len(fetched - streamed), len(missing)
    )
    holes = minute.holes("trade")
    assert ids_of([Run(h.first_id, h.last_id) for h in holes if h.how is None]) == missing
    assert ids_of([Run(h.first_id, h.last_id) for h in holes if h.how == "rest"]) == fetched - streamed
    assert [h.filled_at is None for h in holes] == [h.how is None for h in holes]


def came(*ids: int, stream: bool = True, at: int = 0) -> list[tuple[Run, bool, int]]:
    return [(Run(number, number), not stream, at) for number in ids]


def test_a_hole_between_two_minutes_is_counted_with_the_later_one() -> None:
    before, after = minute_of(came(1, 2, 3)), minute_of(came(7, 8))
    after.join(before)
    assert after.holes("trade") == [Hole(4, 6, None, None)]
    assert after.figures("trade") == (5, 2, 0, 3)


@pytest.mark.parametrize("first", [1, 3, 3 + LARGEST_HOLE["trade"] + 2])
def test_ids_that_go_back_or_leap_begin_a_new_chain(first: int) -> None:
    before, after = minute_of(came(1, 2, 3)), minute_of(came(first))
    after.join(before)
    assert after.holes("trade") == []
    assert after.figures("trade") == (1, 1, 0, 0)


def test_ids_of_two_sources_are_not_compared() -> None:
    before, after = minute_of(came(1, 2, 3)), Minute(START)
    after.come(Run(9, 9), source="replay", by_rest=False, arrived=1)
    after.join(before)
    assert after.holes("trade") == []
    after.merge(minute_of(came(5)))
    assert after.holes("trade") == []
    assert after.figures("trade") == (2, 2, 0, 0)


def test_what_the_stream_brings_itself_is_received_even_after_rest_had_filled_it() -> None:
    minute = minute_of([*came(1, 4), *came(2, 3, stream=False, at=5), *came(3)])
    assert minute.holes("trade") == [Hole(2, 2, "rest", 5)]
    assert minute.figures("trade") == (4, 3, 1, 0)


def test_a_candle_is_expected_in_every_minute_and_comes_by_the_stream_or_by_rest() -> None:
    minute = Minute(START)
    assert minute.holes("kline_1m") == [Hole(START, START, None, None)]
    assert minute.figures("kline_1m") == (1, 0, 0, 1)
    minute.come(Run(START, START, at=7), source="simulator", by_rest=True, arrived=1)
    assert minute.holes("kline_1m") == [Hole(START, START, "rest", 7)]
    assert minute.figures("kline_1m") == (1, 0, 1, 0)
    minute.come(Run(START, START), source="simulator", by_rest=False, arrived=1)
    assert minute.holes("kline_1m") == []
    assert minute.figures("kline_1m") == (1, 1, 0, 0)


def test_a_hole_of_a_book_is_healed_when_the_book_is_in_sequence_beyond_it() -> None:
    minute = minute_of(came(1, 2, 6, 9))
    states = [Synced(4, 10), Synced(5, 20), Synced(7, 30)]
    minute.heal("depth", states)
    assert minute.holes("depth") == [Hole(3, 5, "snapshot", 20), Hole(7, 8, None, None)]
    assert minute.synced == [Synced(5, 20)]
    minute.heal("depth", [Synced(9, 50), Synced(8, 40)])
    assert minute.holes("depth") == [Hole(3, 5, "snapshot", 20), Hole(7, 8, "snapshot", 40)]
    assert minute.figures("depth") == (9, 4, 5, 0)


@pytest.mark.parametrize(("stream", "most"), LARGEST_HOLE.items())
def test_a_hole_is_at_most_as_large_as_a_stream_can_leave_one(stream: LedgerStream, most: int) -> None:
    if most:
        assert minute_of(came(0, most + 1)).figures(stream).missing == most
    assert minute_of(came(0, most + 2)).figures(stream).missing == 0


def test_minutes_skipped_between_two_candles_are_bounded_and_the_newest_ones() -> None:
    assert list(skipped(0, MINUTE_MS, 10)) == []
    assert list(skipped(0, 3 * MINUTE_MS, 10)) == [MINUTE_MS, 2 * MINUTE_MS]
    assert list(skipped(0, 100 * MINUTE_MS, 2)) == [98 * MINUTE_MS, 99 * MINUTE_MS]
