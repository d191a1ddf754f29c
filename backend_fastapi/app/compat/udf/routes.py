"""The UDF routes; what goes wrong is said as the charting library reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from app.compat.udf.schemas import (
    HistoryQuery,
    SearchQuery,
    SymbolQuery,
    UdfBars,
    UdfConfig,
    UdfError,
    UdfMatch,
    UdfNoData,
    UdfSymbol,
)
from app.openapi import REF, Responses
from app.problems import RETRY_AFTER_S, ApiError, UnknownSymbolError
from app.routing import QueryRoute
from app.services import Udf

JSON = "application/json"
UNKNOWN_SYMBOL = "unknown_symbol"


class _UdfRoute(QueryRoute):
    """A route whose errors are `{"s": "error", "errmsg": ...}`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_udf(request: Request) -> Response:
            try:
                return await handle(request)
            except ApiError as error:
                return refuse(error)

        return handle_udf


def refuse(error: ApiError) -> Response:
    """Return the answer that says an error of the platform."""
    unknown = isinstance(error, UnknownSymbolError)
    return _error(UNKNOWN_SYMBOL if unknown else error.detail, error.status)


def _error(message: str, status: HTTPStatus) -> Response:
    response = Response(msgspec.json.encode(UdfError(s="error", errmsg=message)), status, media_type=JSON)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _ref(answer: type[msgspec.Struct]) -> dict[str, Any]:
    return {"$ref": REF.format(name=answer.__name__)}


def _responses(schema: dict[str, Any]) -> Responses:
    described: Responses = {200: {"description": "The answer", "content": {JSON: {"schema": schema}}}}
    for status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        described[status.value] = {
            "description": status.phrase,
            "content": {JSON: {"schema": _ref(UdfError)}},
        }
    return described


def _json(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type=JSON)


PREFIX = "/udf"
TREE = f"{PREFIX}/"

router = APIRouter(prefix=PREFIX, tags=["TradingView's UDF"], route_class=_UdfRoute)


@router.get(
    "/config", operation_id="udfConfig", summary="What is offered", responses=_responses(_ref(UdfConfig))
)
async def config(udf: Udf) -> Response:
    """Return the resolutions, exchanges and kinds of instruments."""
    return _json(await udf.config())


@router.get("/symbols", operation_id="udfSymbol", summary="One pair", responses=_responses(_ref(UdfSymbol)))
async def symbols(query: Annotated[SymbolQuery, Query()], udf: Udf) -> Response:
    """Return how a pair is to be drawn."""
    return _json(await udf.symbol(query.symbol))


@router.get(
    "/search",
    operation_id="udfSearch",
    summary="Pairs by a part of their names",
    responses=_responses({"type": "array", "items": _ref(UdfMatch)}),
)
async def search(query: Annotated[SearchQuery, Query()], udf: Udf) -> Response:
    """Return the pairs whose names hold a text; 503 until the exchange's pairs are known."""
    return _json(await udf.search(query))


@router.get(
    "/history",
    operation_id="udfHistory",
    summary="Bars",
    responses=_responses({"anyOf": [_ref(UdfBars), _ref(UdfNoData)]}),
)
async def history(query: Annotated[HistoryQuery, Query()], udf: Udf) -> Response:
    """Return bars column by column, the forming one last."""
    return _json(await udf.history(query))


@router.get(
    "/time",
    operation_id="udfTime",
    summary="The time here",
    responses={
        200: {"description": "The answer", "content": {"text/plain": {"schema": {"type": "string"}}}},
        429: _responses({})[429],
        401: _responses({})[401],
    },
)
async def server_time() -> Response:
    """Return the time in whole epoch seconds."""
    return Response(str(int(time.time())), media_type="text/plain")
