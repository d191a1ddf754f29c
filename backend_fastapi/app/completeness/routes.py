"""The completeness route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.completeness.schemas import Completeness, CompletenessQuery
from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import CompletenessAccounts

router = APIRouter(tags=["completeness"], route_class=QueryRoute)


@router.get(
    "/completeness",
    operation_id="getCompleteness",
    summary="What came, what is missing, and how holes were filled",
    responses=responses(
        Completeness, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
async def completeness(
    query: Annotated[CompletenessQuery, Query()], accounts: CompletenessAccounts
) -> Response:
    """Return what the ledger knows of every stream that is asked for, over a day at most.

    A known stream of which nothing is known in the range is there too, with no minute known.
    """
    return json_response(await accounts.account(query))
