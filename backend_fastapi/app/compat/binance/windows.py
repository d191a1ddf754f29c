"""The tickers of a window that is asked for: the last minutes, hours or days, and the day since midnight UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from app.compat.binance import errors, tickers
from app.compat.binance.day import Day, since
from app.compat.binance.parameters import Parameters
from app.compat.binance.schemas import MiniTicker, WindowTicker
from app.compat.binance.service import BinanceService
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Listing

WINDOW = "^([1-9]|[1-5][0-9])m$|^([1-9]|1[0-9]|2[0-3])h$|^[1-7]d$"
"""What `windowSize` may be."""
_WINDOW = re.compile(WINDOW)
_MINUTES = {"m": 1, "h": 60, "d": 1440}

Answer = WindowTicker | MiniTicker | list[WindowTicker | MiniTicker]


async def rolling_ticker(service: BinanceService, parameters: Parameters) -> Answer:
    """Return what happened since a minute that lies a window before the newest one.

    As on the exchange the newest minute is not whole, and comes on top.
    """
    text = parameters.text("windowSize", default="1d")
    if not _WINDOW.fullmatch(text):
        raise errors.illegal_characters("windowSize", WINDOW)
    length = int(text[:-1]) * _MINUTES[text[-1]] * MINUTE_MS
    return await _tickers(service, parameters, lambda newest: newest - length)


async def trading_day_ticker(service: BinanceService, parameters: Parameters) -> Answer:
    """Return what happened since midnight UTC; it closes when the day does."""
    parameters.utc_only()

    def to_its_end(window: Day) -> Day:
        return replace(window, close_time=Interval.D1.close_time(window.open_time))

    return await _tickers(service, parameters, Interval.D1.open_time, to_its_end)


async def _tickers(
    service: BinanceService,
    parameters: Parameters,
    begin: Callable[[int], int],
    changed: Callable[[Day], Day] = lambda window: window,
) -> Answer:
    full = parameters.full_ticker()
    if "symbol" not in parameters and "symbols" not in parameters:
        raise errors.mandatory_one_of("symbol", "symbols")

    async def ticker(listing: Listing) -> WindowTicker | MiniTicker:
        window = changed(await since(service.candles, listing.symbol, begin))
        newest = await service.newest_trade(listing.symbol)
        made = tickers.window_ticker if full else tickers.mini_ticker
        return made(window, newest, listing)

    return await service.of_pairs(parameters, ticker)
