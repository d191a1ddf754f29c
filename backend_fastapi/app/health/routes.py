"""The health routes, and the metrics."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from app.health.schemas import Liveness, Readiness
from app.openapi import json_response, responses
from app.routing import QueryRoute
from app.services import Health

router = APIRouter(tags=["health"], route_class=QueryRoute)


@router.get(
    "/healthz", operation_id="getHealth", summary="Whether the process lives", responses=responses(Liveness)
)
async def healthz(health: Health) -> Response:
    """Return 200 while the process lives, and whose data it serves."""
    return json_response(health.liveness())


_READINESS = responses(Readiness)


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="What can be served",
    responses=_READINESS | {503: {**_READINESS[200], "description": "Nothing can be served"}},
)
async def readyz(health: Health) -> Response:
    """Return 200 while anything can be served, 503 when nothing can, and which parts are away and why."""
    readiness = health.readiness()
    nothing = readiness.status == "not ready"
    return json_response(readiness, HTTPStatus.SERVICE_UNAVAILABLE if nothing else HTTPStatus.OK)


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Prometheus' metrics",
    responses={200: {"description": "The answer", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics() -> Response:
    """Return the metrics of the process in Prometheus' text format."""
    return Response(generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
