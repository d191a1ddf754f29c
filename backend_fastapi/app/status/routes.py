"""The status route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import StreamStates
from app.status.schemas import Status, StatusQuery

router = APIRouter(tags=["health"], route_class=QueryRoute)


@router.get(
    "/status",
    operation_id="getStatus",
    summary="How fresh each stream is",
    responses=responses(
        Status, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
async def status(query: Annotated[StatusQuery, Query()], states: StreamStates) -> Response:
    """Return of each stream the time of its newest record, its age and lag, and of books the trust state."""
    return json_response(await states.status(query.symbol))
