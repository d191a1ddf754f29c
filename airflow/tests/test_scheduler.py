"""The real scheduler, the real Spark job, a real MongoDB: twice, killed half way once, and cleared, the same rows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pymongo
import pytest
from pymongo.database import Database
from rich.console import Console

from candlestack_core.intervals import Interval
from candlestack_core.names import JOB_RUNS, KLINE_COLLECTIONS
from candlestack_ingest.stores.candles import CandleSink
from candlestack_local.airflow import USER, Airflow
from candlestack_local.configuration import Configuration
from candlestack_local.programs import programs
from candlestack_local.servers import MongoServer, free_port
from candlestack_local.startup import wait_ready
from candlestack_local.startup_view import StartupView
from candlestack_local.supervisor import Supervisor, supervised_processes
from candlestack_local.supervisor_config import render
from platform_under_test import ROOT
from records import START, candle, record
from waiting import eventually

DAG = "ohlc_1d_spark_aggregator"
"""The one whose next run is the furthest away: one that the scheduler began meanwhile would be counted."""
TASK = "roll_up_1d"
ROLLED = KLINE_COLLECTIONS[Interval.D1.value]
DAY_MINUTES = Interval.D1.minutes
FIRST_MINUTE = -(START // 60_000) % DAY_MINUTES
MINUTES = 2 * DAY_MINUTES
AT_ONCE = 500
SYMBOLS = ("BTCUSDT", "ETHUSDT")
DATABASE = "airflow-scheduler"
FOR_A_TEST = {
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    # One thread and one compiler: each job is over before a second one pays.
    "SPARK_MASTER": "local[1]",
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1",
}
LOOK_S = 1.0
"""Between two questions to Airflow's API, each of which takes it a good part of a tenth of a second."""
START_S, RUN_S, ANSWER_S, STOP_S = 600.0, 600.0, 240.0, 240.0

Rows = dict[str, dict[str, Any]]


class Client:
    """Airflow's API, as a person's client uses it."""

    def __init__(self, airflow: Airflow) -> None:
        self._url = airflow.url
        self._token = self._send("POST", "/auth/token", {"username": USER, "password": airflow.password()})[
            "access_token"
        ]

    def get(self, path: str) -> Any:
        return self._send("GET", f"/api/v2{path}", None)

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        return self._send("POST", f"/api/v2{path}", body)

    def unpause(self, dag_id: str) -> None:
        self._send("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/dags/{dag_id}/dagRuns")["dag_runs"]
        return found

    def until_ended(self, dag_id: str, run_id: str) -> str:
        """Wait until a run has ended and return its state."""

        def ended() -> str | None:
            run = next(run for run in self.runs(dag_id) if run["dag_run_id"] == run_id)
            return str(run["state"]) if run["state"] in ("success", "failed") else None

        return eventually(ended, f"{run_id} has ended", RUN_S, LOOK_S)

    def log(self, run_id: str) -> str:
        tries = self.get(f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{TASK}")["try_number"]
        lines = self.get(f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{TASK}/logs/{tries}")["content"]
        return "\n".join(str(line.get("event")) for line in lines)

    def _send(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "_token"):
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=ANSWER_S) as response:
            return json.load(response)


def fill(sink: CandleSink) -> None:
    """Write two days of 1m candles of two pairs, as the candle writer does."""
    for symbol in SYMBOLS:
        for minute in range(FIRST_MINUTE, FIRST_MINUTE + MINUTES):
            sink.add(record(candle(minute, 1, symbol=symbol)))
            if sink.size() == AT_ONCE:
                sink.flush()
    sink.flush()


@pytest.fixture(scope="module")
def database(mongo_server: MongoServer) -> Iterator[Database[dict[str, Any]]]:
    with (
        pymongo.MongoClient[dict[str, Any]](mongo_server.uri, tz_aware=True) as client,
        pytest.MonkeyPatch.context() as patch,
    ):
        # A busy machine lets the server stand, and what is filled in here is written once.
        patch.setattr("candlestack_ingest.stores.candles.TIMEOUT_S", ANSWER_S)
        yield client[DATABASE]


@pytest.fixture(scope="module")
def airflow(
    airflow_python: Path,
    database: Database[dict[str, Any]],
    mongo_server: MongoServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Airflow]:
    """Airflow as `make up` starts and stops it, with every DAG paused until a test wants it."""
    settings = {
        "CANDLESTACK_HOME": str(tmp_path_factory.mktemp("home")),
        "AIRFLOW_PORT": str(free_port()),
        "MONGO_URI": mongo_server.uri,
        "MONGO_DB": DATABASE,
        "PROFILE": "all",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        configuration = Configuration.from_environment()
        batch = [
            # A test has nobody to yield to, but other work on the machine that it would wait for. And nothing is
            # scheduled before a test wants it, so that the scheduler need not wait for the API.
            replace(
                program,
                environment={**program.environment, **FOR_A_TEST},
                niceness=0,
                after=program.after[:1],
            )
            for program in programs(configuration)
            if program.name.startswith("airflow")
        ]
        state = configuration.state
        state.create()
        for program in batch:
            program.prepare()
        state.supervisor_config.write_text(render(batch, state))
        supervisor = Supervisor(state)
        supervisor.start()
        try:
            supervisor.start_ended([batch[0].name])
            # It makes its database meanwhile.
            sink = CandleSink(database)
            sink.open()
            fill(sink)
            with StartupView(Console(stderr=True), [program.name for program in batch]) as view:
                wait_ready(batch, state, view, START_S, start=True)
            yield configuration.airflow
        finally:
            killed = supervisor.stop(STOP_S)
        assert killed == [], "not all of Airflow stopped when it was asked to"
        assert supervised_processes(state) == []


def rows_of(database: Database[dict[str, Any]]) -> Rows:
    return {document["_id"]: document for document in database[ROLLED].find()}


def figures(rows: Rows) -> Rows:
    """Return rows without what says when they were written."""
    return {key: {name: row[name] for name in row if name != "written_at"} for key, row in rows.items()}


def outcomes_of(database: Database[dict[str, Any]]) -> list[str]:
    """Return how the runs of the job ended, the oldest first."""
    return [run["outcome"] for run in database[JOB_RUNS].find({}, sort=[("started_at", 1)])]


def killed_at_work(client: Client, database: Database[dict[str, Any]], window: Mapping[str, object]) -> bool:
    """Lose the rows and run the DAG over a window, with its task killed; tell whether its job was still at work.

    Either way the run ends well: the task is tried again.
    """
    database[ROLLED].delete_many({})
    before = len(outcomes_of(database))
    run_id = client.post(f"/dags/{DAG}/dagRuns", {"logical_date": None, "conf": window})["dag_run_id"]
    eventually(lambda: len(outcomes_of(database)) > before, "the job is at work", RUN_S)
    at_work = database[JOB_RUNS].find_one({}, sort=[("started_at", -1)])
    assert at_work is not None
    with suppress(psutil.NoSuchProcess):
        job = psutil.Process(at_work["pid"])
        task = job.parent()
        assert task is not None
        task.send_signal(signal.SIGKILL)
        gone, alive = psutil.wait_procs([job], timeout=RUN_S)
        assert (gone, alive) == ([job], []), "the job outlived its task"
    assert client.until_ended(DAG, run_id) == "success", client.log(run_id)
    return outcomes_of(database)[before:] == ["killed", "succeeded"]


def test_every_dag_is_known_and_none_has_an_error(airflow: Airflow) -> None:
    client = Client(airflow)
    known = eventually(
        lambda: found if len(found := client.get("/dags")["dags"]) == 7 else None,
        "all DAGs are read",
        START_S,
        LOOK_S,
    )
    assert DAG in {dag["dag_id"] for dag in known}
    assert client.get("/importErrors")["import_errors"] == []


def test_nobody_gets_in_without_the_generated_password(airflow: Airflow) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{airflow.url}/api/v2/dags", timeout=ANSWER_S)
    assert refused.value.code == 401
    assert airflow.password() not in (airflow.home / "airflow.cfg").read_text()
    secret_files = [airflow.home / "airflow.cfg", *airflow.state.run.glob("airflow-*.json")]
    assert {file.stat().st_mode & 0o777 for file in secret_files} == {0o600}
    assert len(secret_files) == 3


def test_a_first_start_is_one_run_over_all_there_is_and_a_killed_second_one_leaves_the_same_rows(
    airflow: Airflow, database: Database[dict[str, Any]]
) -> None:
    client = Client(airflow)
    client.unpause(DAG)
    first = eventually(lambda: client.runs(DAG), "the scheduler makes a run", RUN_S, LOOK_S)
    assert len(first) == 1
    run_id = first[0]["dag_run_id"]
    assert client.until_ended(DAG, run_id) == "success", client.log(run_id)
    rows = rows_of(database)
    assert len(rows) == len(SYMBOLS) * MINUTES // DAY_MINUTES

    begin, end = (min(row["open_time"] for row in rows.values()), datetime.now(UTC))
    window = {"start": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT00:00:00Z}"}
    # Where this process stands still for as long as a job takes, it is over before it is killed: once more.
    eventually(lambda: killed_at_work(client, database, window), "a job is killed at work", RUN_S)
    assert figures(rows_of(database)) == figures(rows)
    assert outcomes_of(database)[0] == "succeeded"

    # The first run cleared: it works on its own interval, where there is nothing, and changes nothing.
    written, ran = rows_of(database), len(outcomes_of(database))
    client.post(
        f"/dags/{DAG}/clearTaskInstances",
        {"dry_run": False, "dag_run_id": run_id, "only_failed": False, "reset_dag_runs": True},
    )
    eventually(lambda: database[JOB_RUNS].count_documents({}) == ran + 1, "the run begins anew", RUN_S)
    assert client.until_ended(DAG, run_id) == "success", client.log(run_id)
    newest = database[JOB_RUNS].find_one({}, sort=[("started_at", -1)])
    assert newest is not None
    interval = client.runs(DAG)[0]
    times = [f"{newest[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("start", "end")]
    assert times == [interval["data_interval_start"], interval["data_interval_end"]]
    assert rows_of(database) == written


def test_housekeeping_runs_beside_the_scheduler(airflow: Airflow) -> None:
    done = subprocess.run(
        [airflow.command()[0], str(ROOT / "airflow" / "housekeeping.py")],
        env={**os.environ, **airflow.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "removed 0 logs" in done.stdout
    assert len(Client(airflow).runs(DAG)) >= 2
