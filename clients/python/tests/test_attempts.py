"""When something is tried again, after which pause, and at which address."""

from __future__ import annotations

import httpx
import pytest
from tenacity import RetryCallState, Retrying

from candlestack_client.attempts import HELD_S, Addresses, Patience, Pauses
from candlestack_client.errors import (
    ApiError,
    RateLimitedError,
    UnavailableError,
    error_of,
    problem_of_status,
)


def failed(retry_after_s: float | None, attempt: int = 1) -> RetryCallState:
    """Return the state after an attempt that was answered by a 429."""
    error = RateLimitedError(problem_of_status(429, "ask again", "/ohlc"), retry_after_s, None)
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempt
    state.set_exception((type(error), error, error.__traceback__))
    return state


def test_nothing_is_asked_again_sooner_than_the_api_said_nor_where_that_takes_too_long() -> None:
    policy = Patience(attempts=3, longest_s=4.0).policy()
    pauses = [policy["wait"](failed(2.0)) for _ in range(50)]
    assert all(2.0 <= pause <= 2.5 for pause in pauses)
    assert len(set(pauses)) > 1, "not all at one moment"
    assert [policy["stop"](failed(2.0, attempt)) for attempt in (1, 2, 3)] == [False, False, True]
    assert policy["stop"](failed(5.0))
    assert not policy["stop"](failed(None))


def test_the_pauses_of_a_stream_grow_and_begin_anew_after_a_connection_that_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("candlestack_client.attempts.time.monotonic", lambda: now)
    pauses = Pauses(longest_s=8.0)
    longest = (0.5, 1, 2, 4, 8, 8, 8)
    assert all(0.1 <= pauses.next(held=False) <= each for each in longest)
    pauses.connected()
    pauses.next(held=True)
    now += HELD_S
    assert max(Pauses(8.0).next(held=False) for _ in range(50)) <= 0.5
    assert pauses.next(held=True) <= 0.5


def test_the_addresses_of_an_api_are_asked_in_turn() -> None:
    addresses = Addresses(["http://a:8000/", "https://b/prefix"])
    assert (addresses.url, addresses.stream_url) == ("http://a:8000", "ws://a:8000/ws")
    addresses.turn()
    assert (addresses.url, addresses.stream_url) == ("https://b/prefix", "wss://b/prefix/ws")
    addresses.turn()
    assert addresses.url == "http://a:8000"
    for wrong in ([], ["localhost:8000"], ["ftp://a"]):
        with pytest.raises(ValueError, match="address"):
            Addresses(wrong)


@pytest.mark.parametrize(
    ("status", "kind"), [(502, UnavailableError), (429, RateLimitedError), (418, ApiError)]
)
def test_an_answer_without_a_problem_document_is_an_error_too(status: int, kind: type[ApiError]) -> None:
    request = httpx.Request("GET", "http://a/symbols")
    headers = {"Retry-After": "7", "X-Request-ID": "abc"}
    error = error_of(httpx.Response(status, headers=headers, text="<html>", request=request))
    assert type(error) is kind
    assert (error.problem.status, error.problem.instance) == (status, "/symbols")
    assert (error.retry_after_s, error.request_id) == (7.0, "abc")
