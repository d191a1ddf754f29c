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

from app import examples, problems
from app.book.schemas import OrderBook
from app.candles.schemas import Ohlc
from app.compat.binance import schemas as binance
from app.compat.binance.errors import BinanceError
from app.compat.udf import schemas as udf
from app.completeness.schemas import Completeness
from app.health.schemas import Liveness, Readiness
from app.jobs.schemas import JobRuns
from app.problems import Problem
from app.ranking.schemas import RankingList
from app.status.schemas import Status
from app.symbols.schemas import Symbols
from app.trades.schemas import TradeList
from candlestack_core.messages import Candle

TITLE = "Candlestack API"
VERSION = "1.0.0"
_SUMMARY = "Candles, trades, order books and rankings of crypto pairs: what is stored, and what happens now."
_DESCRIPTION = (
    "Times are epoch milliseconds, UTC; prices and amounts are decimal strings. Errors are problem documents"
    " (RFC 9457). A key, where one is needed, goes into the header `X-API-Key`. What happens now comes by"
    " WebSocket: `/ws` for many pairs and channels, described by `session.schema.json`, and `/ws/kline?symbol=`,"
    " `/ws/trades?symbol=` and `/ws/orderbook?symbol=&market=` for one, described by `socket.schema.json`;"
    " `asyncapi.json` and `docs/sockets.md` have both."
)
_JSON = "application/json"
_ANSWERS = (
    BinanceError,
    Candle,
    Completeness,
    JobRuns,
    Liveness,
    Ohlc,
    OrderBook,
    Problem,
    RankingList,
    Readiness,
    Status,
    Symbols,
    TradeList,
    binance.AggregateTrade,
    binance.AveragePrice,
    binance.BookTicker,
    binance.DayTicker,
    binance.Depth,
    binance.ExchangeInfo,
    binance.MiniTicker,
    binance.Nothing,
    binance.PriceTicker,
    binance.ServerTime,
    binance.TradeRow,
    binance.WindowTicker,
    udf.UdfBars,
    udf.UdfConfig,
    udf.UdfError,
    udf.UdfMatch,
    udf.UdfNoData,
    udf.UdfSymbol,
)
_UNAUTHORIZED = str(HTTPStatus.UNAUTHORIZED.value)
_NOT_MODIFIED = str(HTTPStatus.NOT_MODIFIED.value)
_ASK_AGAIN = {str(status.value) for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)}
_HEADERS = {
    "ETag": "Of this answer: in `If-None-Match` it spares the same one",
    "Link": "The page that follows, with `rel`, where there is one (RFC 8288)",
    "Retry-After": "Seconds after which to ask again",
}
REF = "#/components/schemas/{name}"

Responses = dict[int | str, dict[str, Any]]


def json_response(answer: msgspec.Struct, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer, encoded."""
    return Response(msgspec.json.encode(answer), status, media_type=_JSON)


_OF_THE_GATE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)


def responses(answer: type[msgspec.Struct], *problem_statuses: HTTPStatus) -> Responses:
    """Describe what a route answers: its type with 200, problem documents with the other statuses.

    A route that may refuse at all is also behind the gate, which asks for keys and counts requests.
    """
    described: Responses = {200: _described("The answer", _JSON, answer)}
    for status in (*problem_statuses, *(_OF_THE_GATE if problem_statuses else ())):
        described[status.value] = _described(status.phrase, problems.MEDIA_TYPE, Problem)
    return described


def _described(description: str, media_type: str, answer: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": REF.format(name=answer.__name__)}
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
            schemas.update(schemas_of(_ANSWERS, REF))
            document["components"]["schemas"] = dict(sorted(schemas.items()))
            _add_examples(document)
            _add_headers_and_keys(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _add_examples(document: dict[str, Any]) -> None:
    """Give each answer its example. Given to FastAPI they would lose what is null in them."""
    by_ref = {REF.format(name=answer.__name__): example for answer, example in examples.BY_TYPE.items()}
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                for media_type, content in answer.get("content", {}).items():
                    if media_type == problems.MEDIA_TYPE:
                        content["example"] = examples.PROBLEMS[int(status)]
                    elif (ref := content["schema"].get("$ref")) in by_ref:
                        content["example"] = by_ref[ref]


def _add_headers_and_keys(document: dict[str, Any]) -> None:
    """Say what else goes over the wire: the key of a request, and the headers of an answer that a client acts on."""
    document["components"]["securitySchemes"] = {
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "Where the platform has keys (`API_KEYS`); else everybody is served",
        }
    }
    for item in document["paths"].values():
        for operation in item.values():
            answers = operation["responses"]
            if _UNAUTHORIZED in answers:
                operation["security"] = [{}, {"apiKey": []}]
            for status in answers.keys() & _ASK_AGAIN:
                answers[status]["headers"] = _headers("Retry-After")
            if _NOT_MODIFIED in answers:
                answers["200"]["headers"] = _headers("ETag", "Link")


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in names}


def schemas_of(types: tuple[type[msgspec.Struct], ...], ref_template: str) -> dict[str, Any]:
    """Return the JSON Schemas of some types and of all they are made of, by name."""
    _, schemas = msgspec.json.schema_components(types, ref_template=ref_template)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    return dict(sorted(schemas.items()))
