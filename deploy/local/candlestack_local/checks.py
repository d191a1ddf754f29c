"""`make test` and `make lint`: every check as one command, all of them run, and a summary at the end."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from candlestack_core.settings import REPOSITORY
from candlestack_local.bootstrap.environment import AIRFLOW, members
from candlestack_local.servers import ServerError

ARTIFACTS = REPOSITORY / "artifacts"

_BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """One command that must end with exit code 0, run in the root of the repository."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """How a check ended."""

    check: Check
    passed: bool
    seconds: float


def _types() -> list[Check]:
    # One run for each folder: the tests of two folders may have modules of one name.
    folders = [*members(), "airflow/tests", "tests", "benchmarks"]
    present = [folder for folder in folders if any((REPOSITORY / folder).rglob("*.py"))]
    checks = [Check(f"types of {folder}", (str(_BIN / "mypy"), folder)) for folder in present]
    # Airflow itself is only in its own environment.
    by_airflow = ("--python-executable", str(AIRFLOW.python))
    return [
        *checks,
        Check(
            "types of airflow",
            (str(_BIN / "mypy"), *by_airflow, "airflow/dags", "airflow/set_up.py", "airflow/housekeeping.py"),
        ),
    ]


TYPES = tuple(_types())
RULES = (
    Check("format", (str(_BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Check("lint", (str(_BIN / "ruff"), "check", "--quiet", ".")),
    Check("direction of imports", (str(_BIN / "lint-imports"),)),
    Check("dashboard", (str(_BIN / "candlestack"), "npm", "run", "--silent", "check")),
)
LOCK = Check("lock", (sys.executable, "-m", "candlestack_local.lock"))
PROCESSES = min((os.cpu_count() or 1) + 1, 6)
"""Test processes: one more than there are cores, since a test waits for servers as long as it computes."""
TESTS = Check(
    "tests",
    (
        *(str(_BIN / "pytest"), f"--junit-xml={ARTIFACTS / 'pytest.xml'}", "--durations=25"),
        # In the order that the root's conftest gives.
        *(f"--numprocesses={PROCESSES}", "--dist=loadscope", "--no-loadscope-reorder"),
    ),
)
# The type checks share a cache, so they follow each other; the others go on beside them.
STATIC = (TYPES, RULES)
ALL = (TYPES, (*RULES, LOCK))


def benchmarks(names: Sequence[str]) -> list[Check]:
    """Return the benchmarks of these names, or all: every `benchmarks/NAME.py` that can be run.

    Raises:
        ServerError: there is no benchmark of that name.
    """
    found = {path.stem: path for path in sorted((REPOSITORY / "benchmarks").glob("[!_]*.py"))}
    for unknown in set(names) - set(found):
        raise ServerError(f"no benchmark is called {unknown}; there are: {', '.join(found) or 'none'}")
    return [Check(name, (sys.executable, str(found[name]))) for name in names or found]


def run(lanes: Sequence[Sequence[Check]], last: Sequence[Check], console: Console) -> int:
    """Run all checks, print a summary, and return 0 when all have passed, else 1.

    The checks of a lane follow each other, the lanes go on beside each other, and what one of their checks has printed
    is shown when it has ended. Those that are last have the machine to themselves and are shown as they go.
    What a check prints goes into a file of its name below `artifacts/`, too.
    """
    ARTIFACTS.mkdir(exist_ok=True)
    printing = threading.Lock()

    def lane(checks: Sequence[Check]) -> list[Result]:
        results = []
        for check in checks:
            output = io.BytesIO()
            results.append(_run(check, output))
            with printing:
                console.rule(check.name, align="left")
                _show(output.getvalue())
        return results

    with ThreadPoolExecutor(max_workers=max(len(lanes), 1)) as pool:
        results = [result for done in pool.map(lane, lanes) for result in done]
    for check in last:
        console.rule(check.name, align="left")
        results.append(_run(check, sys.stdout.buffer))
    table = Table("check", "result", "seconds", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for result in results:
        mark = Text("passed", style="green") if result.passed else Text("FAILED", style="bold red")
        table.add_row(result.check.name, mark, f"{result.seconds:.1f}")
    console.rule("summary", align="left")
    console.print(table)
    return 0 if all(result.passed for result in results) else 1


def _show(output: bytes) -> None:
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def _run(check: Check, show: BinaryIO) -> Result:
    began = time.monotonic()
    log = ARTIFACTS / f"{check.name.replace(' ', '-').replace('/', '-')}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            check.arguments,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output = process.stdout
        if output is None:
            raise AssertionError("a pipe was asked for")
        with output:
            for line in output:
                file.write(line)
                show.write(line)
                show.flush()
        return Result(check, process.wait() == 0, time.monotonic() - began)
