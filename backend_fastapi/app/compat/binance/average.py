"""The average price of the last five minutes, which the exchange checks orders against."""

from __future__ import annotations

from app.compat.binance import tickers
from app.compat.binance.day import since
from app.compat.binance.parameters import Parameters
from app.compat.binance.rows import padded
from app.compat.binance.schemas import AveragePrice
from app.compat.binance.service import BinanceService
from candlestack_core.decimals import from_scaled
from candlestack_core.intervals import MINUTE_MS

MINUTES = 5


async def average_price(service: BinanceService, parameters: Parameters) -> AveragePrice:
    """Return the average price by volume; the last price where nothing was traded in those minutes."""
    listing = await service.listing(parameters.symbol())
    window = await since(service.candles, listing.symbol, lambda newest: newest - (MINUTES - 1) * MINUTE_MS)
    newest = await service.newest_trade(listing.symbol)
    last = padded(from_scaled(window.last), listing.quote_precision)
    return AveragePrice(
        mins=MINUTES,
        price=tickers.average_price(window, listing) if window.volume else last,
        close_time=newest[-1].time if newest else window.close_time,
    )
