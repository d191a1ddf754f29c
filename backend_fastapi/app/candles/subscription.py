"""Candles of any interval on `/ws`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from app.candles.channel import CANDLES, NAME, KlineClient
from app.candles.longer import LongerCandles
from app.problems import ApiError
from app.stream.clients import Connection
from app.stream.events import Subject
from app.stream.subscription import FromTopicSubscription, Source
from candlestack_core.intervals import Interval
from candlestack_core.messages import Symbol

if TYPE_CHECKING:
    from app.services import Services


class KlineSubscription(FromTopicSubscription, frozen=True, kw_only=True, tag=NAME):
    """The newest 60 candles of a pair, then every change: of the forming one, and of those that close."""

    symbol: Symbol
    interval: Literal["1m", "5m", "1h", "4h", "1d"] = "1m"

    async def source(self, services: Services) -> Source:
        await services.symbols.require(self.symbol)
        interval = Interval(self.interval)
        if interval is Interval.M1:
            return services.hub.source(CANDLES, Subject(self.symbol))
        key = self.anew()
        view = services.views.get(
            key, lambda: LongerCandles(services.hub, self.symbol, interval, services.candles)
        )
        try:
            await view.ready()
        except ApiError:
            if view.empty:
                services.views.forget(key)
            raise
        return view

    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> KlineClient:
        return KlineClient(Subject(self.symbol), connection, clock_ms)
