"""A token bucket: as many requests at once as it holds, and then as many a second as flow into it."""

from __future__ import annotations


class TokenBucket:
    """Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, capacity: float, per_second: float, now: float) -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._tokens = capacity
        self._at = now

    def take(self, tokens: float, now: float) -> float:
        """Take tokens, and return 0; where there are too few take none, and return the seconds until there are."""
        self._tokens = min(self._capacity, self._tokens + max(now - self._at, 0.0) * self._per_second)
        self._at = now
        missing = min(tokens, self._capacity) - self._tokens
        if missing > 0:
            return missing / self._per_second
        self._tokens -= min(tokens, self._capacity)
        return 0.0
