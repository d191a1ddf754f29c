"""A program as a task: its arguments, its exit codes, its end with the task."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

TRIALS = Path(__file__).with_name("operator_trials.py")
PATIENCE_S = 240.0


def start(airflow_python: Path, folder: Path, *trials: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(airflow_python), str(TRIALS), str(folder), *trials],
        env={**os.environ, "AIRFLOW_HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def ended(airflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """How each program that ends by itself has ended, and all that was logged."""
    folder = tmp_path_factory.mktemp("trials")
    said, _ = start(airflow_python, folder, "well", "badly", "refused", "settings").communicate()
    return json.loads(said.splitlines()[-1]), said


def test_arguments_arrive_as_they_are_and_lines_go_to_the_log(ended: tuple[dict[str, Any], str]) -> None:
    answers, said = ended
    assert answers["well"]["ended"] == ""
    assert "['--start=1', 'a b; c']" in said


def test_a_failure_is_tried_again_and_says_the_last_lines(ended: tuple[dict[str, Any], str]) -> None:
    assert ended[0]["badly"]["ended"].startswith("ProgramFailedError: ")
    assert ended[0]["badly"]["ended"].endswith("exit code 1: first | the reason")


def test_what_refuses_its_arguments_is_not_tried_again(ended: tuple[dict[str, Any], str]) -> None:
    assert ended[0]["refused"]["ended"].startswith("AirflowFailException: ")
    assert "no such pair" in ended[0]["refused"]["ended"]


def test_airflows_own_settings_stay_with_airflow(ended: tuple[dict[str, Any], str]) -> None:
    assert ended[0]["settings"]["ended"] == ""
    assert "AIRFLOW__CORE__UNIT_TEST_MODE" not in ended[1]


def test_a_scheduled_run_lets_the_newest_minute_arrive(ended: tuple[dict[str, Any], str]) -> None:
    assert ended[0]["settled"]["ended"] == ""
    assert ended[0]["settled"]["seconds"] >= 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_program_does_not_outlive_its_task(
    airflow_python: Path, tmp_path: Path, how: signal.Signals
) -> None:
    task = start(airflow_python, tmp_path, "killed")
    try:
        program = psutil.Process(pid_of_program(task, tmp_path / "killed.py.pid"))
        task.send_signal(how)
        task.wait(PATIENCE_S)
        gone, alive = psutil.wait_procs([program], timeout=PATIENCE_S)
    finally:
        task.kill()
        task.communicate()
    assert (gone, alive) == ([program], [])


def pid_of_program(task: subprocess.Popen[str], file: Path) -> int:
    """Wait until the program of a task has written its process id."""
    deadline = time.monotonic() + PATIENCE_S
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, "the program was not started"
        assert task.poll() is None, task.communicate()[0]
        time.sleep(0.1)
    return int(file.read_text())


def test_only_old_logs_are_removed_and_empty_folders_with_them(tmp_path: Path) -> None:
    remove_old = runpy.run_path(str(TRIALS.parents[1] / "housekeeping.py"))["remove_old"]
    old, new = tmp_path / "dag" / "old" / "attempt=1.log", tmp_path / "dag" / "new" / "attempt=1.log"
    for log in (old, new):
        log.parent.mkdir(parents=True)
        log.write_text("a line")
    os.utime(old, (0, 0))
    assert remove_old(tmp_path, 1) == 1
    assert new.exists()
    # Emptied by one run, the folder is removed by the next at the latest.
    remove_old(tmp_path, 1)
    assert not old.parent.exists()
