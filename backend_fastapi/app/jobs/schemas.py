"""What the job route takes and answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from candlestack_core.job_runs import Outcome
from candlestack_core.messages import Symbol, TimeMs
from candlestack_core.names import JOBS

LIMIT_DEFAULT = 20
LIMIT_LARGEST = 200

Rows = Annotated[int, Meta(ge=0)]


class JobRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a batch job; null is what it was not given, or has not told.

    `interval` is that of the candles it makes. `start` and `end` are the window `[start, end)` that it was given,
    in ms; without one it took what was due by the data. `rows_in` and `rows_out` are the candles that it read and
    wrote. A run has neither figures nor an end while it is `running`. Nor has one that was `killed`, which the
    exporter of the jobs' metrics finds out in some seconds, or else the next run of its job. `reason` says why a run
    did not succeed.
    """

    job: str
    interval: str | None
    start: TimeMs | None
    end: TimeMs | None
    symbols: list[Symbol]
    started_at: TimeMs
    finished_at: TimeMs | None
    seconds: float | None
    outcome: Outcome
    rows_in: Rows | None
    rows_out: Rows | None
    reason: str | None


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands: its latest run, and when its last successful one ended; null where there was none."""

    job: str
    latest: JobRun | None
    succeeded_at: TimeMs | None


class JobRuns(msgspec.Struct, frozen=True, kw_only=True):
    """Every job that is asked for, whether or not it ever ran, and the runs, newest first.

    Runs are on record for 90 days. `time` is the API's when it looked, in ms; `truncated` says that there are
    more runs than `limit`.
    """

    time: TimeMs
    jobs: list[JobState]
    runs: list[JobRun]
    truncated: bool


def _known(job: str) -> str:
    if job not in JOBS:
        raise ValueError(f"not a job of the platform; there are {', '.join(JOBS)}")
    return job


JobParameter = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(JOBS)})]


class JobsQuery(BaseModel):
    """The query of `/jobs`."""

    model_config = ConfigDict(extra="forbid")

    job: Annotated[JobParameter | None, Field(description="One job; all without it")] = None
    outcome: Annotated[
        Outcome | None, Field(description="Runs that ended so; how each job stands is told as ever")
    ] = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_LARGEST, description="Most runs, the newest ones")] = (
        LIMIT_DEFAULT
    )
