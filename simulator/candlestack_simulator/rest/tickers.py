"""The tickers of a pair: statistics of the last 24 hours, last price, best bid and ask."""

from __future__ import annotations

from candlestack_simulator.source import E8, Candle, Source
from candlestack_simulator.wire import Json, decimal8

DAY_MINUTES = 1440
MINUTE_MS = 60_000
HOUR_MS = 3_600_000


def day_ticker(source: Source, symbol: str, *, full: bool) -> Json:
    """Return the ticker of the last 24 hours.

    The window is made of whole minutes and the forming one: it opens 1,439 minutes before the minute that
    forms now, and closes now. A pair that has not traded yet has zeros and the ids -1.
    """
    now = source.now_ms()
    open_time = now // MINUTE_MS * MINUTE_MS - (DAY_MINUTES - 1) * MINUTE_MS
    before = source.candles(symbol, "1m", open_time - MINUTE_MS, open_time - 1, 1)
    summary = _summary(_window(source, symbol, open_time, now))
    change = summary["last"] - summary["open"]
    statistics = {
        "openPrice": decimal8(summary["open"]),
        "highPrice": decimal8(summary["high"]),
        "lowPrice": decimal8(summary["low"]),
        "lastPrice": decimal8(summary["last"]),
        "volume": decimal8(summary["volume"]),
        "quoteVolume": decimal8(summary["quote_volume"]),
        "openTime": open_time,
        "closeTime": now,
        "firstId": summary["first_id"],
        "lastId": summary["last_id"],
        "count": summary["count"],
    }
    if not full:
        return {"symbol": symbol, **statistics}
    last = source.last_trades(symbol, 1)
    return {
        "symbol": symbol,
        "priceChange": decimal8(change),
        "priceChangePercent": _percent(change, summary["open"]),
        "weightedAvgPrice": decimal8(_divide(summary["quote_volume"] * E8, summary["volume"])),
        "prevClosePrice": decimal8(before[-1].close_e8 if before else summary["open"]),
        "lastQty": decimal8(last[-1].quantity_e8 if last else 0),
        **_best(source, symbol),
        **statistics,
    }


def price_ticker(source: Source, symbol: str) -> Json:
    """Return the last price; zero for a pair that has not traded yet."""
    last = source.last_trades(symbol, 1)
    return {"symbol": symbol, "price": decimal8(last[-1].price_e8 if last else 0)}


def book_ticker(source: Source, symbol: str) -> Json:
    """Return the best bid and ask; zeros for an empty side."""
    return {"symbol": symbol, **_best(source, symbol)}


def _window(source: Source, symbol: str, open_time: int, now: int) -> list[Candle]:
    """Return candles that together cover the window: minutes up to a full hour, hours, and minutes again."""
    first_hour = -(-open_time // HOUR_MS) * HOUR_MS
    last_hour = now // HOUR_MS * HOUR_MS
    parts = (("1m", open_time, first_hour), ("1h", first_hour, last_hour), ("1m", last_hour, now + 1))
    return [
        candle
        for interval, start, end in parts
        if start < end
        for candle in source.candles(symbol, interval, start, end - 1, DAY_MINUTES)
    ]


def _summary(window: list[Candle]) -> dict[str, int]:
    traded = [candle for candle in window if candle.trades]
    shape = traded or window
    return {
        "open": shape[0].open_e8 if shape else 0,
        "high": max((candle.high_e8 for candle in shape), default=0),
        "low": min((candle.low_e8 for candle in shape), default=0),
        "last": shape[-1].close_e8 if shape else 0,
        "volume": sum(candle.volume_e8 for candle in traded),
        "quote_volume": sum(candle.quote_volume_e8 for candle in traded),
        "first_id": traded[0].first_trade_id if traded else -1,
        "last_id": traded[-1].last_trade_id if traded else -1,
        "count": sum(candle.trades for candle in traded),
    }


def _best(source: Source, symbol: str) -> Json:
    book = source.depth(symbol, 1)
    bid, bid_quantity = book.bids[0] if book.bids else (0, 0)
    ask, ask_quantity = book.asks[0] if book.asks else (0, 0)
    return {
        "bidPrice": decimal8(bid),
        "bidQty": decimal8(bid_quantity),
        "askPrice": decimal8(ask),
        "askQty": decimal8(ask_quantity),
    }


def _divide(dividend: int, divisor: int) -> int:
    """Divide, rounding half up; zero where there is nothing to divide by."""
    return (2 * dividend + divisor) // (2 * divisor) if divisor else 0


def _percent(change: int, base: int) -> str:
    """Return `change` in percent of `base` with three decimals."""
    thousandths = _divide(abs(change) * 100_000, base)
    return f"{'-' if change < 0 and thousandths else ''}{thousandths // 1000}.{thousandths % 1000:03d}"
