"""The endpoints of `/api/v3`: what each is asked with, who answers it, and the schema of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from app.compat.binance import schemas
from app.compat.binance.average import average_price
from app.compat.binance.history import historical_trades
from app.compat.binance.parameters import STATUSES
from app.compat.binance.service import (
    DEPTH_LARGEST,
    KLINES_LARGEST,
    TRADES_LARGEST,
    Ask,
    BinanceService,
)
from app.compat.binance.windows import WINDOW, rolling_ticker, trading_day_ticker
from app.openapi import REF
from candlestack_core.intervals import Interval

_Schema = dict[str, Any]

_SYMBOL: _Schema = {"type": "string", "pattern": r"^[A-Z0-9]{2,40}$"}
_TIME: _Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": 2**53 - 1,
    "description": "Epoch ms, inclusive; microseconds are understood",
}
_SYMBOLS: _Schema = {
    "type": "string",
    "description": 'A JSON list, as `["BTCUSDT","ETHUSDT"]`; not with `symbol`',
}
EXAMPLES: dict[str, Any] = {"symbol": "BTCUSDT", "symbols": '["BTCUSDT","ETHUSDT"]', "interval": "1m"}


def _limit(default: int, largest: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": largest, "default": default}


_STATUS: _Schema = {"type": "string", "enum": list(STATUSES)}
_SYMBOL_OR_SYMBOLS: dict[str, _Schema] = {"symbol": _SYMBOL, "symbols": _SYMBOLS, "symbolStatus": _STATUS}
_TICKER_TYPE: _Schema = {"type": "string", "enum": ["FULL", "MINI"], "default": "FULL"}
_TIME_ZONE: _Schema = {"type": "string", "enum": ["0"], "description": "Days begin at midnight UTC"}
_FROM_ID: _Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
_KLINES: dict[str, _Schema] = {
    "symbol": _SYMBOL,
    "interval": {"type": "string", "enum": [interval.value for interval in Interval]},
    "startTime": _TIME,
    "endTime": _TIME,
    "timeZone": _TIME_ZONE,
    "limit": _limit(500, KLINES_LARGEST),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: its parameters with their schemas, those that must be sent, and the schema of its answer."""

    path: str
    operation: str
    summary: str
    ask: Ask
    parameters: dict[str, _Schema]
    required: tuple[str, ...]
    answer: _Schema


def one(answer: type[msgspec.Struct]) -> dict[str, Any]:
    return {"$ref": REF.format(name=answer.__name__)}


def _many(answer: type[msgspec.Struct]) -> dict[str, Any]:
    return {"type": "array", "items": one(answer)}


def _one_or_many(*answers: type[msgspec.Struct]) -> dict[str, Any]:
    return {"anyOf": [schema(answer) for answer in answers for schema in (one, _many)]}


_KLINE_ROWS = {
    "type": "array",
    "items": {
        "type": "array",
        "prefixItems": [
            {"type": "integer" if place in (0, 6, 8) else "string"}
            for place in range(len(schemas.KlineRow.__args__))  # type: ignore[attr-defined]
        ],
        "items": False,
    },
}

ENDPOINTS = (
    Endpoint("ping", "binancePing", "Nothing, at once", BinanceService.ping, {}, (), one(schemas.Nothing)),
    Endpoint("time", "binanceTime", "The time here", BinanceService.time, {}, (), one(schemas.ServerTime)),
    Endpoint(
        "exchangeInfo",
        "binanceExchangeInfo",
        "The pairs with the exchange's own filters",
        BinanceService.exchange_info,
        {
            **_SYMBOL_OR_SYMBOLS,
            "permissions": {
                "type": "string",
                "description": 'One, or a JSON list, as `["SPOT","MARGIN"]`: pairs that allow one of them',
            },
            "showPermissionSets": {"type": "boolean", "default": True},
        },
        (),
        one(schemas.ExchangeInfo),
    ),
    Endpoint(
        "klines",
        "binanceKlines",
        "Candles",
        BinanceService.klines,
        _KLINES,
        ("symbol", "interval"),
        _KLINE_ROWS,
    ),
    Endpoint(
        "uiKlines",
        "binanceUiKlines",
        "Candles, for charts; here the same",
        BinanceService.klines,
        _KLINES,
        ("symbol", "interval"),
        _KLINE_ROWS,
    ),
    Endpoint(
        "depth",
        "binanceDepth",
        "A book that may be believed",
        BinanceService.depth,
        {"symbol": _SYMBOL, "limit": _limit(100, DEPTH_LARGEST), "symbolStatus": _STATUS},
        ("symbol",),
        one(schemas.Depth),
    ),
    Endpoint(
        "trades",
        "binanceTrades",
        "The newest trades",
        BinanceService.recent_trades,
        {"symbol": _SYMBOL, "limit": _limit(500, TRADES_LARGEST)},
        ("symbol",),
        _many(schemas.TradeRow),
    ),
    Endpoint(
        "historicalTrades",
        "binanceHistoricalTrades",
        "Trades from an id on, as far back as they are held",
        historical_trades,
        {"symbol": _SYMBOL, "fromId": _FROM_ID, "limit": _limit(500, TRADES_LARGEST)},
        ("symbol",),
        _many(schemas.TradeRow),
    ),
    Endpoint(
        "aggTrades",
        "binanceAggTrades",
        "The newest trades, aggregated",
        BinanceService.aggregate_trades,
        {
            "symbol": _SYMBOL,
            "fromId": _FROM_ID,
            "startTime": _TIME,
            "endTime": _TIME,
            "limit": _limit(500, TRADES_LARGEST),
        },
        ("symbol",),
        _many(schemas.AggregateTrade),
    ),
    Endpoint(
        "avgPrice",
        "binanceAveragePrice",
        "The average price of the last five minutes",
        average_price,
        {"symbol": _SYMBOL},
        ("symbol",),
        one(schemas.AveragePrice),
    ),
    Endpoint(
        "ticker",
        "binanceRollingTicker",
        "What the last minutes, hours or days brought, with `symbol` or `symbols`",
        rolling_ticker,
        {
            **_SYMBOL_OR_SYMBOLS,
            "windowSize": {"type": "string", "pattern": WINDOW, "default": "1d"},
            "type": _TICKER_TYPE,
        },
        (),
        _one_or_many(schemas.WindowTicker, schemas.MiniTicker),
    ),
    Endpoint(
        "ticker/tradingDay",
        "binanceTradingDayTicker",
        "What the day brought since midnight UTC, with `symbol` or `symbols`",
        trading_day_ticker,
        {**_SYMBOL_OR_SYMBOLS, "timeZone": _TIME_ZONE, "type": _TICKER_TYPE},
        (),
        _one_or_many(schemas.WindowTicker, schemas.MiniTicker),
    ),
    Endpoint(
        "ticker/24hr",
        "binanceDayTicker",
        "What the last 1,440 minutes brought",
        BinanceService.day_ticker,
        {**_SYMBOL_OR_SYMBOLS, "type": _TICKER_TYPE},
        (),
        _one_or_many(schemas.DayTicker, schemas.MiniTicker),
    ),
    Endpoint(
        "ticker/price",
        "binancePriceTicker",
        "The last price",
        BinanceService.price_ticker,
        _SYMBOL_OR_SYMBOLS,
        (),
        _one_or_many(schemas.PriceTicker),
    ),
    Endpoint(
        "ticker/bookTicker",
        "binanceBookTicker",
        "The best bid and ask",
        BinanceService.book_ticker,
        _SYMBOL_OR_SYMBOLS,
        (),
        _one_or_many(schemas.BookTicker),
    ),
)
