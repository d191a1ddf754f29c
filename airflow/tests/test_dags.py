"""The DAG files as the scheduler reads them, by its own interpreter."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from candlestack_core.intervals import Interval
from candlestack_core.settings import REPOSITORY

FOLDER = REPOSITORY / "airflow"
ROLL_UPS = {
    f"ohlc_{interval.value}_spark_aggregator": interval
    for interval in Interval
    if interval is not Interval.M1
}
OTHERS = {"redis_clear_and_history_fetch_dag", "history_backfill_dag"}
NO_SPARK = {"clear_and_fetch", "forget"}
"""The tasks that are no Spark jobs."""


@pytest.fixture(scope="module")
def inventory(airflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `inventory.py` tells, with a home of its own: reading a DAG needs no database."""
    home = tmp_path_factory.mktemp("airflow")
    done = subprocess.run(
        [str(airflow_python), str(FOLDER / "tests" / "inventory.py"), str(FOLDER / "dags")],
        env={"AIRFLOW_HOME": str(home), "PATH": ""},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def dags(inventory: dict[str, Any]) -> dict[str, Any]:
    return {dag_id: serialized["dag"] for dag_id, serialized in inventory["dags"].items()}


def tasks_of(dag: dict[str, Any]) -> list[dict[str, Any]]:
    return [task["__var"] for task in dag["tasks"]]


def params_of(dag: dict[str, Any]) -> dict[str, Any]:
    return dict(dag["params"])


def test_every_file_is_read_without_an_error_and_makes_exactly_the_dags(inventory: dict[str, Any]) -> None:
    assert inventory["errors"] == {}
    assert set(inventory["dags"]) == {*ROLL_UPS, *OTHERS, "airflow_housekeeping_dag"}


def test_reading_a_file_does_nothing_but_make_its_dags(inventory: dict[str, Any]) -> None:
    assert inventory["done"] == []


@pytest.mark.parametrize("dag_id", ROLL_UPS)
def test_a_roll_up_is_scheduled_by_its_own_interval_in_utc(dags: dict[str, Any], dag_id: str) -> None:
    timetable = dags[dag_id]["timetable"]
    assert timetable["__type"] == "airflow.timetables.interval.CronDataIntervalTimetable"
    assert timetable["__var"]["timezone"] == "UTC"
    minutes = ROLL_UPS[dag_id].minutes
    cron = {5: "*/5 * * * *", 60: "0 * * * *", 240: "0 */4 * * *", 1440: "0 0 * * *"}
    assert timetable["__var"]["expression"] == cron[minutes]


def test_no_dag_runs_twice_at_once_nor_catches_up_interval_by_interval(dags: dict[str, Any]) -> None:
    for dag_id, dag in dags.items():
        assert dag["max_active_runs"] == 1, dag_id
        assert dag["catchup"] is False, dag_id
        assert dag["doc_md"].strip(), dag_id
        assert dag["tags"], dag_id


def test_one_spark_job_runs_at_a_time_and_every_task_ends_some_time(dags: dict[str, Any]) -> None:
    for dag_id, dag in dags.items():
        for task in tasks_of(dag):
            assert (task.get("pool") == "spark") == (task["task_id"] not in NO_SPARK), dag_id
            assert task["execution_timeout"] > 0
            assert task["owner"] == "candlestack"
            assert task["retries"] >= 3
            assert task["retry_exponential_backoff"] > 1
    assert set(runpy.run_path(str(FOLDER / "set_up.py"))["POOLS"]) == {"spark"}


def test_a_person_may_name_pairs_and_a_window(dags: dict[str, Any]) -> None:
    for dag_id in ROLL_UPS:
        assert set(params_of(dags[dag_id])) == {"symbols", "start", "end"}
    assert set(params_of(dags["redis_clear_and_history_fetch_dag"])) == {"symbols", "hours"}
    assert set(params_of(dags["history_backfill_dag"])) == {"symbols", "months", "start", "end", "recheck"}
    for dag in dags.values():
        for param in params_of(dag).values():
            assert param["schema"]["__var"]["title"]
            assert param["description"]


def test_every_program_that_a_task_starts_is_there() -> None:
    programs = [f"Spark/batch/ohlc_{interval.value}_aggregator.py" for interval in ROLL_UPS.values()]
    programs += [f"Spark/batch/{job}.py" for job in ("ohlc_aggregator", "history_backfill")]
    programs += ["Kafka/history_fetch.py", "airflow/housekeeping.py"]
    assert [program for program in programs if not (REPOSITORY / program).is_file()] == []
