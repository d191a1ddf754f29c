"""What the exporter tells of runs and of fresh candles, from a real MongoDB."""

from __future__ import annotations

import os
import threading

import pymongo
import pytest
from bson import Int64
from prometheus_client import REGISTRY
from pymongo import ReplaceOne

from batch_candles import DAY, document
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.job_runs import recorded_run
from candlestack_core.logging import get_logger
from candlestack_core.names import JOB_HISTORY_FETCH, JOB_RUNS, JOBS, KLINE_1M, roll_up_job
from candlestack_core.service import Health, Service
from candlestack_local.servers import MongoServer
from candlestack_spark.exporter.freshness import Freshness, behind, freshness, publish_freshness
from candlestack_spark.exporter.runs import publish_runs
from candlestack_spark.exporter.service import MONGODB, export
from candlestack_spark.rollups.spans import PARENT_INTERVALS, within
from candlestack_spark.rollups.task import roll_up_span
from candlestack_spark.stores.documents import Document
from candlestack_spark.stores.mongo import CandleStore, Coverage
from waiting import eventually

M5, H1, H4, D1 = PARENT_INTERVALS
HOUR = H1.ms


def put(store: CandleStore, documents: list[Document]) -> None:
    store.database[KLINE_1M].bulk_write(
        [ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in documents]
    )


def minutes(symbol: str, first: int, end: int) -> list[Document]:
    return [document(symbol, DAY + n * MINUTE_MS) for n in range(first, end)]


def roll_up(store: CandleStore, interval: Interval) -> None:
    """Roll up all that is there, and leave the record of it, as the job does."""
    watermark = store.newest_write()
    job = roll_up_job(interval.value)
    with recorded_run(
        store.database, job, interval=interval.value, start=None, end=None, symbols=("AUSDT",)
    ) as run:
        for span in within(interval, store.coverage(), None, None):
            run.figures = {"rows_out": roll_up_span(store, interval, span).rows_out}
        run.watermark = watermark


def state(store: CandleStore, interval: Interval) -> Freshness:
    return freshness(store, interval, store.coverage())


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


@pytest.mark.parametrize(
    ("newest_minute", "newest_hour", "lag"),
    [
        (DAY + 59 * MINUTE_MS, None, HOUR),  # an hour is full, and none is there
        (DAY + 58 * MINUTE_MS, None, 0),  # none is full yet
        (DAY + 119 * MINUTE_MS, DAY, HOUR),
        (DAY + 118 * MINUTE_MS, DAY, 0),
        (DAY + 119 * MINUTE_MS, DAY + HOUR, 0),
        (DAY + 10 * MINUTE_MS, DAY + HOUR, 0),  # the 1m candles are kept for less long
    ],
)
def test_an_interval_is_behind_by_what_its_own_length_does_not_explain(
    newest_minute: int, newest_hour: int | None, lag: int
) -> None:
    assert behind(H1, Coverage(DAY, newest_minute), newest_hour) == lag


def test_freshness_follows_what_is_stored_rolled_up_and_restated(store: CandleStore) -> None:
    assert state(store, H1) == Freshness(newest=None, behind=0, dirty=0)
    put(store, minutes("AUSDT", 0, 130))
    assert state(store, H1) == Freshness(newest=None, behind=2 * HOUR, dirty=2)
    assert state(store, M5) == Freshness(newest=None, behind=26 * M5.ms, dirty=26)
    assert state(store, D1) == Freshness(newest=None, behind=0, dirty=0)

    for interval in PARENT_INTERVALS:
        roll_up(store, interval)
    assert state(store, H1) == Freshness(newest=DAY + HOUR, behind=0, dirty=0)

    # A minute of a window that is not over waits for nothing; a restated one for its parents.
    put(store, minutes("AUSDT", 130, 131))
    assert state(store, H1).dirty == 0
    put(store, [document("AUSDT", DAY, close="12", version=Int64(2**45))])
    assert [state(store, interval).dirty for interval in PARENT_INTERVALS] == [1, 1, 0, 0]
    assert state(store, H1).behind == 0

    # Of two pairs the worse one counts.
    put(store, minutes("BUSDT", 0, 200))
    assert state(store, H1) == Freshness(newest=DAY + HOUR, behind=3 * HOUR, dirty=4)
    publish_freshness(store)
    assert sample("candlestack_kline_newest_timestamp_seconds", interval="1m") == DAY / 1000 + 199 * 60
    assert sample("candlestack_kline_newest_timestamp_seconds", interval="1h") == DAY / 1000 + 3600
    assert sample("candlestack_kline_behind_seconds", interval="1h") == 3 * 3600
    assert sample("candlestack_kline_dirty_parents", interval="1h") == 4


def test_runs_are_told_by_job_and_outcome_and_no_job_is_unheard_of(store: CandleStore) -> None:
    publish_runs(store.database)
    assert sample("candlestack_job_runs", job=JOB_HISTORY_FETCH, outcome="succeeded") == 0
    assert {sample("candlestack_job_runs", job=job, outcome="failed") for job in JOBS} == {0}

    def a_run(failure: str | None, rows: int) -> None:
        with recorded_run(
            store.database, JOB_HISTORY_FETCH, interval="1m", start=DAY, end=DAY + HOUR, symbols=("AUSDT",)
        ) as run:
            run.figures = {"rows_in": rows, "rows_out": rows - 1}
            run.failure = failure

    a_run(None, 60)
    a_run("the exchange refused candles", 7)
    # One that was killed: its process is gone, as the next run finds.
    gone = {"job": JOB_HISTORY_FETCH, "outcome": "running", "host": os.uname().nodename, "pid": 2**22 + 1}
    store.database[JOB_RUNS].insert_one(gone)
    a_run("the exchange refused candles", 8)
    # What is no job of the platform makes no series.
    store.database[JOB_RUNS].insert_one({"job": "somebody's", "outcome": "succeeded"})
    publish_runs(store.database)

    outcomes = {
        outcome: sample("candlestack_job_runs", job=JOB_HISTORY_FETCH, outcome=outcome)
        for outcome in ("running", "succeeded", "failed", "killed")
    }
    assert outcomes == {"running": 0, "succeeded": 1, "failed": 2, "killed": 1}
    assert sample("candlestack_job_runs", job="somebody's", outcome="succeeded") is None
    assert sample("candlestack_job_last_run_rows", job=JOB_HISTORY_FETCH, direction="in") == 8
    assert sample("candlestack_job_last_run_rows", job=JOB_HISTORY_FETCH, direction="out") == 7
    newest = store.database[JOB_RUNS].find_one({"outcome": "succeeded", "seconds": {"$exists": True}})
    assert newest is not None
    assert (
        sample("candlestack_job_last_success_timestamp_seconds", job=JOB_HISTORY_FETCH)
        == newest["finished_at"].timestamp()
    )
    assert sample("candlestack_job_last_run_seconds", job=JOB_HISTORY_FETCH) is not None


def test_a_run_whose_process_is_gone_is_said_to_be_killed_and_one_that_lives_is_not(
    store: CandleStore,
) -> None:
    runs = store.database[JOB_RUNS]
    here = {"job": JOB_HISTORY_FETCH, "outcome": "running", "host": os.uname().nodename}
    runs.insert_many(
        [
            {**here, "_id": "gone", "pid": 2**22 + 1},
            {**here, "_id": "alive", "pid": os.getpid()},
            {**here, "_id": "elsewhere", "pid": 2**22 + 1, "host": "another.example"},
        ]
    )
    service = Service("job-metrics", get_logger("job-metrics"), Health((MONGODB,)))
    exporter = threading.Thread(target=export, args=(service, store))
    exporter.start()
    try:
        assert eventually(lambda: not service.health.reasons(), "one look is done")
    finally:
        service.stopping.set()
        exporter.join()
    outcomes = {document["_id"]: document["outcome"] for document in runs.find()}
    assert outcomes == {"gone": "killed", "alive": "running", "elsewhere": "running"}
    assert sample("candlestack_job_runs", job=JOB_HISTORY_FETCH, outcome="killed") == 1


def test_a_store_that_is_away_is_said_and_waited_for(own_mongo_server: MongoServer) -> None:
    with pymongo.MongoClient[Document](
        own_mongo_server.uri, tz_aware=True, serverSelectionTimeoutMS=300
    ) as client:
        store = CandleStore(client["exporter"])
        service = Service("job-metrics", get_logger("job-metrics"), Health((MONGODB,)))
        exporter = threading.Thread(target=export, args=(service, store))
        own_mongo_server.stop()
        exporter.start()
        try:
            eventually(lambda: service.health.reasons().get(MONGODB, "starting") != "starting", "it says so")
            own_mongo_server.start()
            # On a busy machine it may be called away once more in between.
            assert eventually(
                lambda: not service.health.reasons() and sample("candlestack_store_up", store=MONGODB) == 1,
                "it goes on",
            )
        finally:
            service.stopping.set()
            exporter.join()
