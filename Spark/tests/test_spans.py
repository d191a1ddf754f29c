"""What is due, from what the store holds and what was written since the last run."""

from __future__ import annotations

from batch_candles import DAY
from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_spark.rollups.spans import Span, closed_end, due, pieces, within
from candlestack_spark.stores.mongo import Coverage

M5, H1 = Interval.M5, Interval.H1


def at(minute: int) -> int:
    return DAY + minute * MINUTE_MS


def test_a_parent_ends_when_its_last_minute_has_closed() -> None:
    assert closed_end(at(3), M5) == at(0)
    assert closed_end(at(4), M5) == at(5)
    assert closed_end(at(58), H1) == at(0)
    assert closed_end(at(59), H1) == at(60)


def test_before_the_first_run_everything_is_due_from_the_parent_of_the_oldest_minute() -> None:
    coverage = {"A": Coverage(at(3), at(16)), "B": Coverage(at(0), at(2))}
    assert due(M5, coverage, {"A": at(5)}, None) == [Span("A", at(0), at(15))]


def test_what_follows_the_last_complete_parent_is_due() -> None:
    coverage = {"A": Coverage(at(0), at(24))}
    assert due(M5, coverage, {"A": at(10)}, []) == [Span("A", at(15), at(25))]
    assert due(M5, coverage, {"A": at(20)}, []) == []
    assert due(M5, coverage, {"A": None}, []) == [Span("A", at(0), at(25))]


def test_a_dirty_parent_is_due_and_its_neighbours_are_not() -> None:
    coverage = {"A": Coverage(at(0), at(59)), "B": Coverage(at(0), at(59))}
    last = {"A": at(55), "B": at(55)}
    assert due(M5, coverage, last, [("A", at(10)), ("A", at(30)), ("B", at(35)), ("A", at(15))]) == [
        Span("A", at(10), at(20)),
        Span("A", at(30), at(35)),
        Span("B", at(35), at(40)),
    ]


def test_a_dirty_parent_that_has_not_ended_or_whose_pair_has_left_waits() -> None:
    coverage = {"A": Coverage(at(5), at(13))}
    assert due(M5, coverage, {"A": at(5)}, [("A", at(10)), ("A", at(0)), ("GONE", at(5))]) == []


def test_a_window_reaches_as_far_as_the_minutes_do() -> None:
    coverage = {"A": Coverage(at(7), at(31)), "B": Coverage(at(100), at(200))}
    assert within(M5, coverage, at(0), at(60)) == [Span("A", at(5), at(30))]
    assert within(M5, coverage, at(10), at(15)) == [Span("A", at(10), at(15))]
    assert within(M5, coverage, None, at(110)) == [Span("A", at(5), at(30)), Span("B", at(100), at(110))]
    assert within(M5, coverage, at(190), None) == [Span("B", at(190), at(200))]


def test_pieces_cover_a_span_without_gap_or_overlap_and_hold_whole_parents() -> None:
    span = Span("A", DAY, DAY + 30 * DAY_MS)
    for interval in (M5, H1, Interval.H4, Interval.D1):
        cut = list(pieces([span], interval))
        assert cut[0].start == span.start
        assert cut[-1].end == span.end
        assert [piece.end for piece in cut[:-1]] == [piece.start for piece in cut[1:]]
        assert all(piece.start % interval.ms == piece.end % interval.ms == 0 for piece in cut)
        assert len(cut) == 5
    assert len(list(pieces([span], Interval.D1, longest_ms=MINUTE_MS))) == 30
