"""Errors on demand: REST requests that fail because a test asked for it."""

from __future__ import annotations

from candlestack_simulator import errors


class RestFaults:
    """Fails the next requests with a status."""

    def __init__(self) -> None:
        self._remaining = 0
        self._status = 503
        self._retry_after_s: int | None = None

    def arm(self, count: int, status: int, retry_after_s: int | None) -> None:
        """Fail the next `count` requests with `status`; this replaces what was armed before."""
        self._remaining, self._status, self._retry_after_s = count, status, retry_after_s

    @property
    def remaining(self) -> int:
        return self._remaining

    def check(self) -> None:
        """Count one request.

        Raises:
            ApiError: while requests are to fail.
        """
        if self._remaining:
            self._remaining -= 1
            if self._status in (418, 429):
                raise errors.ApiError(-1003, "Too many requests queued.", self._status, self._retry_after_s)
            raise errors.unavailable(self._status, self._retry_after_s)
