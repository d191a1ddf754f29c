"""Order books on `/ws`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.book.channel import NAME, BookClient
from app.book.view import AS_PUBLISHED, BookView, Depth, Pace
from app.stream.clients import Connection
from app.stream.events import Subject
from app.stream.hub import Hub
from app.stream.subscription import FromTopicSubscription, Source
from candlestack_core.messages import Market, Symbol

if TYPE_CHECKING:
    from app.services import Services


class BookSubscription(FromTopicSubscription, frozen=True, kw_only=True, tag=NAME):
    """The best `depth` levels a side of a pair's book in a market, at most once in `every_ms`."""

    symbol: Symbol
    market: Market = "spot"
    depth: Depth = 20
    every_ms: Pace = AS_PUBLISHED

    async def source(self, services: Services) -> Source:
        await services.symbols.require(self.symbol, self.market)
        return services.views.get(self.anew(), lambda: self._view(services.hub))

    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> BookClient:
        return BookClient(self._subject(), connection, clock_ms)

    def _view(self, hub: Hub) -> BookView:
        return BookView(hub, self._subject(), self.depth, self.every_ms)

    def _subject(self) -> Subject:
        return Subject(self.symbol, self.market)
