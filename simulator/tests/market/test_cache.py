"""The bounded cache."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from candlestack_simulator.market.cache import BoundedCache


@given(st.lists(st.integers(0, 20)), st.integers(1, 60))
def test_a_cache_answers_rightly_and_never_grows_past_its_bound(keys: list[int], bound: int) -> None:
    cache: BoundedCache[int, str] = BoundedCache(bound, cost=len)
    for key in keys:
        assert cache.get(key, partial("x".__mul__, key)) == "x" * key
        assert cache.cost <= bound


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    made: list[str] = []
    cache: BoundedCache[str, str] = BoundedCache(2, cost=len)

    def make(key: str) -> str:
        made.append(key)
        return key

    for key in "abacab":
        cache.get(key, partial(make, key))
    assert made == ["a", "b", "c", "b"]
