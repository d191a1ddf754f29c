"""Binance's spot market data under `/api/v3`: a client of Binance needs no more than this address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from app.compat.binance.endpoints import ENDPOINTS, EXAMPLES, Endpoint, one
from app.compat.binance.errors import (
    JSON,
    BinanceError,
    RefusedError,
    invalid_time_unit,
    respond,
    unsupported,
)
from app.compat.binance.parameters import MILLISECOND
from app.compat.binance.service import answer
from app.services import services_of

PREFIX = "/api/v3"
TREES = ("/api/", "/sapi/", "/fapi/", "/dapi/", "/eapi/", "/papi/")
"""Below which the exchange has its REST endpoints: for spot, accounts, futures, options and margins."""
_TIME_UNIT = "X-MBX-TIME-UNIT"

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
                **({"example": EXAMPLES[name]} if name in EXAMPLES and "symbol" not in name else {}),
                **({"example": EXAMPLES[name]} if name == "symbol" and name in endpoint.required else {}),
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
            "content": {JSON: {"schema": one(BinanceError)}},
        }
    return answers


def _serve(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    names = tuple(endpoint.parameters)

    async def serve(request: Request) -> Response:
        try:
            if request.headers.get(_TIME_UNIT, MILLISECOND).upper() != MILLISECOND:
                raise invalid_time_unit(MILLISECOND)
            service = services_of(request).binance
            return Response(
                await answer(service, endpoint.ask, request.query_params.multi_items(), names),
                media_type=JSON,
            )
        except RefusedError as error:
            return respond(error)

    return serve


router = APIRouter(tags=["Binance's spot market data"])
for each in ENDPOINTS:
    router.add_api_route(
        f"{PREFIX}/{each.path}",
        _serve(each),
        operation_id=each.operation,
        summary=each.summary,
        responses=_responses(each),
        openapi_extra=_described(each),
        response_class=Response,
    )


async def _refuse_others(request: Request) -> Response:
    """Say that there is no such endpoint here, or none that takes this method."""
    path = request.url.path
    known = any(path == f"{PREFIX}/{each.path}" for each in ENDPOINTS)
    status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
    response = respond(unsupported(f"{request.method} {path}", status))
    if known:
        response.headers["Allow"] = "GET"
    return response


for tree in TREES:
    router.add_api_route(
        f"{tree}{{path:path}}",
        _refuse_others,
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
        response_class=Response,
    )
