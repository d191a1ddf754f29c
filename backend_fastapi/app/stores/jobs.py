"""The runs of the batch jobs, read from MongoDB."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.jobs.schemas import JobRun
from app.stores.candles import CandleStore, Document
from candlestack_core.job_runs import Outcome
from candlestack_core.logging import get_logger
from candlestack_core.names import JOB_RUNS, JOBS

_LOG = get_logger(__name__)
_TIMES = ("start", "end", "started_at", "finished_at")
_FIELDS: Document = dict.fromkeys(JobRun.__struct_fields__, 1) | {"_id": 0}
_NEWEST_FIRST: Document = {"$sort": {"started_at": -1}}


class JobStore:
    """What each run of a batch job leaves; it shares the connection of the candle store.

    A document that is no run is left out and logged.
    """

    def __init__(self, mongodb: CandleStore) -> None:
        self._mongodb = mongodb

    async def newest(self, job: str | None, outcome: Outcome | None, limit: int) -> list[JobRun]:
        """Return the newest runs of a job, or of all, that ended in some way, or in any.

        Raises:
            StoreAwayError: when MongoDB does not answer; so do all methods.
        """
        of_job: Document = {"job": {"$in": JOBS} if job is None else job}
        of_outcome: Document = {} if outcome is None else {"outcome": outcome}
        return await self._runs([{"$match": of_job | of_outcome}, _NEWEST_FIRST, {"$limit": limit}])

    async def latest(self, jobs: Sequence[str], outcome: Outcome | None = None) -> dict[str, JobRun]:
        """Return the latest run of each job, by its name, or the latest that ended in some way."""
        of_outcome: Document = {} if outcome is None else {"outcome": outcome}
        # One question, of which each part reads the newest entries of its job in the index.
        first, *others = (
            [{"$match": {"job": job} | of_outcome}, _NEWEST_FIRST, {"$limit": 1}] for job in jobs
        )
        united = [{"$unionWith": {"coll": JOB_RUNS, "pipeline": other}} for other in others]
        return {run.job: run for run in await self._runs([*first, *united])}

    async def _runs(self, pipeline: Sequence[Document]) -> list[JobRun]:
        found = await self._mongodb.aggregate(JOB_RUNS, [*pipeline, {"$project": _FIELDS}])
        return [run for document in found if (run := _run(document)) is not None]


def _run(document: Document) -> JobRun | None:
    # What a run has not told yet is not in its document.
    told: Document = dict.fromkeys(JobRun.__struct_fields__) | document
    try:
        for name in _TIMES:
            told[name] = None if told[name] is None else int(told[name])
        return msgspec.convert(told, JobRun)
    except (TypeError, ValueError) as error:
        _LOG.warning("document left out", store="mongodb", document=repr(document)[:300], reason=str(error))
        return None
