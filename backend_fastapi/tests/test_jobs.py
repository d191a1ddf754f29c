"""The runs of the batch jobs, as the jobs' own code records them, told by the API."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest

from api_records import NOON
from api_under_test import Api
from api_world import World
from candlestack_core.intervals import Interval
from candlestack_core.job_runs import Document, recorded_run
from candlestack_core.names import JOB_RUNS, JOBS, roll_up_job
from waiting import eventually

HOURS, DAYS = roll_up_job("1h"), roll_up_job("1d")
PAIRS = ["BTCUSDT", "ETHUSDT"]
NO_CANDLES, LAKE_AWAY = "2 documents are no candles", "the lake is away"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def hours(runs: pymongo.collection.Collection[Document], figures: dict[str, int], fault: str | None) -> None:
    """Leave the record of a roll-up of an hour that is like no other run's in its time."""
    began = now_ms()
    with recorded_run(
        runs.database, HOURS, interval="1h", start=NOON - Interval.H1.ms, end=NOON, symbols=PAIRS
    ) as run:
        run.figures, run.failure = figures, fault
        if not figures:
            raise OSError(fault)
    eventually(lambda: now_ms() > began, "another millisecond")


@pytest.fixture(scope="module")
def recorded(world: World) -> Iterator[None]:
    """Of one job a run that was killed, one that succeeded and two that failed; of another one that goes on."""
    with pymongo.MongoClient[Document](world.mongo.uri, tz_aware=True) as client:
        runs = client[world.environment["MONGO_DB"]][JOB_RUNS]
        runs.delete_many({})
        gone = {"interval": "1h", "symbols": [], "host": os.uname().nodename, "pid": 2**22 + 1}
        long_ago = {
            "start": None,
            "end": None,
            "started_at": datetime.fromtimestamp(now_ms() // 1000 - 60, UTC),
        }
        runs.insert_one({"job": HOURS, "outcome": "running"} | gone | long_ago)
        hours(runs, {"rows_in": 120, "rows_out": 2, "partial": 1}, None)
        hours(runs, {"rows_in": 60, "rows_out": 0}, NO_CANDLES)
        with suppress(OSError):
            hours(runs, {}, LAKE_AWAY)
        # What is no run, or of no job of the platform, is passed over.
        runs.insert_many(
            [{"job": DAYS, "outcome": "succeeded"}, {"job": "somebody's", "outcome": "succeeded"}]
        )
        with recorded_run(runs.database, DAYS, interval="1d", start=None, end=None, symbols=()):
            yield
        runs.delete_many({})


pytestmark = pytest.mark.usefixtures("recorded")


def told(runs: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [tuple(run[name] for name in ("job", "outcome", "rows_in", "rows_out", "reason")) for run in runs]


GOES_ON = (DAYS, "running", None, None, None)
FAILED = [(HOURS, "failed", None, None, LAKE_AWAY), (HOURS, "failed", 60, 0, NO_CANDLES)]
SUCCEEDED = (HOURS, "succeeded", 120, 2, None)
KILLED = (HOURS, "killed", None, None, "its process is gone")
RUNS = [GOES_ON, *FAILED, SUCCEEDED, KILLED]


def test_the_runs_of_all_jobs_are_told_newest_first_with_what_they_took_and_made(api: Api) -> None:
    before = now_ms()
    answer = api.ask("/jobs").json
    assert before <= answer["time"] <= now_ms()
    assert (told(answer["runs"]), answer["truncated"]) == (RUNS, False)
    started = [run["started_at"] for run in answer["runs"]]
    assert started == sorted(started, reverse=True)
    succeeded = answer["runs"][3]
    assert (succeeded["interval"], succeeded["symbols"]) == ("1h", PAIRS)
    assert (succeeded["start"], succeeded["end"]) == (NOON - Interval.H1.ms, NOON)
    # The two are told by two clocks, and MongoDB keeps whole milliseconds of one.
    assert succeeded["finished_at"] - succeeded["started_at"] == pytest.approx(
        succeeded["seconds"] * 1000, abs=1_000
    )
    goes_on = answer["runs"][0]
    assert [goes_on[name] for name in ("start", "end", "finished_at", "seconds")] == [None] * 4


def test_every_job_has_its_latest_run_and_last_success_and_one_that_never_ran_has_none(api: Api) -> None:
    answer = api.ask("/jobs", limit=1).json
    assert [each["job"] for each in answer["jobs"]] == list(JOBS)
    jobs = {each["job"]: each for each in answer["jobs"]}
    assert told([jobs[HOURS]["latest"], jobs[DAYS]["latest"]]) == [FAILED[0], GOES_ON]
    [success] = api.ask("/jobs", outcome="succeeded").json["runs"]
    assert jobs[HOURS]["succeeded_at"] == success["finished_at"]
    assert jobs[DAYS]["succeeded_at"] is None
    others = [each for job, each in jobs.items() if job not in (HOURS, DAYS)]
    assert [(each["latest"], each["succeeded_at"]) for each in others] == [(None, None)] * len(others)


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ({"job": HOURS}, RUNS[1:]),
        ({"outcome": "failed"}, FAILED),
        ({"job": HOURS, "outcome": "killed"}, [KILLED]),
        ({"job": DAYS, "outcome": "failed"}, []),
    ],
    ids=str,
)
def test_one_job_or_one_outcome_can_be_asked_for(
    api: Api, query: dict[str, str], runs: list[tuple[object, ...]]
) -> None:
    answer = api.ask("/jobs", **query).json
    assert told(answer["runs"]) == runs
    assert [each["job"] for each in answer["jobs"]] == [query["job"]] if "job" in query else list(JOBS)
    latest = {each["job"]: each["latest"] for each in answer["jobs"]}
    job = query.get("job", HOURS)
    assert told([latest[job]]) == [FAILED[0] if job == HOURS else GOES_ON], "whatever its outcome"


def test_more_runs_than_the_limit_are_cut_off_and_said_to_be(api: Api) -> None:
    cut, whole = api.ask("/jobs", limit=2).json, api.ask("/jobs", limit=5).json
    assert (told(cut["runs"]), cut["truncated"]) == (RUNS[:2], True)
    assert (told(whole["runs"]), whole["truncated"]) == (RUNS, False)


@pytest.mark.parametrize(
    "query", [{"job": "somebody's"}, {"outcome": "lost"}, {"limit": 0}, {"limit": 201}, {"symbol": "BTCUSDT"}]
)
def test_a_bad_query_of_runs_is_a_422_that_names_the_parameter(api: Api, query: dict[str, object]) -> None:
    answer = api.ask("/jobs", **query)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.json["errors"]] == list(query)
