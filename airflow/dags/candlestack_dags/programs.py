"""A program of the platform as a task: started with arguments, its lines in the task's log, ended with the task."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

REPOSITORY = Path(__file__).resolve().parents[3]
PLATFORM_PYTHON = REPOSITORY / ".venv" / "bin" / "python"
"""The interpreter of the platform: its programs cannot run on Airflow's."""

BAD_ARGUMENTS = 2
"""The exit code of a program that was given what it cannot use; another try would not help."""

_STOP_S = 10.0
_PR_SET_PDEATHSIG = 1
_LAST_LINES = 3


class ProgramFailedError(Exception):
    """A program ended with an exit code other than 0; the message ends with its last lines."""


class ProgramOperator(BaseOperator):
    """Runs a Python program in a process group of its own, which ends when the task does, however that ends.

    Exit code 0 is success, 2 a failure that is not tried again, any other a failure that is.
    """

    def __init__(
        self,
        *,
        program: str,
        arguments: Callable[[Context], Sequence[str]],
        interpreter: Path = PLATFORM_PYTHON,
        settle: timedelta = timedelta(0),
        **operator: Any,
    ) -> None:
        """Take a program by its path in the repository, and what gives its arguments for a run.

        A scheduled run begins no earlier than `settle` after the end of its data interval.
        """
        super().__init__(**operator)
        self.program = program
        self.arguments = arguments
        self.interpreter = interpreter
        self.settle = settle
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Context) -> None:
        command = [str(self.interpreter), str(REPOSITORY / self.program), *self.arguments(context)]
        self._wait_until_settled(context)
        self.log.info("running %s", command)
        last_lines: list[str] = []
        self._process = process = _start(command)
        try:
            for line in process.stdout or ():
                self.log.info("%s", line.rstrip())
                last_lines = [*last_lines, line.rstrip()][-_LAST_LINES:]
            code = process.wait()
        finally:
            self._end()
        if code:
            said = f"{self.program} ended with exit code {code}: {' | '.join(last_lines)}"
            raise AirflowFailException(said) if code == BAD_ARGUMENTS else ProgramFailedError(said)

    def on_kill(self) -> None:
        self._end()

    def _wait_until_settled(self, context: Context) -> None:
        """Give the newest minute of the data interval the time to arrive in the store."""
        run = context["dag_run"]
        if run.run_type == "scheduled":
            due = run.run_after + self.settle
            time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))

    def _end(self) -> None:
        """End the program and all that it has started; it is asked first."""
        process, self._process = self._process, None
        if process is None:
            return
        for number, patience_s in ((signal.SIGTERM, _STOP_S), (signal.SIGKILL, None)):
            if process.poll() is None:
                os.killpg(process.pid, number)
                try:
                    process.wait(patience_s)
                except subprocess.TimeoutExpired:
                    continue


def _start(command: Sequence[str]) -> subprocess.Popen[str]:
    # Of a task's own settings none concerns the program.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW__")}
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=_end_with_task,  # noqa: PLW1509 - it calls the kernel only, and takes no lock
    )


def _end_with_task() -> None:
    """Tie the program's life to the task's: a task that is killed must not leave it at work beside its successor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
