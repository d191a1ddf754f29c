"""The export route."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from app.export.csv import MEDIA_TYPE as CSV
from app.export.schemas import ExportQuery
from app.export.service import name_of
from app.openapi import Responses, responses
from app.problems import Problem
from app.routing import QueryRoute
from app.services import Exports

PATH = "/export"
PARQUET = "application/vnd.apache.parquet"

router = APIRouter(tags=["candles"], route_class=QueryRoute)


def _responses() -> Responses:
    problems = responses(
        Problem, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    )
    return problems | {
        200: {
            "description": "The file",
            "content": {
                CSV: {"schema": {"type": "string"}},
                PARQUET: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    }


@router.get(
    PATH,
    operation_id="exportCandles",
    summary="A range of candles as a file",
    responses=_responses(),
    response_class=StreamingResponse,
)
async def export(query: Annotated[ExportQuery, Query()], exports: Exports) -> StreamingResponse:
    """Return the closed candles of a range, ascending by open time, as CSV or Parquet; 200,000 at most.

    A file whose end is not reached, for a store went away meanwhile, is cut off: the connection breaks.
    """
    parts = await exports.open(query)
    name = quote(name_of(query))
    return StreamingResponse(
        parts,
        media_type=CSV if query.format == "csv" else PARQUET,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
