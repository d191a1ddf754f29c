"""The order of depth diffs of one book."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.messages import DepthDiff
from candlestack_ingest.producers.depth_sequence import (
    MAX_HELD,
    REORDER_S,
    DepthSequence,
    Verdict,
    continues,
)


def spot(first: int, last: int, time: int | None = None) -> DepthDiff:
    return DepthDiff(
        market="spot",
        symbol="BTCUSDT",
        first_update_id=first,
        final_update_id=last,
        previous_final_update_id=None,
        bids=[],
        asks=[],
        event_time=last if time is None else time,
        source="simulator",
    )


def usdm(previous: int, first: int, last: int) -> DepthDiff:
    return DepthDiff(
        market="usdm",
        symbol="BTCUSDT",
        first_update_id=first,
        final_update_id=last,
        previous_final_update_id=previous,
        bids=[],
        asks=[],
        event_time=last,
        source="simulator",
    )


def sequence_at(diff: DepthDiff) -> DepthSequence:
    sequence = DepthSequence()
    assert sequence.judge(diff) is Verdict.CONTINUES
    sequence.take(diff)
    return sequence


def test_spot_continues_by_the_first_id_and_futures_by_the_previous_last_id() -> None:
    assert continues(spot(11, 15), 10)
    assert continues(spot(9, 15), 10)
    assert not continues(spot(12, 15), 10)
    assert not continues(spot(5, 10), 10)
    assert continues(usdm(10, 40, 45), 10)
    assert not continues(usdm(9, 11, 15), 10)


def test_a_diff_that_comes_again_is_a_double() -> None:
    sequence = sequence_at(spot(1, 10))
    assert sequence.judge(spot(1, 10)) is Verdict.DOUBLE
    assert sequence.judge(spot(1, 5)) is Verdict.DOUBLE
    sequence.hold(spot(13, 14), 0.0)
    assert sequence.judge(spot(13, 14)) is Verdict.DOUBLE


def test_smaller_ids_that_are_newer_are_those_of_an_exchange_that_began_anew() -> None:
    sequence = sequence_at(spot(1, 10, time=1_000))
    assert sequence.judge(spot(1, 5, time=1_001)) is Verdict.WENT_BACK


def test_what_is_ahead_waits_for_what_is_on_its_way() -> None:
    sequence = sequence_at(spot(1, 10))
    assert sequence.judge(spot(13, 14)) is Verdict.AHEAD
    sequence.hold(spot(13, 14), 5.0)
    assert sequence.release() == []
    sequence.take(spot(11, 12))
    assert sequence.release() == [spot(13, 14)]
    assert not sequence.due(100.0)


def test_a_wait_is_bounded_in_time_and_in_diffs() -> None:
    sequence = sequence_at(spot(1, 10))
    sequence.hold(spot(13, 14), 0.0)
    assert not sequence.due(0.0)
    assert sequence.due(REORDER_S)
    for number in range(20, 20 + MAX_HELD):
        sequence.hold(spot(number, number), 0.0)
    assert sequence.due(0.0)


def test_a_hole_names_the_ids_left_out_of_spot() -> None:
    sequence = sequence_at(spot(1, 10))
    sequence.hold(spot(13, 14), 0.0)
    assert sequence.skip() == (11, 12)
    assert sequence.release() == [spot(13, 14)]


def test_a_hole_of_futures_ends_where_the_next_diff_says_it_follows() -> None:
    sequence = sequence_at(usdm(0, 1, 10))
    sequence.hold(usdm(50, 60, 70), 0.0)
    assert sequence.skip() == (11, 50)
    assert sequence.release() == [usdm(50, 60, 70)]


@given(st.permutations(range(1, 25)), st.lists(st.integers(1, 24), max_size=10), st.booleans())
def test_whatever_the_order_each_diff_leaves_once_and_in_order(
    arrivals: list[int], doubles: list[int], futures: bool
) -> None:
    sequence = sequence_at(usdm(0, 0, 0) if futures else spot(0, 0))
    left: list[int] = []
    for number in [*arrivals, *doubles]:
        diff = usdm(number - 1, number, number) if futures else spot(number, number)
        match sequence.judge(diff):
            case Verdict.CONTINUES:
                sequence.take(diff)
                left.append(number)
            case Verdict.AHEAD:
                sequence.hold(diff, 0.0)
            case verdict:
                assert verdict is Verdict.DOUBLE
        left += [ready.final_update_id for ready in sequence.release()]
    assert left == list(range(1, 25))
