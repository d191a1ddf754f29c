"""What a client may ask for on `/ws`, and the answers; a further channel is its subscription, and its name here."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from app.book.subscription import BookSubscription
from app.book.view import BookViewSnapshot, BookViewUpdate
from app.candles.channel import KlineSnapshot, KlineUpdate
from app.candles.longer import LongerKlineSnapshot, LongerKlineUpdate
from app.candles.subscription import KlineSubscription
from app.health.subscription import StatusSnapshot, StatusSubscription
from app.ranking.subscription import RankingSnapshot, RankingSubscription
from app.stream.control import Heartbeat, Pong, Refusal, RequestId
from app.trades.channel import TradesSnapshot, TradesUpdate
from app.trades.subscription import TradesSubscription

Wanted = KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op"):
    id: RequestId = None


class Subscribe(_Request, frozen=True, kw_only=True, tag="subscribe"):
    """Begin to send what is asked for: all of it, or, where any of it cannot be served, nothing.

    What is subscribed to already goes on as it is.
    """

    subscriptions: Annotated[list[Wanted], Meta(min_length=1)]


class Unsubscribe(_Request, frozen=True, kw_only=True, tag="unsubscribe"):
    """Send no more of it; what is not subscribed to is passed over."""

    subscriptions: Annotated[list[Wanted], Meta(min_length=1)]


class ListSubscriptions(_Request, frozen=True, kw_only=True, tag="list"):
    """Say what is subscribed to."""


class Ping(_Request, frozen=True, kw_only=True, tag="ping"):
    """Answer."""


Request = Subscribe | Unsubscribe | ListSubscriptions | Ping


class Subscriptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to `subscribe`, `unsubscribe` and `list`: all that is subscribed to now.

    Nothing of what was just subscribed to comes before it.
    """

    channel: Literal["control"]
    type: Literal["subscriptions"]
    id: RequestId
    subscriptions: list[Wanted]


REQUESTS: Final = (Subscribe, Unsubscribe, ListSubscriptions, Ping)
ANSWERS: Final = (Subscriptions, Pong, Refusal, Heartbeat)
MESSAGES: Final = (
    KlineSnapshot,
    KlineUpdate,
    LongerKlineSnapshot,
    LongerKlineUpdate,
    TradesSnapshot,
    TradesUpdate,
    BookViewSnapshot,
    BookViewUpdate,
    RankingSnapshot,
    StatusSnapshot,
)
