"""Binance's questions, answered from the platform's own services."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from app.book.schemas import OrderBook
from app.book.service import BookService
from app.candles.service import CandleService
from app.candles.span import Span
from app.compat.binance import errors, tickers
from app.compat.binance.aggregates import aggregate_rows, cut_at
from app.compat.binance.day import day
from app.compat.binance.entries import permits, without_permission_sets
from app.compat.binance.parameters import Parameters
from app.compat.binance.rows import kline_row, level_rows, padded, trade_row
from app.compat.binance.schemas import (
    AggregateTrade,
    BookTicker,
    DayTicker,
    Depth,
    ExchangeInfo,
    KlineRow,
    MiniTicker,
    Nothing,
    PriceTicker,
    RateLimit,
    ServerTime,
    TradeRow,
)
from app.problems import ApiError, NoDataError, UnknownSymbolError
from app.symbols.listings import ListingService
from app.trades.service import TradeService
from candlestack_core.messages import Listing, Trade

KLINES_LARGEST = 1000
TRADES_LARGEST = 1000
DEPTH_LARGEST = 5000
SYNCED = "synced"

Ticker = TypeVar("Ticker", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class BinanceService:
    """Answers the endpoints of `/api/v3`; each method raises RefusedError, or ApiError where data is away."""

    listings: ListingService
    candles: CandleService
    trades: TradeService
    books: BookService
    clock_ms: Callable[[], int]
    requests_per_minute: int

    async def ping(self, _: Parameters) -> Nothing:
        return Nothing()

    async def time(self, _: Parameters) -> ServerTime:
        return ServerTime(self.clock_ms())

    async def exchange_info(self, parameters: Parameters) -> ExchangeInfo:
        """Return the pairs as the exchange lists them, word for word."""
        permissions = parameters.permissions()
        named = "symbol" in parameters or "symbols" in parameters
        if named and (permissions is not None or "symbolStatus" in parameters):
            raise errors.bad_combination()
        whole = parameters.flag("showPermissionSets", default=True)
        listings = await self._chosen(parameters)
        limit = RateLimit("RAW_REQUESTS", "MINUTE", 1, self.requests_per_minute)
        return ExchangeInfo(
            timezone="UTC",
            server_time=self.clock_ms(),
            rate_limits=[limit] if self.requests_per_minute else [],
            exchange_filters=[],
            symbols=[
                listing.entry if whole else without_permission_sets(listing)
                for listing in listings
                if permissions is None or permits(listing, permissions)
            ],
        )

    async def klines(self, parameters: Parameters) -> list[KlineRow]:
        """Return candles, the forming one too."""
        symbol, interval = parameters.symbol(), parameters.interval()
        parameters.utc_only()
        start, end = parameters.time("startTime"), parameters.time("endTime")
        limit = parameters.limit(default=500, largest=KLINES_LARGEST)
        listing = await self.listing(symbol)
        if start is not None and end is not None and end < start:
            return []
        candles = await self.candles.candles(symbol, interval, Span(start, end, limit))
        return [kline_row(candle, listing) for candle in candles]

    async def depth(self, parameters: Parameters) -> Depth:
        """Return a book, if it may be believed: here there is no place to say that it may not."""
        symbol = parameters.symbol()
        limit = parameters.limit(default=100, largest=DEPTH_LARGEST)
        listing = await self.listing(symbol, parameters.status())
        book = await self.books.newest(symbol, "spot", limit)
        if book.state != SYNCED:
            raise errors.unavailable(f"the book of {symbol} is {book.state}")
        return Depth(
            last_update_id=book.last_update_id,
            bids=level_rows(book.bids, listing),
            asks=level_rows(book.asks, listing),
        )

    async def recent_trades(self, parameters: Parameters) -> list[TradeRow]:
        symbol = parameters.symbol()
        limit = parameters.limit(default=500, largest=TRADES_LARGEST)
        listing = await self.listing(symbol)
        found = await self.trades.newest(symbol, limit)
        return [trade_row(trade, listing) for trade in found.trades]

    async def aggregate_trades(self, parameters: Parameters) -> list[AggregateTrade]:
        """Return aggregates of the newest trades; ones from before those are refused, not left out in silence."""
        symbol = parameters.symbol()
        limit = parameters.limit(default=500, largest=TRADES_LARGEST)
        first_id = parameters.number("fromId")
        start, end = parameters.time("startTime"), parameters.time("endTime")
        if first_id is not None and (start is not None or end is not None):
            raise errors.bad_combination()
        listing = await self.listing(symbol)
        trades = (await self.trades.newest(symbol, TRADES_LARGEST)).trades
        held = aggregate_rows(trades, listing, self.clock_ms())
        if (cut := cut_at(trades)) is not None:
            # By its end alone the newest ones up to then are asked for: one of them at least is to be known.
            newest_until = end if start is None else None
            for name, wanted, known_from in (
                ("fromId", first_id, cut.trade_id + 1),
                ("startTime", start, cut.time + 1),
                ("endTime", newest_until, held[0].time if held else cut.time + 1),
            ):
                if wanted is not None and wanted < known_from:
                    raise errors.not_known_before(name, known_from)
        found = [
            each
            for each in held
            if (first_id is None or each.aggregate_id >= first_id)
            and (start is None or each.time >= start)
            and (end is None or each.time <= end)
        ]
        return found[-limit:] if first_id is None and start is None else found[:limit]

    async def day_ticker(
        self, parameters: Parameters
    ) -> DayTicker | MiniTicker | list[DayTicker | MiniTicker]:
        full = parameters.full_ticker()

        async def ticker(listing: Listing) -> DayTicker | MiniTicker:
            window = await day(self.candles, listing.symbol)
            newest = await self.newest_trade(listing.symbol)
            if not full:
                return tickers.mini_ticker(window, newest, listing)
            return tickers.day_ticker(window, newest, await self.believed_book(listing.symbol), listing)

        return await self.of_pairs(parameters, ticker)

    async def price_ticker(self, parameters: Parameters) -> PriceTicker | list[PriceTicker]:
        async def ticker(listing: Listing) -> PriceTicker:
            latest = await self.candles.latest(listing.symbol)
            return PriceTicker(listing.symbol, padded(latest.close, listing.quote_precision))

        return await self.of_pairs(parameters, ticker)

    async def book_ticker(self, parameters: Parameters) -> BookTicker | list[BookTicker]:
        async def ticker(listing: Listing) -> BookTicker:
            book = await self.believed_book(listing.symbol)
            if book is None:
                raise NoDataError(f"the book of {listing.symbol} may not be believed now")
            return BookTicker(listing.symbol, *tickers.best(book, listing))

        return await self.of_pairs(parameters, ticker)

    async def newest_trade(self, symbol: str) -> Sequence[Trade]:
        """Return the newest trade of a pair, or nothing."""
        return (await self.trades.newest(symbol, 1)).trades

    async def believed_book(self, symbol: str) -> OrderBook | None:
        """Return the best prices of a pair; None where there is no book that may be believed."""
        try:
            book = await self.books.newest(symbol, "spot", 1)
        except NoDataError:
            return None
        return book if book.state == SYNCED else None

    async def of_pairs(
        self, parameters: Parameters, ticker: Callable[[Listing], Awaitable[Ticker]]
    ) -> Ticker | list[Ticker]:
        """Return one ticker for `symbol`, else a list of those of `symbols` or of all for which there is data."""
        listings = await self._chosen(parameters)
        if "symbol" in parameters:
            return await ticker(listings[0])
        found = await asyncio.gather(*map(ticker, listings), return_exceptions=True)
        tickers_found: list[Ticker] = []
        for each in found:
            if isinstance(each, BaseException):
                # One that is listed may not be followed, or not yet.
                if not isinstance(each, NoDataError | UnknownSymbolError):
                    raise each
            else:
                tickers_found.append(each)
        return tickers_found

    async def _chosen(self, parameters: Parameters) -> Sequence[Listing]:
        """Return the listings of `symbol`, of `symbols` or of all pairs, those of `symbolStatus` alone."""
        if "symbol" in parameters and "symbols" in parameters:
            raise errors.bad_combination()
        status = parameters.status()
        if "symbol" in parameters:
            return [await self.listing(parameters.symbol(), status)]
        symbols = parameters.symbols()
        if symbols is None:
            listings = list((await self.listings.all()).values())
        else:
            listings = [await self.listing(symbol) for symbol in symbols]
        return [listing for listing in listings if status in (None, listing.status)]

    async def listing(self, symbol: str, status: str | None = None) -> Listing:
        """Return how the exchange lists a pair; where a status is given, it has to be the pair's."""
        listing = await self.listings.find(symbol)
        if listing is None:
            raise errors.invalid_symbol()
        if status not in (None, listing.status):
            raise errors.status_does_not_match()
        return listing


Ask = Callable[[BinanceService, Parameters], Awaitable[Any]]


async def answer(
    service: BinanceService, ask: Ask, query: Sequence[tuple[str, str]], names: Sequence[str]
) -> bytes:
    """Return the body of the answer to a request.

    Raises:
        RefusedError: Binance's word for why there is none.
    """
    try:
        return msgspec.json.encode(await ask(service, Parameters(query, names)))
    except ApiError as error:
        raise errors.as_refused(error) from error
