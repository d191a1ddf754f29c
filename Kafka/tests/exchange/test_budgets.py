"""Budgets of connections and messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from candlestack_ingest.exchange.binance.budgets import EventBudget, message_budget
from candlestack_simulator.testing import Seconds


def test_one_event_too_many_waits_until_the_oldest_leaves_the_window() -> None:
    clock = Seconds(10.0)
    budget = EventBudget(2, 5.0, clock)
    budget.spend()
    clock.now = 11.0
    budget.spend()
    assert budget.delay() == 4.0
    clock.now = 15.0
    assert budget.delay() == 0.0


def test_a_refusal_keeps_everything_away() -> None:
    clock = Seconds()
    budget = EventBudget(100, 5.0, clock)
    budget.block(30.0)
    clock.now = 10.0
    assert budget.delay() == 20.0


def test_room_is_left_for_the_pongs_that_the_library_sends() -> None:
    spot, usdm = message_budget("spot"), message_budget("usdm")
    for budget, allowed in ((spot, 3), (usdm, 8)):
        for _ in range(allowed):
            assert budget.delay() == 0.0
            budget.spend()
        assert budget.delay() > 0.0


@given(st.integers(1, 5), st.lists(st.floats(0, 3), max_size=50))
def test_no_window_holds_more_than_the_limit(limit: int, pauses: list[float]) -> None:
    clock = Seconds()
    budget = EventBudget(limit, 5.0, clock)
    times: list[float] = []
    for pause in pauses:
        clock.now += pause
        while (delay := budget.delay()) > 0:
            clock.now += delay
        budget.spend()
        times.append(clock.now)
    for first, last in zip(times, times[limit:], strict=False):
        assert last - first >= 5.0 - 1e-6
