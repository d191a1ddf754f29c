"""The trade routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import Trades
from app.trades.schemas import TradeList, TradesQuery

router = APIRouter(tags=["trades"], route_class=QueryRoute)


@router.get(
    "/trades",
    operation_id="getTrades",
    summary="The newest trades",
    responses=responses(
        TradeList, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
async def trades(query: Annotated[TradesQuery, Query()], trades: Trades) -> Response:
    """Return the newest trades of a pair, ascending by trade id."""
    return json_response(await trades.newest(query.symbol, query.limit))
