"""The symbol route."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import KnownSymbols
from app.symbols.schemas import Symbols

router = APIRouter(tags=["symbols"], route_class=QueryRoute)


@router.get(
    "/symbols",
    operation_id="getSymbols",
    summary="The known pairs",
    responses=responses(Symbols, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def symbols(known: KnownSymbols) -> Response:
    """Return every known pair, where its data comes from, and with how many decimals it is written.

    An empty list says that there is none, and never that none was looked for: until that is known the answer is 503.
    """
    return json_response(await known.describe())
