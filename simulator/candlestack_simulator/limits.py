"""The exchange's limits: REST weight a minute, connections in five minutes, messages a second.

All of them take the time from outside, in seconds, and hold no more than what their window needs.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from candlestack_simulator import errors

MINUTE_S = 60
FIRST_BAN_S = 120
LONGEST_BAN_S = 3 * 86_400

CONNECTION_WINDOW_S = 300.0


@dataclass(slots=True)
class _Spending:
    minute: int
    weight: int = 0
    refusals: int = 0
    bans: int = 0
    banned_until: float = 0.0


class WeightLimiter:
    """Counts the weight each address spends per minute of the clock.

    Above the limit requests are refused with 429 until the minute is over. An address that goes on after
    `refusals_before_ban` refusals is banned with 418: two minutes the first time, twice as long each
    further time, three days at most.
    """

    def __init__(self, limit: int, refusals_before_ban: int, clock: Callable[[], float]) -> None:
        """Take the weight allowed a minute and the clock, in epoch seconds."""
        self.limit = limit
        self._refusals_before_ban = refusals_before_ban
        self._clock = clock
        self._addresses: dict[str, _Spending] = {}
        self._minute = 0

    def used(self, address: str) -> int:
        """Return the weight the address has spent in this minute."""
        spending = self._addresses.get(address)
        return spending.weight if spending and spending.minute == self._current_minute() else 0

    def charge(self, address: str, weight: int) -> None:
        """Charge a request.

        Raises:
            ApiError: 429 above the limit, 418 while the address is banned.
        """
        now = self._clock()
        minute = self._current_minute()
        if minute != self._minute:
            self._minute = minute
            self._forget_idle(minute, now)
        spending = self._addresses.setdefault(address, _Spending(minute))
        if now < spending.banned_until:
            raise self._ban(spending, now)
        if spending.minute != minute:
            spending.minute, spending.weight, spending.refusals = minute, 0, 0
        spending.weight += weight
        if spending.weight <= self.limit:
            return
        spending.refusals += 1
        if spending.refusals > self._refusals_before_ban:
            spending.banned_until = now + min(FIRST_BAN_S * 2**spending.bans, LONGEST_BAN_S)
            spending.bans += 1
            raise self._ban(spending, now)
        raise errors.too_much_weight(self.limit, math.ceil((minute + 1) * MINUTE_S - now))

    def _current_minute(self) -> int:
        return int(self._clock() // MINUTE_S)

    def _ban(self, spending: _Spending, now: float) -> errors.ApiError:
        until = spending.banned_until
        return errors.banned(int(until * 1000), math.ceil(until - now))

    def _forget_idle(self, minute: int, now: float) -> None:
        # A past ban is remembered: repeated offenders are banned for longer.
        self._addresses = {
            address: spending
            for address, spending in self._addresses.items()
            if spending.bans or spending.minute >= minute - 1 or now < spending.banned_until
        }


class ConnectionLimiter:
    """Allows an address so many connections in any five minutes."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._attempts: dict[str, deque[float]] = {}

    def wait_s(self, address: str) -> int:
        """Count one attempt; return 0 where it is allowed, otherwise the seconds to wait."""
        now = self._clock()
        for other, times in list(self._attempts.items()):
            while times and now - times[0] >= CONNECTION_WINDOW_S:
                times.popleft()
            if not times:
                del self._attempts[other]
        times = self._attempts.setdefault(address, deque())
        if len(times) >= self._limit:
            return math.ceil(times[0] + CONNECTION_WINDOW_S - now)
        times.append(now)
        return 0


class MessageLimiter:
    """Allows one connection so many inbound messages (pings, pongs and commands) in any second."""

    def __init__(self, clock: Callable[[], float], limit: int) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=limit)

    def allows(self) -> bool:
        """Count one message and tell whether the connection is still within the limit."""
        now = self._clock()
        crowded = len(self._times) == self._times.maxlen and now - self._times[0] < 1.0
        self._times.append(now)
        return not crowded
