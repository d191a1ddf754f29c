"""The tickers of a pair: what the last minutes brought, and the best prices now."""

from __future__ import annotations

from collections.abc import Sequence

from app.book.schemas import OrderBook
from app.compat.binance.day import Day
from app.compat.binance.rows import padded
from app.compat.binance.schemas import DayTicker, MiniTicker, WindowTicker
from candlestack_core.decimals import from_scaled
from candlestack_core.messages import Book, Level, Listing, Trade

_UNITS = 10**8


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


def window_ticker(window: Day, newest: Sequence[Trade], listing: Listing) -> WindowTicker:
    """Return the ticker with what changed."""
    mini = mini_ticker(window, newest, listing)
    change = window.last - window.open
    sign = "-" if change < 0 else ""
    return WindowTicker(
        **{name: getattr(mini, name) for name in MiniTicker.__struct_fields__},
        price_change=sign + _padded(abs(change), listing.quote_precision),
        price_change_percent=_percent(change, window.open),
        weighted_avg_price=average_price(window, listing),
    )


def average_price(window: Day, listing: Listing) -> str:
    """Return the average price by volume; zero where nothing was traded."""
    average = _divide(window.quote_volume * _UNITS, window.volume)
    return _padded(average, listing.quote_precision)


def day_ticker(
    window: Day, newest: Sequence[Trade], book: Book | OrderBook | None, listing: Listing
) -> DayTicker:
    """Return the full ticker of a day; `book` is None where it may not be believed."""
    base, quote = listing.base_precision, listing.quote_precision
    changed = window_ticker(window, newest, listing)
    bid_price, bid_quantity, ask_price, ask_quantity = best(book, listing)
    return DayTicker(
        **{name: getattr(changed, name) for name in WindowTicker.__struct_fields__},
        prev_close_price=_padded(window.close_before, quote),
        last_qty=padded(newest[-1].quantity if newest else "0", base),
        bid_price=bid_price,
        bid_qty=bid_quantity,
        ask_price=ask_price,
        ask_qty=ask_quantity,
    )


def best(book: Book | OrderBook | None, listing: Listing) -> tuple[str, str, str, str]:
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
