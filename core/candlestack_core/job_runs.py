"""`job_runs`: what each run of a batch job did, written when it begins and when it ends, however it ends.

Each run is a document: `job` (`names.JOBS`), `interval`, `start` and `end` (the window where it was given one),
`symbols`, `started_at`, `finished_at`, `seconds`, `outcome`, `reason`, the counts of the job (`rows_in`, `rows_out`
and others), `reasons` and `watermark`. They are found by the index `(job, started_at)`. Needs pymongo, which is an
extra of this package.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final, Literal

import pymongo
from bson import Timestamp
from pymongo.database import Database
from pymongo.errors import PyMongoError

from candlestack_core.logging import get_logger
from candlestack_core.names import JOB_RUNS

Document = dict[str, Any]
Outcome = Literal["running", "succeeded", "failed", "killed"]

LONGEST_REASON: Final = 500
KEPT_S: Final = 90 * 86_400
"""After so long a run is forgotten. A job that did not run meanwhile takes everything anew."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOG = get_logger("job")


@dataclass(slots=True)
class Run:
    """A run that is going on; what is set here is written when it ends."""

    figures: dict[str, int] = field(default_factory=dict)
    """Counts: `rows_in`, `rows_out`, `set_aside` and what else the job counts."""
    reasons: list[str] = field(default_factory=list)
    """Of what was set aside, the first few."""
    watermark: Timestamp | None = None
    """Up to which write of a 1m candle this run has taken everything; None where it took a part."""
    failure: str | None = None
    """Why the result is not what it should be, although the run came to its end."""


@contextmanager
def recorded_run(
    database: Database[Document],
    job: str,
    *,
    interval: str | None,
    start: int | None,
    end: int | None,
    symbols: Sequence[str],
) -> Iterator[Run]:
    """Record a run of a job; `start` and `end` in ms are its window where it was given one.

    Raises:
        PyMongoError: MongoDB is away when the run begins.
    """
    runs = database[JOB_RUNS]
    by_job, newest_first = ("job", pymongo.ASCENDING), ("started_at", pymongo.DESCENDING)
    runs.create_index([by_job, newest_first])
    runs.create_index([by_job, ("outcome", pymongo.ASCENDING), newest_first])
    runs.create_index("started_at", expireAfterSeconds=KEPT_S)
    close_killed_runs(database, (job,))
    began, started_at = monotonic(), datetime.now(UTC)
    key = f"{job}:{started_at:%Y-%m-%dT%H:%M:%S.%fZ}:{uuid.uuid4().hex[:8]}"
    runs.insert_one(
        {
            "_id": key,
            "job": job,
            "interval": interval,
            "start": _date(start),
            "end": _date(end),
            "symbols": list(symbols),
            "started_at": started_at,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "outcome": "running",
        }
    )
    run = Run()

    def close(outcome: Outcome, reason: str | None) -> None:
        seconds = monotonic() - began
        runs.update_one(
            {"_id": key},
            {
                "$set": {
                    **run.figures,
                    "reasons": run.reasons,
                    "watermark": run.watermark if outcome == "succeeded" else None,
                    "finished_at": datetime.now(UTC),
                    "seconds": round(seconds, 3),
                    "outcome": outcome,
                    "reason": None if reason is None else reason[:LONGEST_REASON],
                }
            },
        )

    try:
        yield run
    except BaseException as error:
        try:
            close("failed", _reason(error))
        except PyMongoError as away:
            _LOG.warning("run not recorded", job=job, reason=str(away)[:LONGEST_REASON])
        raise
    close("succeeded" if run.failure is None else "failed", run.failure)


def _date(time_ms: int | None) -> datetime | None:
    return None if time_ms is None else _EPOCH + timedelta(milliseconds=time_ms)


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return "stopped before its end"
    return str(error) or type(error).__name__


def last_watermark(database: Database[Document], job: str) -> Timestamp | None:
    """Return up to which write the last run of a job that took everything has come; None before the first."""
    document = database[JOB_RUNS].find_one(
        {"job": job, "outcome": "succeeded", "watermark": {"$ne": None}}, sort=[("started_at", -1)]
    )
    return None if document is None else document["watermark"]


def close_killed_runs(database: Database[Document], jobs: Sequence[str]) -> None:
    """Say of runs on this machine that they were killed, where their processes are gone.

    Raises:
        PyMongoError: MongoDB is away.
    """
    running: Mapping[str, object] = {
        "job": {"$in": list(jobs)},
        "outcome": "running",
        "host": socket.gethostname(),
    }
    for document in database[JOB_RUNS].find(running):
        if not _is_alive(document["pid"]):
            end = {"outcome": "killed", "reason": "its process is gone", "watermark": None}
            database[JOB_RUNS].update_one({"_id": document["_id"], "outcome": "running"}, {"$set": end})


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
