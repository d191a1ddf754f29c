"""When an attempt is made again, and after which pause: growing, and drawn at random."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from candlestack_client.errors import ApiError, RateLimitedError, UnavailableError, UnreachableError

HELD_S = 5.0
"""A connection that held so long was a good one: the pauses begin anew."""


class Addresses:
    """The addresses of one API: all are asked in turn, each for as long as it answers."""

    def __init__(self, urls: Sequence[str]) -> None:
        if not urls:
            raise ValueError("a client needs the address of an API")
        self._urls = [url.rstrip("/") for url in urls]
        for url in self._urls:
            if httpx.URL(url).scheme not in ("http", "https"):
                raise ValueError(f"{url!r} is no address of an API, as http://localhost:8000")
        self._at = 0

    @property
    def url(self) -> str:
        """The one that is asked now."""
        return self._urls[self._at % len(self._urls)]

    @property
    def stream_url(self) -> str:
        """Where its streams are."""
        url = httpx.URL(self.url + "/ws")
        return str(url.copy_with(scheme="wss" if url.scheme == "https" else "ws"))

    def turn(self) -> None:
        """Ask the next one."""
        self._at += 1


class Pauses:
    """The pauses of a stream, from some tenths of a second up to `longest_s`."""

    def __init__(self, longest_s: float) -> None:
        self._wait = wait_random_exponential(multiplier=0.5, max=longest_s, min=0.1)
        self._began = time.monotonic()
        self._attempts = self._first()

    def connected(self) -> None:
        """Take note that a connection was made."""
        self._began = time.monotonic()

    def next(self, *, held: bool) -> float:
        """Return the next pause in seconds; `held` where there was a connection."""
        if held and time.monotonic() - self._began >= HELD_S:
            self._attempts = self._first()
        pause = self._wait(self._attempts)
        self._attempts.attempt_number += 1
        return pause

    @staticmethod
    def _first() -> RetryCallState:
        return RetryCallState(Retrying(), None, (), {})


class Patience:
    """How long a request is tried again: `attempts` in all, with pauses of `longest_s` at most.

    The API's `Retry-After` is kept to; one that asks for more patience than there is ends the attempts.
    """

    def __init__(self, attempts: int, longest_s: float) -> None:
        self._attempts = stop_after_attempt(attempts)
        self._longest_s = longest_s
        self._drawn = wait_random_exponential(multiplier=0.25, max=longest_s)

    def policy(self) -> dict[str, Any]:
        """Return what tenacity is to be called with."""
        again = retry_if_exception_type((RateLimitedError, UnavailableError, UnreachableError))
        return {"retry": again, "stop": self._is_over, "wait": self._pause, "reraise": True}

    def _is_over(self, state: RetryCallState) -> bool:
        return self._attempts(state) or _asked_for(state) > self._longest_s

    def _pause(self, state: RetryCallState) -> float:
        # Not before it is asked for, and not all at that moment.
        return _asked_for(state) + self._drawn(state)


def _asked_for(state: RetryCallState) -> float:
    """Return how long the API asked to wait, in seconds."""
    error = None if state.outcome is None else state.outcome.exception()
    return error.retry_after_s or 0.0 if isinstance(error, ApiError) else 0.0
