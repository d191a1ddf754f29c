"""The REST weight budget: the client stops in time, so that it never sees a 429 in normal work.

Binance counts weight per address and minute. A process spends its own share of it, looks at what the
exchange says all processes of the address have used, and stays away while the exchange asks it to.
Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
"""

from __future__ import annotations

import math

WINDOW_S = 60.0
SPOT_ADDRESS_WEIGHT = 6_000
USDM_ADDRESS_WEIGHT = 2_400
"""Weight a minute that the exchange allows an address."""
ADDRESS_SHARE = 0.8
"""Of the address' weight; beyond it every process of the address holds back."""
HOLD_BACK_S = 15.0


class WeightBudget:
    """Counts weight in windows of one minute; times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, per_minute: int, address_weight: int = SPOT_ADDRESS_WEIGHT) -> None:
        """Take the weight to spend a minute, and what the exchange allows all processes of the address."""
        self._per_minute = per_minute
        self._address_weight = address_weight
        self._window = -math.inf
        self._used = 0
        self._blocked_until = -math.inf

    @property
    def used(self) -> int:
        """Weight spent in the newest window."""
        return self._used

    def delay(self, weight: int, now: float) -> float:
        """Return the seconds to wait before `weight` may be spent; 0 means now. Spends nothing."""
        if now < self._blocked_until:
            return self._blocked_until - now
        if now >= self._window + WINDOW_S or not self._used or self._used + weight <= self._per_minute:
            return 0.0
        return self._window + WINDOW_S - now

    def spend(self, weight: int, now: float) -> None:
        """Count a request."""
        if now >= self._window + WINDOW_S:
            self._window = now
            self._used = 0
        self._used += weight

    def observe(self, address_used: int, now: float) -> None:
        """Take note of the exchange's own count for this address (`X-MBX-USED-WEIGHT-1M`)."""
        if address_used > self._address_weight * ADDRESS_SHARE:
            self.block(HOLD_BACK_S, now)

    def block(self, seconds: float, now: float) -> None:
        """Stay away for so long, as `Retry-After` asks."""
        self._blocked_until = max(self._blocked_until, now + seconds)
