"""What a stream yields besides the messages: that something was lost, and how its connection does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from candlestack_client.messages import Message
from candlestack_client.subscriptions import Subscription


@dataclass(frozen=True)
class Connected:
    """A connection is open, and all has been asked for again."""

    url: str


@dataclass(frozen=True)
class Disconnected:
    """There is no connection: what comes next is not live. Another attempt follows after the pause."""

    reason: str
    pause_s: float


@dataclass(frozen=True)
class Lost:
    """Something of a subscription may not have been received.

    - `snapshot`: more happened while there was no connection than the API keeps, or its records were begun
      anew. The snapshot that follows replaces all that was heard.
    - `dropped`: this client was too slow for `count` trades.
    - `gap`: the next message does not follow the one before.

    `after` is the newest that was heard before: the open time of a candle (ms), or the id of a trade.
    """

    subscription: Subscription
    why: Literal["snapshot", "dropped", "gap"]
    after: int | None = None
    count: int | None = None


Event = Message | Lost | Connected | Disconnected
