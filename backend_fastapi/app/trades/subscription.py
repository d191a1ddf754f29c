"""Trades on `/ws`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.stream.clients import Connection
from app.stream.events import Subject
from app.stream.subscription import FromTopicSubscription, Source
from app.trades.channel import NAME, TRADES, TradesClient
from candlestack_core.messages import Symbol

if TYPE_CHECKING:
    from app.services import Services


class TradesSubscription(FromTopicSubscription, frozen=True, kw_only=True, tag=NAME):
    """The trades of a pair: the newest 100, then all that follow."""

    symbol: Symbol

    async def source(self, services: Services) -> Source:
        await services.symbols.require(self.symbol)
        return services.hub.source(TRADES, Subject(self.symbol))

    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> TradesClient:
        return TradesClient(Subject(self.symbol), connection, clock_ms)
