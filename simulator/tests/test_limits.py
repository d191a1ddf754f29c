"""The exchange's limits, with a clock that the test moves."""

from __future__ import annotations

import pytest

from candlestack_simulator.errors import ApiError
from candlestack_simulator.limits import ConnectionLimiter, MessageLimiter, WeightLimiter
from candlestack_simulator.testing import Seconds


def refused(limiter: WeightLimiter, address: str, weight: int) -> ApiError:
    with pytest.raises(ApiError) as caught:
        limiter.charge(address, weight)
    return caught.value


def test_weight_is_counted_per_address_and_forgotten_with_the_minute() -> None:
    clock = Seconds(600.0)
    limiter = WeightLimiter(100, 3, clock)
    limiter.charge("a", 60)
    limiter.charge("b", 100)
    limiter.charge("a", 40)
    assert (limiter.used("a"), limiter.used("b"), limiter.used("c")) == (100, 100, 0)
    clock.now = 660.0
    assert limiter.used("a") == 0
    limiter.charge("a", 100)


def test_above_the_limit_requests_are_told_to_wait_for_the_next_minute() -> None:
    clock = Seconds(642.5)
    limiter = WeightLimiter(100, 3, clock)
    limiter.charge("a", 100)
    error = refused(limiter, "a", 1)
    assert (error.status, error.code, error.retry_after_s) == (429, -1003, 18)
    assert error.message.startswith("Too much request weight used; current limit is 100 request weight")
    clock.now = 660.0
    limiter.charge("a", 100)


def test_an_address_that_goes_on_after_429_is_banned_for_longer_each_time() -> None:
    clock = Seconds(600.0)
    limiter = WeightLimiter(10, 2, clock)
    statuses = [refused(limiter, "a", 11).status for _ in range(4)]
    assert statuses == [429, 429, 418, 418]
    assert refused(limiter, "a", 1).retry_after_s == 120
    limiter.charge("b", 10)

    clock.now += 119.0
    assert refused(limiter, "a", 1).status == 418
    clock.now += 1.0
    limiter.charge("a", 1)

    assert [refused(limiter, "a", 11).status for _ in range(3)] == [429, 429, 418]
    assert refused(limiter, "a", 1).retry_after_s == 240


def test_a_client_that_waits_as_told_is_never_banned() -> None:
    clock = Seconds(600.0)
    limiter = WeightLimiter(10, 2, clock)
    for _ in range(50):
        limiter.charge("a", 10)
        error = refused(limiter, "a", 1)
        assert error.status == 429
        clock.now += error.retry_after_s or 0


def test_connections_are_counted_over_any_five_minutes() -> None:
    clock = Seconds(0.0)
    limiter = ConnectionLimiter(3, clock)
    waits = []
    for now in (0.0, 100.0, 200.0, 250.0):
        clock.now = now
        waits.append(limiter.wait_s("a"))
    assert waits == [0, 0, 0, 50]
    assert limiter.wait_s("b") == 0
    clock.now = 300.0
    assert limiter.wait_s("a") == 0
    assert limiter.wait_s("a") == 100


def test_five_messages_a_second_are_allowed_and_the_sixth_is_not() -> None:
    clock = Seconds(0.0)
    limiter = MessageLimiter(clock, 5)
    for _ in range(3):
        assert [limiter.allows() for _ in range(5)] == [True] * 5
        clock.now += 1.0
    clock.now += 0.9
    assert [limiter.allows() for _ in range(6)] == [True] * 5 + [False]
