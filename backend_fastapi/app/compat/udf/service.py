"""UDF's questions, answered from the platform's own services."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from app.candles.service import CandleService
from app.candles.span import Span
from app.compat.udf.schemas import (
    BARS_LARGEST,
    RESOLUTIONS,
    Exchange,
    HistoryQuery,
    SearchQuery,
    SymbolType,
    UdfBars,
    UdfConfig,
    UdfMatch,
    UdfNoData,
    UdfSymbol,
)
from app.problems import UnknownSymbolError
from app.symbols.listings import ListingService
from candlestack_core.intervals import LAST_TIME_MS, Interval
from candlestack_core.messages import Candle, Listing

TYPE = "crypto"
_MINUTES = [name for name, interval in RESOLUTIONS.items() if interval is not Interval.D1]


class UdfService:
    """Answers the UDF routes; the exchange of a pair is the source of its data, so that simulated ones say so."""

    def __init__(self, listings: ListingService, candles: CandleService) -> None:
        self._listings = listings
        self._candles = candles

    async def config(self) -> UdfConfig:
        """Return what is offered.

        Raises:
            ApiError: the pairs are not known, or not yet; so do all methods.
        """
        exchanges = sorted({listing.source for listing in (await self._listings.all()).values()})
        return UdfConfig(
            supported_resolutions=list(RESOLUTIONS),
            supports_search=True,
            supports_group_request=False,
            supports_marks=False,
            supports_timescale_marks=False,
            supports_time=True,
            exchanges=[Exchange(name.upper(), name.title(), name.title()) for name in exchanges],
            symbols_types=[SymbolType("Crypto", TYPE)],
        )

    async def symbol(self, name: str) -> UdfSymbol:
        """Return a pair.

        Raises:
            UnknownSymbolError: there is none of that name.
        """
        listing = await self._listing(name)
        minmov, pricescale = _steps(listing.tick_size)
        exchange = listing.source.upper()
        return UdfSymbol(
            name=listing.symbol,
            ticker=listing.symbol,
            description=_description(listing),
            type=TYPE,
            session="24x7",
            timezone="Etc/UTC",
            exchange=exchange,
            listed_exchange=exchange,
            format="price",
            minmov=minmov,
            pricescale=pricescale,
            has_intraday=True,
            has_daily=True,
            has_weekly_and_monthly=False,
            intraday_multipliers=_MINUTES,
            supported_resolutions=list(RESOLUTIONS),
            volume_precision=len(listing.step_size.partition(".")[2]),
            data_status="streaming",
            currency_code=listing.quote_asset,
        )

    async def search(self, query: SearchQuery) -> list[UdfMatch]:
        """Return the pairs whose names hold a text, those that begin with it first."""
        text = query.query.upper().replace("/", "")
        found = [
            listing
            for listing in (await self._listings.all()).values()
            if text in listing.symbol
            and query.type in ("", TYPE)
            and query.exchange.upper() in ("", listing.source.upper())
        ]
        found.sort(key=lambda listing: (not listing.symbol.startswith(text), listing.symbol))
        return [_match(listing) for listing in found[: query.limit]]

    async def history(self, query: HistoryQuery) -> UdfBars | UdfNoData:
        """Return bars, the forming one too, at most the 5,000 last ones of the range.

        Raises:
            UnknownSymbolError: there is no such pair.
        """
        symbol = (await self._listing(query.symbol)).symbol
        end = min(query.end * 1000, LAST_TIME_MS) - 1
        start = min(max(query.start * 1000, 0), LAST_TIME_MS)
        if end < 0:
            return UdfNoData(s="no_data")
        limit = BARS_LARGEST if query.countback is None else min(query.countback, BARS_LARGEST)
        found = await self._candles.candles(symbol, query.interval, Span(None, end, limit))
        bars = found if query.countback is not None else [bar for bar in found if bar.open_time >= start]
        if bars:
            return _columns(bars)
        return UdfNoData(s="no_data", next_time=found[-1].open_time // 1000 if found else None)

    async def _listing(self, name: str) -> Listing:
        symbol = name.rpartition(":")[2].upper()
        listing = await self._listings.find(symbol)
        if listing is None:
            raise UnknownSymbolError(symbol, list(await self._listings.all()))
        return listing


def _columns(bars: Sequence[Candle]) -> UdfBars:
    return UdfBars(
        t=[bar.open_time // 1000 for bar in bars],
        o=[_number(bar.open) for bar in bars],
        h=[_number(bar.high) for bar in bars],
        l=[_number(bar.low) for bar in bars],
        c=[_number(bar.close) for bar in bars],
        v=[_number(bar.volume) for bar in bars],
    )


def _number(amount: str) -> msgspec.Raw:
    """Return a canonical decimal as the JSON number that it also is."""
    return msgspec.Raw(amount.encode())


def _steps(tick_size: str) -> tuple[int, int]:
    """Return a tick size as a fraction: 0.05 is 5 / 100."""
    scale: int = 10 ** len(tick_size.partition(".")[2])
    return int(Decimal(tick_size) * scale), scale


def _description(listing: Listing) -> str:
    return f"{listing.base_asset} / {listing.quote_asset}"


def _match(listing: Listing) -> UdfMatch:
    exchange = listing.source.upper()
    return UdfMatch(
        symbol=listing.symbol,
        full_name=f"{exchange}:{listing.symbol}",
        description=_description(listing),
        exchange=exchange,
        ticker=listing.symbol,
        type=TYPE,
    )
