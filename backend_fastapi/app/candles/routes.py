"""The candle routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.answers import respond
from app.candles.schemas import LatestQuery, Ohlc, OhlcQuery, RealtimeQuery
from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import Candles
from candlestack_core.messages import Candle

router = APIRouter(tags=["candles"], route_class=QueryRoute)

_PROBLEMS = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get(
    "/latest",
    operation_id="getLatest",
    summary="The newest 1m candle",
    responses=responses(Candle, *_PROBLEMS),
)
async def latest(query: Annotated[LatestQuery, Query()], candles: Candles) -> Response:
    """Return the newest 1m candle of a pair, forming or closed."""
    return json_response(await candles.latest(query.symbol))


@router.get(
    "/ohlc",
    operation_id="getOhlc",
    summary="Candles of any interval",
    responses=responses(Ohlc, *_PROBLEMS)
    | {304: {"description": "The answer is the one that `If-None-Match` names"}},
)
async def ohlc(request: Request, query: Annotated[OhlcQuery, Query()], candles: Candles) -> Response:
    """Return candles ascending by open time, the forming one last.

    With `startTime` the first `limit` from there, else the newest `limit`, up to `endTime` where it is given.
    `Link` names the next page of the first, the page before of the others. With the `ETag` of an answer in
    `If-None-Match` the same one is not sent again.
    """
    return await respond(request, await candles.prepared(query))


@router.get(
    "/ohlc/realtime",
    operation_id="getOhlcRealtime",
    summary="The realtime window",
    responses=responses(Ohlc, *_PROBLEMS),
)
async def realtime(query: Annotated[RealtimeQuery, Query()], candles: Candles) -> Response:
    """Return the newest 1m candles as the realtime store holds them, ascending by open time."""
    return json_response(await candles.realtime(query.symbol, query.limit))
