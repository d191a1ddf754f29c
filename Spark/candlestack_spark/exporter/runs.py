"""The runs of the batch jobs as metrics, from `job_runs`."""

from __future__ import annotations

from typing import Final, get_args

from pymongo.database import Database

from candlestack_core import metrics
from candlestack_core.job_runs import Document, Outcome
from candlestack_core.names import JOB_RUNS, JOBS

_FINISHED: Final = ("succeeded", "failed")
"""Outcomes of runs that told themselves how they ended: of a killed one nothing else is known."""
_DIRECTIONS: Final = {"in": "rows_in", "out": "rows_out"}


def publish_runs(database: Database[Document]) -> None:
    """Set the gauges of every job that there is; of one that never ran, only that it did not.

    Raises:
        PyMongoError: MongoDB is away.
    """
    runs = database[JOB_RUNS]
    counted = {
        (group["_id"]["job"], group["_id"]["outcome"]): group["runs"]
        for group in runs.aggregate(
            [{"$group": {"_id": {"job": "$job", "outcome": "$outcome"}, "runs": {"$sum": 1}}}]
        )
    }
    for job in JOBS:
        for outcome in get_args(Outcome):
            metrics.JOB_RUNS.labels(job=job, outcome=outcome).set(counted.get((job, outcome), 0))
        if (last := _newest(database, {"job": job, "outcome": {"$in": _FINISHED}})) is not None:
            metrics.JOB_LAST_SECONDS.labels(job=job).set(last["seconds"])
            for direction, field in _DIRECTIONS.items():
                metrics.JOB_LAST_ROWS.labels(job=job, direction=direction).set(last.get(field, 0))
        if (success := _newest(database, {"job": job, "outcome": "succeeded"})) is not None:
            metrics.JOB_LAST_SUCCESS.labels(job=job).set(success["finished_at"].timestamp())


def _newest(database: Database[Document], wanted: Document) -> Document | None:
    return database[JOB_RUNS].find_one(wanted, sort=[("started_at", -1)])
