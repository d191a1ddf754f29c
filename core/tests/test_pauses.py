"""Pauses between attempts: they grow, they are bounded, and no two clients draw the same ones."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.pauses import Pauses

SECONDS = st.floats(min_value=0.001, max_value=3600, allow_nan=False)


@given(SECONDS, SECONDS, st.integers(0, 2**32), st.integers(0, 60))
def test_a_pause_is_drawn_from_the_upper_half_of_one_that_doubles_up_to_the_longest(
    first: float, longest: float, seed: int, attempts: int
) -> None:
    pauses = Pauses(first, longest, random.Random(seed))
    full = first
    for _ in range(attempts):
        expected = min(full, longest)
        assert expected / 2 <= pauses.next() <= expected
        full *= 2


def test_a_thousand_failures_do_not_make_a_pause_longer_than_the_longest() -> None:
    pauses = Pauses(first=0.5, longest=30.0, draw=random.Random(1))
    assert max(pauses.next() for _ in range(1000)) <= 30.0
    assert pauses.attempts == 1000


def test_a_success_starts_from_the_first_pause_again() -> None:
    pauses = Pauses(first=1.0, longest=64.0, draw=random.Random(1))
    for _ in range(6):
        pauses.next()
    assert pauses.next() > 16
    pauses.reset()
    assert pauses.attempts == 0
    assert pauses.next() <= 1.0


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_pauses_go_on_where_another_process_left_them(seed: int, drawn: int) -> None:
    here = Pauses(draw=random.Random(seed))
    for _ in range(drawn):
        here.next()
    draw = random.Random(seed)
    there = Pauses(draw=draw, attempts=drawn)
    for _ in range(drawn):
        draw.random()
    assert there.attempts == here.attempts
    assert there.next() == here.next()


def test_two_clients_that_fail_together_do_not_come_back_together() -> None:
    one, other = Pauses(), Pauses()
    assert [one.next() for _ in range(5)] != [other.next() for _ in range(5)]
