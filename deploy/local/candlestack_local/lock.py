"""The locks: `requirements/workspace.txt`, with every version and hash of all members and the tools, and
`airflow/requirements.txt`, with those of Airflow's environment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from candlestack_core.settings import REPOSITORY
from candlestack_local.bootstrap.environment import AIRFLOW, WORKSPACE, members
from candlestack_local.servers import ServerError

_REMEDY = "the dependencies have changed and the lock has not; run: make lock"


@dataclass(frozen=True)
class Lock:
    """A lock, and the arguments that say what it is compiled from."""

    path: Path
    sources: tuple[str, ...]


def locks() -> tuple[Lock, ...]:
    """Return the locks of all environments; the workspace's leaves its own members out."""
    left_out = (f"--no-emit-package={name}" for name in member_names())
    return (
        Lock(WORKSPACE.lock, ("--group", "dev", *left_out, "pyproject.toml")),
        Lock(AIRFLOW.lock, ("airflow/pyproject.toml",)),
    )


def compile_locks(*, upgrade: bool = False) -> None:
    """Write the locks from the declared dependencies; versions they already hold stay where they can.

    Raises:
        ServerError: the dependencies cannot be resolved.
    """
    for lock in locks():
        _compile(lock, lock.path, upgrade=upgrade)


def _compile(lock: Lock, output: Path, *, upgrade: bool = False) -> None:
    arguments = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--no-header", "--output-file", str(output)),
        *(["--upgrade"] if upgrade else []),
        *lock.sources,
    ]
    done = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"{lock.path} cannot be compiled: {done.stderr.strip()}")


def drift() -> str:
    """Return what compiling anew would change in the locks, as a unified diff; empty when they are up to date.

    The locks' own versions are preferred, so a new release elsewhere is no drift.

    Raises:
        ServerError: the dependencies cannot be resolved.
    """
    differences: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for lock in locks():
            fresh = Path(folder) / lock.path.name
            shutil.copyfile(lock.path, fresh)
            _compile(lock, fresh)
            differences += unified_diff(
                lock.path.read_text().splitlines(keepends=True),
                fresh.read_text().splitlines(keepends=True),
                fromfile=str(lock.path.relative_to(REPOSITORY)),
                tofile="compiled anew",
            )
    return "".join(differences)


def member_names() -> list[str]:
    """Return the names of the workspace's members, which the lock leaves out."""
    files = (REPOSITORY / member / "pyproject.toml" for member in members())
    return [tomllib.loads(file.read_text())["project"]["name"] for file in files]


def main() -> int:
    """Print the drift and return 1 where there is any, else 0."""
    try:
        difference = drift()
    except ServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if difference:
        sys.stdout.write(f"{difference}\n{_REMEDY}\n")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
