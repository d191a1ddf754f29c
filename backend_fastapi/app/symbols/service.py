"""Which pairs there are: those of the settings, and those that the topics or the stores hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from app.problems import UnavailableError, UnknownSymbolError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import StoreAwayError, or_away
from app.stream.events import Event, Value
from app.stream.feeds import CandleFeed, TradeFeed
from app.stream.hub import Hub
from app.symbols.schemas import Origin, SymbolInfo, Symbols
from candlestack_core.intervals import Interval
from candlestack_core.messages import Candle
from candlestack_core.names import SOURCE_BINANCE

LOOK_EVERY_S = 60.0
LOOK_AGAIN_S = 1.0
"""After a look at the stores that one of them did not answer."""
TRADES_LOOKED_AT = 100


class SymbolService:
    """Knows the pairs, and what their data says of them."""

    def __init__(
        self, configured: Iterable[str], hub: Hub, realtime: RealtimeStore, candles: CandleStore
    ) -> None:
        self._configured = frozenset(configured)
        self._hub = hub
        self._realtime = realtime
        self._candles = candles
        self._stored: set[str] = set()
        self._newest_stored: Candle | None = None

    async def watch(self) -> None:
        """Ask the stores now and then for the pairs they hold, until cancelled."""
        while True:
            away = await self._look()
            with suppress(UnavailableError):
                await self.describe()
            await asyncio.sleep(LOOK_AGAIN_S if away else LOOK_EVERY_S)

    def known(self) -> list[str]:
        """Return the pairs known so far, in the order of the alphabet."""
        return sorted(self._configured | self._hub.symbols() | self._stored)

    async def require(self, symbol: str) -> None:
        """Return when a pair is known, if only from now on.

        Raises:
            UnknownSymbolError: it is not.
            UnavailableError: nothing is known, and the parts that would know are away.
        """
        if symbol in self._configured or symbol in self._hub.symbols() or symbol in self._stored:
            return
        away: dict[str, str] = {}
        if await self._is_stored(symbol, away):
            self._stored.add(symbol)
            return
        known = self.known()
        if not known and away:
            raise UnavailableError(self._and_the_hub(away))
        raise UnknownSymbolError(symbol, known)

    async def describe(self) -> Symbols:
        """Return what is known of every pair.

        Raises:
            UnavailableError: nothing is known, and the parts that would know are away.
        """
        away: dict[str, str] = {}
        if not self.known():
            away = await self._look()
        known = self.known()
        if not known and away:
            raise UnavailableError(self._and_the_hub(away))
        feeds = {symbol: (self._hub.candle_feed(symbol), self._hub.trade_feed(symbol)) for symbol in known}
        for symbol, (candles, _) in feeds.items():
            if candles.latest is None:
                feeds[symbol] = await self._stored_feeds(symbol)
        newest = max(
            (candles.latest for candles, _ in feeds.values() if candles.latest is not None),
            key=lambda candle: candle.version,
            default=None,
        )
        self._newest_stored = newest
        return Symbols(
            source=_origin(newest),
            simulated=_simulated(newest),
            symbols=[_info(symbol, candles, trades) for symbol, (candles, trades) in feeds.items()],
        )

    def origin(self) -> tuple[Origin | None, bool | None]:
        """Return where the newest data comes from, and whether it is simulated, as far as that is known."""
        live = [latest for symbol in self._hub.symbols() if (latest := self._hub.latest(symbol)) is not None]
        newest = max(live, key=lambda candle: candle.version, default=self._newest_stored)
        return _origin(newest), _simulated(newest)

    def _and_the_hub(self, away: dict[str, str]) -> dict[str, str]:
        return away if self._hub.live else {"kafka": self._hub.state.reason or "away", **away}

    async def _look(self) -> dict[str, str]:
        """Learn the pairs that the stores hold; return the stores that are away, and why."""
        away: dict[str, str] = {}
        for store in (self._realtime, self._candles):
            try:
                self._stored |= await store.symbols()
            except StoreAwayError as error:
                away[error.store] = error.reason
        return away

    async def _is_stored(self, symbol: str, away: dict[str, str]) -> bool:
        """Ask the stores for one pair: two look-ups by key, however often a wrong one is asked for."""
        if await or_away(self._realtime.latest(symbol), away) is not None:
            return True
        return bool(await or_away(self._candles.candles(symbol, Interval.M1, None, None, 1), away))

    async def _stored_feeds(self, symbol: str) -> tuple[CandleFeed, TradeFeed]:
        """Return what the realtime store tells of a pair of which nothing has been read from the topics."""
        candles, trades = CandleFeed(symbol), TradeFeed(symbol)
        with suppress(StoreAwayError):
            if (latest := await self._realtime.latest(symbol)) is not None:
                candles.take(_stored(latest))
            for trade in await self._realtime.trades(symbol, TRADES_LOOKED_AT):
                trades.take(_stored(trade))
        return candles, trades


def _stored(value: Value) -> Event[Value]:
    return Event("", 0, None, value)


def _info(symbol: str, candles: CandleFeed, trades: TradeFeed) -> SymbolInfo:
    return SymbolInfo(
        symbol=symbol,
        source=_origin(candles.latest),
        simulated=_simulated(candles.latest),
        price_decimals=_most(candles.price_decimals, trades.price_decimals),
        quantity_decimals=_most(candles.quantity_decimals, trades.quantity_decimals),
    )


def _most(*seen: int | None) -> int | None:
    return max((decimals for decimals in seen if decimals is not None), default=None)


def _origin(candle: Candle | None) -> Origin | None:
    return None if candle is None else cast(Origin, candle.source.rpartition(":")[2])


def _simulated(candle: Candle | None) -> bool | None:
    return None if candle is None else _origin(candle) != SOURCE_BINANCE
