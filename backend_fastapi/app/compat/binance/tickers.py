"""The tickers of a pair: what the last 1,440 minutes brought, and the best prices now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.book.schemas import OrderBook
from app.candles.service import CandleService
from app.candles.span import Span
from app.compat.binance.rows import padded
from app.compat.binance.schemas import DayTicker, MiniTicker
from candlestack_core.decimals import from_scaled, scaled
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle, Level, Listing, Trade

DAY_MINUTES = 1440
_UNITS = 10**8


@dataclass(frozen=True, slots=True)
class Day:
    """The 1,440 minutes up to the newest one, which may be forming; amounts in units of 10^-8, times in ms."""

    open_time: int
    close_time: int
    open: int
    high: int
    low: int
    last: int
    volume: int
    quote_volume: int
    count: int
    close_before: int
    """Of the minute before the first; the first one's open where there is none."""


async def day(candles: CandleService, symbol: str) -> Day:
    """Return what the last day of a pair's data brought: minutes up to a full hour, hours, and minutes again.

    Raises:
        ApiError: as `CandleService.latest` does.
    """
    newest = await candles.latest(symbol)
    open_time = newest.open_time - (DAY_MINUTES - 1) * MINUTE_MS
    first_hour = Interval.H1.open_time(open_time + Interval.H1.ms - 1)
    last_hour = Interval.H1.open_time(newest.open_time)
    before: Candle | None = None
    window: list[Candle] = []
    for interval, start, end in (
        (Interval.M1, open_time - MINUTE_MS, first_hour),
        (Interval.H1, first_hour, last_hour),
        (Interval.M1, last_hour, newest.open_time + MINUTE_MS),
    ):
        found = await candles.candles(symbol, interval, Span(start, end - 1, DAY_MINUTES))
        window += [candle for candle in found if candle.open_time >= open_time]
        before = before or next((candle for candle in found if candle.open_time < open_time), None)
    return _day(window or [newest], open_time, before)


def _day(window: Sequence[Candle], open_time: int, before: Candle | None) -> Day:
    priced = [candle for candle in window if candle.trades] or window
    return Day(
        open_time=open_time,
        close_time=max(candle.version for candle in window),
        open=scaled(priced[0].open),
        high=max(scaled(candle.high) for candle in priced),
        low=min(scaled(candle.low) for candle in priced),
        last=scaled(priced[-1].close),
        volume=sum(scaled(candle.volume) for candle in window),
        quote_volume=sum(scaled(candle.quote_volume) for candle in window),
        count=sum(candle.trades for candle in window),
        close_before=scaled(priced[0].open if before is None else before.close),
    )


def mini_ticker(window: Day, newest: Sequence[Trade], listing: Listing) -> MiniTicker:
    """Return the ticker without what changed; `newest` holds the newest trade, or nothing."""
    base, quote = listing.base_precision, listing.quote_precision
    return MiniTicker(
        symbol=listing.symbol,
        open_price=_padded(window.open, quote),
        high_price=_padded(window.high, quote),
        low_price=_padded(window.low, quote),
        last_price=_padded(window.last, quote),
        volume=_padded(window.volume, base),
        quote_volume=_padded(window.quote_volume, quote),
        open_time=window.open_time,
        close_time=window.close_time,
        first_id=-1,
        last_id=newest[-1].trade_id if newest else -1,
        count=window.count,
    )


def day_ticker(window: Day, newest: Sequence[Trade], book: OrderBook | None, listing: Listing) -> DayTicker:
    """Return the full ticker; `book` is None where it may not be believed."""
    base, quote = listing.base_precision, listing.quote_precision
    mini = mini_ticker(window, newest, listing)
    bid_price, bid_quantity, ask_price, ask_quantity = best(book, listing)
    change = window.last - window.open
    sign = "-" if change < 0 else ""
    return DayTicker(
        **{name: getattr(mini, name) for name in MiniTicker.__struct_fields__},
        price_change=sign + _padded(abs(change), quote),
        price_change_percent=_percent(change, window.open),
        weighted_avg_price=_padded(_divide(window.quote_volume * _UNITS, window.volume), quote),
        prev_close_price=_padded(window.close_before, quote),
        last_qty=padded(newest[-1].quantity if newest else "0", base),
        bid_price=bid_price,
        bid_qty=bid_quantity,
        ask_price=ask_price,
        ask_qty=ask_quantity,
    )


def best(book: OrderBook | None, listing: Listing) -> tuple[str, str, str, str]:
    """Return best bid and ask with their quantities; zeros for a side where there is none."""
    bids, asks = ([], []) if book is None else (book.bids, book.asks)
    return (*_first(bids, listing), *_first(asks, listing))


def _first(levels: Sequence[Level], listing: Listing) -> tuple[str, str]:
    price, quantity = levels[0] if levels else ("0", "0")
    return padded(price, listing.quote_precision), padded(quantity, listing.base_precision)


def _padded(units: int, decimals: int) -> str:
    return padded(from_scaled(units), decimals)


def _divide(dividend: int, divisor: int) -> int:
    """Divide, rounding half up; zero where there is nothing to divide by."""
    return (2 * dividend + divisor) // (2 * divisor) if divisor else 0


def _percent(change: int, base: int) -> str:
    """Return `change` in percent of `base` with three decimals."""
    thousandths = _divide(abs(change) * 100_000, base)
    sign = "-" if change < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"
