"""Which stream is made from what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.book.diffs import DIFFS
from app.book.subscription import BookSubscription
from app.book.view import Depth, Pace
from app.candles.subscription import KlineSubscription
from app.compat.streams import views
from app.compat.streams.names import ALL_MINI_TICKERS, parsed
from app.compat.streams.tickers import AllMiniTickers, MiniTickerStream, PairTicker, TickerStream
from app.services import Services
from app.stream.events import Subject
from app.stream.subscription import Source
from app.trades.subscription import TradesSubscription
from candlestack_core.intervals import Interval
from candlestack_core.messages import Listing

Open = Callable[[Services, Listing], Awaitable[Source]]


async def stream(services: Services, name: str) -> Source | None:
    """Return where the events of a stream come from; None where the exchange has no such stream.

    Raises:
        ApiError: what would serve it, or tell how the pair is written, is away.
    """
    if name in ALL_MINI_TICKERS:
        return services.views.get(("binance", name), lambda: AllMiniTickers(name, services, stream))
    wanted = parsed(name)
    if wanted is None or wanted.kind not in _KINDS:
        return None
    listing = await services.binance.listings.find(wanted.symbol)
    if listing is None:
        return None
    made, open_source = _KINDS[wanted.kind]
    source = await open_source(services, listing)
    return services.views.get(("binance", name), lambda: made(name, source, listing))


def _klines(interval: Interval) -> Open:
    async def open_source(services: Services, listing: Listing) -> Source:
        return await KlineSubscription(symbol=listing.symbol, interval=interval.value).source(services)

    return open_source


def _book(depth: Depth, every_ms: Pace) -> Open:
    async def open_source(services: Services, listing: Listing) -> Source:
        return await BookSubscription(symbol=listing.symbol, depth=depth, every_ms=every_ms).source(services)

    return open_source


async def _trades(services: Services, listing: Listing) -> Source:
    return await TradesSubscription(symbol=listing.symbol).source(services)


async def _diffs(services: Services, listing: Listing) -> Source:
    await services.symbols.require(listing.symbol)
    return services.hub.source(DIFFS, Subject(listing.symbol))


async def _ticker(services: Services, listing: Listing) -> Source:
    await services.symbols.require(listing.symbol)
    return services.views.get(("binance ticker", listing.symbol), lambda: PairTicker(services, listing))


_PARTIAL: tuple[Depth, ...] = (5, 10, 20)
_KINDS: dict[str, tuple[type[views.StreamView], Open]] = {
    "trade": (views.TradeStream, _trades),
    "aggTrade": (views.AggregateTradeStream, _trades),
    "ticker": (TickerStream, _ticker),
    "miniTicker": (MiniTickerStream, _ticker),
    "bookTicker": (views.BookTickerStream, _book(1, 100)),
    "depth@100ms": (views.DiffStream, _diffs),
    "depth": (views.SlowDiffStream, _diffs),
    "depth@1000ms": (views.SlowDiffStream, _diffs),
    **{f"kline_{each.value}": (views.KlineStream, _klines(each)) for each in Interval},
    **{f"depth{depth}@100ms": (views.PartialBookStream, _book(depth, 100)) for depth in _PARTIAL},
    **{f"depth{depth}": (views.PartialBookStream, _book(depth, 1000)) for depth in _PARTIAL},
    **{f"depth{depth}@1000ms": (views.PartialBookStream, _book(depth, 1000)) for depth in _PARTIAL},
}
