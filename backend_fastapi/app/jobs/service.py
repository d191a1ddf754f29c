"""The runs of the batch jobs, and how each job stands, as `job_runs` has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.jobs.schemas import JobRuns, JobsQuery, JobState
from app.problems import UnavailableError
from app.stores.jobs import JobStore
from app.stores.watch import or_away
from candlestack_core.names import JOBS


class JobService:
    """Answers the job route."""

    def __init__(self, store: JobStore, clock_ms: Callable[[], int]) -> None:
        self._store = store
        self._clock_ms = clock_ms

    async def runs(self, query: JobsQuery) -> JobRuns:
        """Return the jobs that are asked for, and their newest runs.

        Raises:
            UnavailableError: MongoDB is away.
        """
        jobs = JOBS if query.job is None else (query.job,)
        away: dict[str, str] = {}
        runs, latest, successes = await asyncio.gather(
            or_away(self._store.newest(query.job, query.outcome, query.limit + 1), away),
            or_away(self._store.latest(jobs), away),
            or_away(self._store.latest(jobs, "succeeded"), away),
        )
        if runs is None or latest is None or successes is None:
            raise UnavailableError(away)
        return JobRuns(
            time=self._clock_ms(),
            jobs=[
                JobState(
                    job=job,
                    latest=latest.get(job),
                    succeeded_at=successes[job].finished_at if job in successes else None,
                )
                for job in jobs
            ],
            runs=runs[: query.limit],
            truncated=len(runs) > query.limit,
        )
