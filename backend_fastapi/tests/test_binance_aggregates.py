"""Aggregate trades as a rule: what REST finds in the trades that are held is what the stream tells as they come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from api_records import trade
from app.compat.binance.aggregates import SETTLED_AFTER_MS, Aggregate, Aggregator, aggregates
from candlestack_core.messages import Trade

SYMBOL = "BTCUSDT"
LONG_AFTER = 2**52

KINDS = st.tuples(st.integers(0, 2), st.sampled_from(["100", "100.5"]), st.booleans())
"""Time, price and side, of few so that neighbours often share them."""


def trades_of(kinds: Sequence[tuple[int, str, bool]], first_id: int) -> list[Trade]:
    return [
        trade(SYMBOL, number, time=time, price=price, buyer_is_maker=maker)
        for number, (time, price, maker) in enumerate(kinds, first_id)
    ]


def ids(found: Sequence[Aggregate]) -> list[list[int]]:
    return [[each.trade_id for each in aggregate] for aggregate in found]


def told(trades: Sequence[Trade]) -> list[Aggregate]:
    """Return what an aggregator says as trades come, and then nothing more."""
    aggregator = Aggregator()
    found = [aggregator.take(each) for each in trades]
    return [aggregate for aggregate in (*found, aggregator.end()) if aggregate is not None]


@given(st.lists(KINDS, max_size=30), st.integers(0, 2))
def test_an_aggregate_is_all_neighbours_of_one_time_price_and_side(
    kinds: list[tuple[int, str, bool]], first_id: int
) -> None:
    groups = groupby(enumerate(kinds, first_id), key=lambda numbered: numbered[1])
    expected = [[number for number, _ in group] for _, group in groups]
    # Before the very first trade of a pair there is none; before any other there may be one of the same aggregate.
    expected = expected if first_id == 0 else expected[1:]
    trades = trades_of(kinds, first_id)
    assert ids(aggregates(trades, LONG_AFTER)) == ids(told(trades)) == expected


def timed(times: dict[int, int]) -> list[Trade]:
    """Return trades of one price and side by their ids, each with its time."""
    return [trade(SYMBOL, number, time=time, buyer_is_maker=True) for number, time in times.items()]


def test_where_a_trade_is_missing_no_aggregate_beside_the_hole_is_told() -> None:
    trades = timed({0: 0, 1: 0, 2: 5, 3: 5, 5: 5, 6: 5, 7: 6, 8: 7})
    assert ids(told(trades)) == [[0, 1], [7], [8]], "what lies beside the fourth may have been longer"
    assert ids(aggregates(trades, LONG_AFTER)) == [[7], [8]], "REST holds what has come since the hole"


def test_a_trade_that_comes_again_or_late_changes_nothing() -> None:
    zero, one, two, three = timed({0: 0, 1: 0, 2: 5, 3: 5})
    assert ids(told([zero, one, zero, one, one, two, zero, three, two])) == [[0, 1], [2, 3]]


def test_the_newest_aggregate_waits_until_no_further_trade_is_expected() -> None:
    trades = timed({0: 0, 1: 5, 2: 5})
    assert ids(aggregates(trades, 5 + SETTLED_AFTER_MS - 1)) == [[0]]
    assert ids(aggregates(trades, 5 + SETTLED_AFTER_MS)) == [[0], [1, 2]]


def test_what_comes_after_an_aggregate_was_told_begins_another_and_what_was_cut_stays_cut() -> None:
    aggregator = Aggregator()
    zero, one, two, three = timed({0: 0, 1: 0, 2: 0, 3: 1})
    assert aggregator.take(zero) is None
    assert aggregator.end() == [zero]
    assert aggregator.end() is None
    assert (aggregator.take(one), aggregator.take(two)) == (None, None)
    assert aggregator.take(three) == [one, two]
    cut = Aggregator()
    assert (cut.take(one), cut.end(), cut.take(two), cut.end()) == (None, None, None, None)
    assert (cut.take(three), cut.end()) == (None, [three])
