"""The job route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.jobs.schemas import JobRuns, JobsQuery
from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import Jobs

router = APIRouter(tags=["health"], route_class=QueryRoute)


@router.get(
    "/jobs",
    operation_id="getJobs",
    summary="What the batch jobs did",
    responses=responses(JobRuns, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def jobs(query: Annotated[JobsQuery, Query()], runs: Jobs) -> Response:
    """Return how each batch job stands, and its newest runs: what they took, what they made, how they ended."""
    return json_response(await runs.runs(query))
