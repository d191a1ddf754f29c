"""The REST weight budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.weight import HOLD_BACK_S, WINDOW_S, WeightBudget


def test_what_fits_into_the_minute_is_spent_at_once_and_the_rest_waits_for_the_next() -> None:
    budget = WeightBudget(100)
    assert budget.delay(60, 5.0) == 0
    budget.spend(60, 5.0)
    assert budget.delay(40, 6.0) == 0
    assert budget.delay(41, 6.0) == WINDOW_S - 1
    assert budget.delay(41, 5.0 + WINDOW_S) == 0


def test_a_request_larger_than_the_budget_goes_through_alone() -> None:
    budget = WeightBudget(10)
    assert budget.delay(25, 0.0) == 0


def test_retry_after_keeps_everything_away() -> None:
    budget = WeightBudget(100)
    budget.block(30, 10.0)
    assert budget.delay(1, 15.0) == 25
    assert budget.delay(1, 40.0) == 0


def test_an_address_that_others_have_nearly_used_up_is_left_alone_for_a_while() -> None:
    budget = WeightBudget(100)
    budget.observe(1_000, 0.0)
    assert budget.delay(1, 0.0) == 0
    budget.observe(5_000, 0.0)
    assert budget.delay(1, 0.0) == HOLD_BACK_S


QUARTERS_OF_SECONDS = st.integers(0, 120).map(lambda quarters: quarters / 4)
"""Pauses whose sums are exact: the end of a wait is the end of a window, and not a rounding before it."""


@given(st.lists(st.tuples(st.integers(1, 50), QUARTERS_OF_SECONDS), max_size=60))
def test_no_window_holds_more_than_the_budget(requests: list[tuple[int, float]]) -> None:
    budget = WeightBudget(100)
    now = 0.0
    spent: list[tuple[float, int]] = []
    for weight, pause in requests:
        now += pause
        now += budget.delay(weight, now)
        assert budget.delay(weight, now) == 0
        budget.spend(weight, now)
        spent.append((now, weight))
        assert budget.used <= 100
