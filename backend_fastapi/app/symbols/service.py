"""Which pairs there are: those of the settings, and those that the topics or the stores hold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from app.problems import UnavailableError, UnknownSymbolError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import StoreAwayError
from app.stream.events import Event, Value
from app.stream.feeds import CandleFeed, TradeFeed
from app.stream.hub import Hub
from app.symbols.schemas import Origin, SymbolInfo, Symbols
from candlestack_core.messages import Candle
from candlestack_core.names import SOURCE_BINANCE

LOOK_EVERY_S = 60.0
LOOK_AGAIN_S = 1.0
"""A pair that is not known yet has the stores asked again, but no more often than this."""
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
        self._away: dict[str, str] = {}
        self._looked_at = -LOOK_AGAIN_S
        self._looking = asyncio.Lock()

    async def watch(self) -> None:
        """Ask the stores now and then for the pairs they hold, until cancelled."""
        while True:
            await self._look()
            with suppress(UnavailableError):
                await self.describe()
            await asyncio.sleep(LOOK_EVERY_S)

    def known(self) -> list[str]:
        """Return the pairs known so far, in the order of the alphabet."""
        return sorted(self._configured | self._hub.symbols() | self._stored)

    async def require(self, symbol: str) -> None:
        """Return when a pair is known.

        Raises:
            UnknownSymbolError: it is not.
            UnavailableError: nothing is known, and the parts that would know are away.
        """
        if self._is_known(symbol):
            return
        await self._look()
        if self._is_known(symbol):
            return
        known = self.known()
        if not known and (away := self._unavailable()):
            raise UnavailableError(away)
        raise UnknownSymbolError(symbol, known)

    async def describe(self) -> Symbols:
        """Return what is known of every pair.

        Raises:
            UnavailableError: nothing is known, and the parts that would know are away.
        """
        if not self.known():
            await self._look()
        known = self.known()
        if not known and (away := self._unavailable()):
            raise UnavailableError(away)
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

    def _is_known(self, symbol: str) -> bool:
        return symbol in self._configured or symbol in self._hub.symbols() or symbol in self._stored

    def _unavailable(self) -> dict[str, str]:
        return self._away if self._hub.live else {"kafka": self._hub.state.reason or "away", **self._away}

    async def _look(self) -> None:
        async with self._looking:
            if time.monotonic() - self._looked_at < LOOK_AGAIN_S:
                return
            self._away = {}
            for store in (self._realtime, self._candles):
                try:
                    self._stored |= await store.symbols()
                except StoreAwayError as error:
                    self._away[error.store] = error.reason
            self._looked_at = time.monotonic()

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
