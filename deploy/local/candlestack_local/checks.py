"""`make test` and `make lint`: every check as one command, all of them run, and a summary at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


STATIC = (
    Check("format", (str(_BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Check("lint", (str(_BIN / "ruff"), "check", "--quiet", ".")),
    *_types(),
    Check("direction of imports", (str(_BIN / "lint-imports"),)),
    Check("dashboard", (str(_BIN / "candlestack"), "npm", "run", "--silent", "check")),
)
LOCK = Check("lock", (sys.executable, "-m", "candlestack_local.lock"))
TESTS = Check(
    "tests",
    (
        *(str(_BIN / "pytest"), f"--junit-xml={ARTIFACTS / 'pytest.xml'}", "--durations=15"),
        # Two at a time, in the order that the root's conftest gives.
        *("--numprocesses=2", "--dist=loadscope", "--no-loadscope-reorder"),
    ),
)
ALL = (*STATIC, LOCK, TESTS)


def benchmarks(names: Sequence[str]) -> list[Check]:
    """Return the benchmarks of these names, or all: every `benchmarks/NAME.py` that can be run.

    Raises:
        ServerError: there is no benchmark of that name.
    """
    found = {path.stem: path for path in sorted((REPOSITORY / "benchmarks").glob("[!_]*.py"))}
    for unknown in set(names) - set(found):
        raise ServerError(f"no benchmark is called {unknown}; there are: {', '.join(found) or 'none'}")
    return [Check(name, (sys.executable, str(found[name]))) for name in names or found]


def run(checks: Sequence[Check], console: Console) -> int:
    """Run all checks, print a summary, and return 0 when all have passed, else 1.

    What a check prints goes to the terminal, and into a file of its name below `artifacts/`.
    """
    ARTIFACTS.mkdir(exist_ok=True)
    results = []
    for check in checks:
        console.rule(check.name, align="left")
        began = time.monotonic()
        passed = _run(check) == 0
        results.append((check, passed, time.monotonic() - began))
    table = Table("check", "result", "seconds", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for check, passed, seconds in results:
        mark = Text("passed", style="green") if passed else Text("FAILED", style="bold red")
        table.add_row(check.name, mark, f"{seconds:.1f}")
    console.rule("summary", align="left")
    console.print(table)
    return 0 if all(passed for _, passed, _ in results) else 1


def _run(check: Check) -> int:
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
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
        return process.wait()
