"""Trades: the list in Redis has the newest, and where it is away, the hub has some."""

from __future__ import annotations

from app.problems import UnavailableError
from app.stores.realtime import RealtimeStore
from app.stores.watch import StoreAwayError
from app.stream.events import Subject
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from app.trades.channel import TRADES
from app.trades.schemas import TradeList


class TradeService:
    """Answers the trade routes."""

    def __init__(self, symbols: SymbolService, hub: Hub, realtime: RealtimeStore) -> None:
        self._symbols = symbols
        self._hub = hub
        self._realtime = realtime

    async def newest(self, symbol: str, limit: int) -> TradeList:
        """Return the newest trades of a pair, ascending by id.

        Raises:
            ApiError: the pair is unknown, or what would tell its trades is away.
        """
        await self._symbols.require(symbol)
        try:
            trades = await self._realtime.trades(symbol, limit)
        except StoreAwayError as error:
            trades = self._hub.feed(TRADES, Subject(symbol)).trades(limit)
            if not trades:
                raise UnavailableError({error.store: error.reason}) from None
        return TradeList(symbol=symbol, trades=trades)
