"""Which pairs there are: those of the settings, and those that the topics or the stores hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from app.candles.channel import CANDLES, CandleFeed
from app.problems import NotInMarketError, UnavailableError, UnknownSymbolError
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stores.watch import StoreAwayError, or_away
from app.stream.events import Event, Subject, Value
from app.stream.hub import Hub
from app.symbols.schemas import Origin, SymbolInfo, Symbols
from app.trades.channel import TRADES, TradeFeed
from candlestack_core.intervals import Interval
from candlestack_core.messages import Candle, Market
from candlestack_core.names import SOURCE_BINANCE, SOURCE_REPLAY

LOOK_EVERY_S = 60.0
LOOK_AGAIN_S = 1.0
"""After a look at the stores that one of them did not answer."""
TRADES_LOOKED_AT = 100


class SymbolService:
    """Knows the pairs, and what their data says of them."""

    def __init__(
        self,
        configured: Iterable[str],
        configured_futures: Iterable[str],
        hub: Hub,
        realtime: RealtimeStore,
        candles: CandleStore,
    ) -> None:
        self._configured = frozenset(configured)
        self._configured_futures = frozenset(configured_futures)
        self._hub = hub
        self._realtime = realtime
        self._candles = candles
        self._stored: set[str] = set()
        self._stored_futures: set[str] = set()
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

    def futures(self) -> set[str]:
        """Return the pairs known so far to have futures."""
        seen = self._stored_futures | self._hub.symbols("usdm")
        # A recording has what it has, whatever the settings ask for.
        return seen if self.origin()[0] == SOURCE_REPLAY else seen | self._configured_futures

    async def require(self, symbol: str, market: Market = "spot") -> None:
        """Return when a pair is known, and is in a market, if only from now on.

        Raises:
            UnknownSymbolError: it is in no market.
            NotInMarketError: it is in another market only.
            UnavailableError: nothing is known, and the parts that would know are away or not read yet.
        """
        if market == "spot":
            try:
                await self._require_spot(symbol)
            except UnknownSymbolError as error:
                if symbol in self.futures():
                    raise NotInMarketError(symbol, market, error.known) from None
                raise
        elif symbol not in self.futures():
            away: dict[str, str] = {}
            if await or_away(self._realtime.book(market, symbol), away) is not None:
                self._stored_futures.add(symbol)
                return
            await self._require_spot(symbol)
            if away:
                raise UnavailableError(away)
            raise NotInMarketError(symbol, market, sorted(self.futures()))

    async def _require_spot(self, symbol: str) -> None:
        if symbol in self._configured or symbol in self._hub.symbols() or symbol in self._stored:
            return
        away: dict[str, str] = {}
        if await self._is_stored(symbol, away):
            self._stored.add(symbol)
            return
        known = self.known()
        if not known and (away or not self._hub.live):
            raise UnavailableError(self._and_the_hub(away))
        raise UnknownSymbolError(symbol, known)

    async def describe(self) -> Symbols:
        """Return what is known of every pair.

        Raises:
            UnavailableError: nothing is known, and the parts that would know are away or not read yet.
        """
        away: dict[str, str] = {}
        if not self.known():
            away = await self._look()
        known = self.known()
        if not known and (away or not self._hub.live):
            raise UnavailableError(self._and_the_hub(away))
        feeds = {symbol: self._feeds(symbol) for symbol in known}
        for symbol, (candles, _) in feeds.items():
            if candles.latest is None:
                feeds[symbol] = await self._stored_feeds(symbol)
        newest = max(
            (candles.latest for candles, _ in feeds.values() if candles.latest is not None),
            key=lambda candle: candle.version,
            default=None,
        )
        self._newest_stored = newest
        futures = self.futures()
        return Symbols(
            source=_origin(newest),
            simulated=_simulated(newest),
            symbols=[
                _info(symbol, candles, trades, symbol in futures)
                for symbol, (candles, trades) in feeds.items()
            ],
        )

    def origin(self) -> tuple[Origin | None, bool | None]:
        """Return where the newest data comes from, and whether it is simulated, as far as that is known."""
        feeds = (self._hub.feed(CANDLES, Subject(symbol)) for symbol in self._hub.symbols())
        live = [feed.latest for feed in feeds if feed.latest is not None]
        newest = max(live, key=lambda candle: candle.version, default=self._newest_stored)
        return _origin(newest), _simulated(newest)

    def _feeds(self, symbol: str) -> tuple[CandleFeed, TradeFeed]:
        subject = Subject(symbol)
        return self._hub.feed(CANDLES, subject), self._hub.feed(TRADES, subject)

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
        with suppress(StoreAwayError):
            self._stored_futures |= await self._realtime.futures()
        return away

    async def _is_stored(self, symbol: str, away: dict[str, str]) -> bool:
        """Ask the stores for one pair: two look-ups by key, however often a wrong one is asked for."""
        if await or_away(self._realtime.latest(symbol), away) is not None:
            return True
        return bool(await or_away(self._candles.candles(symbol, Interval.M1, None, None, 1), away))

    async def _stored_feeds(self, symbol: str) -> tuple[CandleFeed, TradeFeed]:
        """Return what the realtime store tells of a pair of which nothing has been read from the topics."""
        candles, trades = CandleFeed(Subject(symbol)), TradeFeed(Subject(symbol))
        with suppress(StoreAwayError):
            if (latest := await self._realtime.latest(symbol)) is not None:
                candles.take([_stored(latest)])
            stored = await self._realtime.trades(symbol, TRADES_LOOKED_AT)
            trades.take([_stored(trade) for trade in stored])
        return candles, trades


def _stored(value: Value) -> Event[Value]:
    return Event("", 0, None, value)


def _info(symbol: str, candles: CandleFeed, trades: TradeFeed, has_futures: bool) -> SymbolInfo:
    return SymbolInfo(
        symbol=symbol,
        markets=["spot", "usdm"] if has_futures else ["spot"],
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
