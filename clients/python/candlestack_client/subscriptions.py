"""What can be subscribed to; what each is sent stands in `messages`."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from candlestack_client.models import Interval, Market, RankingName


class Position(Struct, frozen=True):
    """Up to where a subscription was heard: equal on every process of the API, and after its restart."""

    epoch: str
    seq: int


class Kline(Struct, frozen=True, tag_field="channel", tag="kline"):
    """Candles of a pair: the newest 60, then every change of the forming one and of those that close."""

    symbol: str
    interval: Interval = "1m"
    since: Position | UnsetType = UNSET


class Trades(Struct, frozen=True, tag_field="channel", tag="trades"):
    """Trades of a pair: the newest 100, then all that follow."""

    symbol: str
    since: Position | UnsetType = UNSET


class OrderBook(Struct, frozen=True, tag_field="channel", tag="orderbook"):
    """The best `depth` levels of a book, whenever they change, at most once in `every_ms`."""

    symbol: str
    market: Market = "spot"
    depth: Literal[1, 5, 10, 20] = 20
    every_ms: Literal[100, 250, 500, 1000, 5000] = 100


class Ranking(Struct, frozen=True, tag_field="channel", tag="ranking"):
    """Who gained or lost most in a day."""

    ranking: RankingName
    limit: Literal[5, 10, 20, 50, 100] = 10


class Status(Struct, frozen=True, tag_field="channel", tag="status"):
    """What the API can serve: while `kafka` is away, no channel is told anything new."""


Subscription = Kline | Trades | OrderBook | Ranking | Status


class Subscribe(Struct, frozen=True, tag_field="op", tag="subscribe"):
    """Asks for all of some subscriptions, or none where one of them cannot be served."""

    id: int
    subscriptions: list[Subscription]


def anew(subscription: Subscription) -> Subscription:
    """Return a subscription without a position: what its messages belong to."""
    if isinstance(subscription, Kline | Trades):
        return msgspec.structs.replace(subscription, since=UNSET)
    return subscription
