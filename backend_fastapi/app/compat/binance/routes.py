"""Binance's spot market data under `/api/v3`: a client of Binance needs no more than this address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from app.compat.binance import schemas
from app.compat.binance.errors import JSON, BinanceError, RefusedError, respond
from app.compat.binance.service import (
    DEPTH_LARGEST,
    KLINES_LARGEST,
    TRADES_LARGEST,
    Ask,
    BinanceService,
    answer,
)
from app.openapi import REF
from app.services import services_of
from candlestack_core.intervals import Interval

PREFIX = "/api/v3"

_Schema = dict[str, Any]

_SYMBOL: _Schema = {"type": "string", "pattern": r"^[A-Z0-9]{2,40}$"}
_TIME: _Schema = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "description": "Epoch ms, inclusive"}
_SYMBOLS: _Schema = {
    "type": "string",
    "description": 'A JSON list, as `["BTCUSDT","ETHUSDT"]`; not with `symbol`',
}
_EXAMPLES: dict[str, Any] = {"symbol": "BTCUSDT", "symbols": '["BTCUSDT","ETHUSDT"]', "interval": "1m"}


def _limit(default: int, largest: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": largest, "default": default}


_SYMBOL_OR_SYMBOLS: dict[str, _Schema] = {"symbol": _SYMBOL, "symbols": _SYMBOLS}
_KLINES: dict[str, _Schema] = {
    "symbol": _SYMBOL,
    "interval": {"type": "string", "enum": [interval.value for interval in Interval]},
    "startTime": _TIME,
    "endTime": _TIME,
    "timeZone": {"type": "string", "enum": ["0"], "description": "Days begin at midnight UTC"},
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


def _one(answer: type[msgspec.Struct]) -> dict[str, Any]:
    return {"$ref": REF.format(name=answer.__name__)}


def _many(answer: type[msgspec.Struct]) -> dict[str, Any]:
    return {"type": "array", "items": _one(answer)}


def _one_or_many(*answers: type[msgspec.Struct]) -> dict[str, Any]:
    return {"anyOf": [schema(answer) for answer in answers for schema in (_one, _many)]}


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
    Endpoint("ping", "binancePing", "Nothing, at once", BinanceService.ping, {}, (), _one(schemas.Nothing)),
    Endpoint("time", "binanceTime", "The time here", BinanceService.time, {}, (), _one(schemas.ServerTime)),
    Endpoint(
        "exchangeInfo",
        "binanceExchangeInfo",
        "The pairs with the exchange's own filters",
        BinanceService.exchange_info,
        {
            **_SYMBOL_OR_SYMBOLS,
            "permissions": {
                "type": "string",
                "description": "Looked at by nobody: every pair here is of spot",
            },
            "showPermissionSets": {"type": "boolean", "description": "Looked at by nobody"},
        },
        (),
        _one(schemas.ExchangeInfo),
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
        {"symbol": _SYMBOL, "limit": _limit(100, DEPTH_LARGEST)},
        ("symbol",),
        _one(schemas.Depth),
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
        "aggTrades",
        "binanceAggTrades",
        "The newest trades, aggregated",
        BinanceService.aggregate_trades,
        {
            "symbol": _SYMBOL,
            "fromId": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
            "startTime": _TIME,
            "endTime": _TIME,
            "limit": _limit(500, TRADES_LARGEST),
        },
        ("symbol",),
        _many(schemas.AggregateTrade),
    ),
    Endpoint(
        "ticker/24hr",
        "binanceDayTicker",
        "What the last 1,440 minutes brought",
        BinanceService.day_ticker,
        {**_SYMBOL_OR_SYMBOLS, "type": {"type": "string", "enum": ["FULL", "MINI"], "default": "FULL"}},
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
_ERRORS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def _described(endpoint: Endpoint) -> dict[str, Any]:
    """Return what OpenAPI says of an endpoint."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in endpoint.required,
                "schema": schema,
                **({"example": _EXAMPLES[name]} if name in _EXAMPLES and "symbol" not in name else {}),
                **({"example": _EXAMPLES[name]} if name == "symbol" and name in endpoint.required else {}),
            }
            for name, schema in endpoint.parameters.items()
        ]
    }


def _responses(endpoint: Endpoint) -> dict[int | str, dict[str, Any]]:
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer", "content": {JSON: {"schema": endpoint.answer}}}
    }
    for status in _ERRORS:
        answers[status.value] = {
            "description": status.phrase,
            "content": {JSON: {"schema": _one(BinanceError)}},
        }
    return answers


def _serve(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    names = tuple(endpoint.parameters)

    async def serve(request: Request) -> Response:
        try:
            service = services_of(request).binance
            return Response(
                await answer(service, endpoint.ask, request.query_params.multi_items(), names),
                media_type=JSON,
            )
        except RefusedError as error:
            return respond(error)

    return serve


router = APIRouter(prefix=PREFIX, tags=["Binance's spot market data"])
for each in ENDPOINTS:
    router.add_api_route(
        f"/{each.path}",
        _serve(each),
        operation_id=each.operation,
        summary=each.summary,
        responses=_responses(each),
        openapi_extra=_described(each),
        response_class=Response,
    )
