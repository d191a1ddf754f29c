"""The ranking routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.openapi import json_response, responses
from app.ranking.schemas import RankingList, RankingQuery
from app.routing import QueryRoute
from app.services import Rankings

router = APIRouter(prefix="/ranking", tags=["ranking"], route_class=QueryRoute)

_RESPONSES = responses(RankingList, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get(
    "/top-gainers", operation_id="getTopGainers", summary="What gained most in a day", responses=_RESPONSES
)
async def top_gainers(query: Annotated[RankingQuery, Query()], rankings: Rankings) -> Response:
    """Return the pairs whose price rose most over the last 1,440 minutes, with the time of the ranking."""
    return json_response(await rankings.first("top_gainers", query.limit))


@router.get(
    "/top-losers", operation_id="getTopLosers", summary="What lost most in a day", responses=_RESPONSES
)
async def top_losers(query: Annotated[RankingQuery, Query()], rankings: Rankings) -> Response:
    """Return the pairs whose price fell most over the last 1,440 minutes, with the time of the ranking."""
    return json_response(await rankings.first("top_losers", query.limit))
