"""The order-book route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.book.schemas import OrderBook, OrderBookQuery
from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import Books

router = APIRouter(tags=["order books"], route_class=QueryRoute)


@router.get(
    "/orderbook",
    operation_id="getOrderBook",
    summary="The order book",
    responses=responses(
        OrderBook, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
async def order_book(query: Annotated[OrderBookQuery, Query()], books: Books) -> Response:
    """Return the best levels of a pair's book in a market, with its trust state, sequence and checksum.

    Up to 20 levels they are those of the newest book that was published, more those of the realtime store, which
    is written four times a second; while that is away they are the best 20 at most.
    """
    return json_response(await books.newest(query.symbol, query.market, query.depth))
