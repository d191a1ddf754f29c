"""Budgets of events in a sliding window: connections of an address, messages of a connection.

The client keeps them itself, so that the exchange never has to refuse. REST weight is counted in `weight`.
Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#websocket-limits
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from candlestack_core.messages import Market

CONNECTIONS_WINDOW_S: Final = 300.0
MESSAGES_PER_SECOND: Final[dict[Market, int]] = {"spot": 5, "usdm": 10}
"""Inbound messages (pings, pongs and commands) after which the exchange ends a connection."""
RESERVED_MESSAGES: Final = 2
"""Of these, kept for the pongs that the library sends by itself."""
MESSAGES_WINDOW_S: Final = 1.0


class EventBudget:
    """At most `limit` events in any window of `window_s` seconds, on one monotonic clock."""

    def __init__(self, limit: int, window_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._window_s = window_s
        self._monotonic = monotonic
        self._times: deque[float] = deque(maxlen=limit)
        self._blocked_until = -math.inf

    def delay(self) -> float:
        """Return the seconds until one more event is allowed; 0 means now. Spends nothing."""
        now = self._monotonic()
        full = len(self._times) == self._times.maxlen
        free_at = self._times[0] + self._window_s if full else now
        return max(0.0, free_at - now, self._blocked_until - now)

    def spend(self) -> None:
        """Count an event."""
        self._times.append(self._monotonic())

    def block(self, seconds: float) -> None:
        """Allow nothing for so long, as `Retry-After` asks."""
        self._blocked_until = max(self._blocked_until, self._monotonic() + seconds)

    async def take(self) -> None:
        """Wait until an event is allowed, and count it."""
        while (delay := self.delay()) > 0:
            await asyncio.sleep(delay)
        self.spend()


def connection_budget(per_5_minutes: int) -> EventBudget:
    """Return the budget of new connections of a process."""
    return EventBudget(per_5_minutes, CONNECTIONS_WINDOW_S)


def message_budget(market: Market) -> EventBudget:
    """Return the budget of messages that a client sends on one connection."""
    return EventBudget(MESSAGES_PER_SECOND[market] - RESERVED_MESSAGES, MESSAGES_WINDOW_S)
