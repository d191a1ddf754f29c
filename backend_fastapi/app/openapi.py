"""The contract of the REST side: answers are msgspec types, whose schemas are put into OpenAPI here.

The answers are encoded by msgspec and never pass through Pydantic, so FastAPI does not know them by itself.
"""

from __future__ import annotations

import inspect
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from app import problems
from app.book.schemas import OrderBook
from app.candles.schemas import Ohlc
from app.completeness.schemas import Completeness
from app.health.schemas import Liveness, Readiness
from app.problems import Problem
from app.ranking.schemas import RankingList
from app.symbols.schemas import Symbols
from app.trades.schemas import TradeList
from candlestack_core.messages import Candle

TITLE = "Candlestack API"
VERSION = "1.0.0"
_SUMMARY = "Candles, trades, order books and rankings of crypto pairs: what is stored, and what happens now."
_DESCRIPTION = (
    "Times are epoch milliseconds, UTC; prices and amounts are decimal strings. Errors are problem documents"
    " (RFC 9457). What happens now comes by WebSocket: `/ws/kline?symbol=`, `/ws/trades?symbol=` and"
    " `/ws/orderbook?symbol=&market=`; their messages are described by `socket.schema.json`."
)
_JSON = "application/json"
_ANSWERS = (
    Candle,
    Completeness,
    Liveness,
    Ohlc,
    OrderBook,
    Problem,
    RankingList,
    Readiness,
    Symbols,
    TradeList,
)
_REF = "#/components/schemas/{name}"

Responses = dict[int | str, dict[str, Any]]


def json_response(answer: msgspec.Struct, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer, encoded."""
    return Response(msgspec.json.encode(answer), status, media_type=_JSON)


def responses(answer: type[msgspec.Struct], *problem_statuses: HTTPStatus) -> Responses:
    """Describe what a route answers: its type with 200, problem documents with the other statuses."""
    described: Responses = {200: _described("The answer", _JSON, answer)}
    for status in problem_statuses:
        described[status.value] = _described(status.phrase, problems.MEDIA_TYPE, Problem)
    return described


def _described(description: str, media_type: str, answer: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=answer.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def install(app: FastAPI) -> None:
    """Make an application describe itself with the schemas of its answers."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=TITLE,
                version=VERSION,
                summary=_SUMMARY,
                description=_DESCRIPTION,
                routes=app.routes,
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(schemas_of(_ANSWERS, _REF))
            document["components"]["schemas"] = dict(sorted(schemas.items()))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def schemas_of(types: tuple[type[msgspec.Struct], ...], ref_template: str) -> dict[str, Any]:
    """Return the JSON Schemas of some types and of all they are made of, by name."""
    _, schemas = msgspec.json.schema_components(types, ref_template=ref_template)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    return dict(sorted(schemas.items()))
