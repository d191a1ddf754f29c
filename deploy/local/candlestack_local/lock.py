"""The lock: `requirements/workspace.txt`, with every version and hash of all members and the tools."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from difflib import unified_diff
from pathlib import Path

from candlestack_core.settings import REPOSITORY
from candlestack_local.bootstrap.environment import members
from candlestack_local.servers import ServerError

LOCK = REPOSITORY / "requirements" / "workspace.txt"
_REMEDY = "the dependencies have changed and the lock has not; run: make lock"


def compile_lock(lock: Path = LOCK, *, upgrade: bool = False) -> None:
    """Write the lock from the members' dependencies; versions it already holds stay where they can.

    Raises:
        ServerError: the dependencies cannot be resolved.
    """
    arguments = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--no-header", "--group", "dev", "--output-file", str(lock)),
        *(f"--no-emit-package={name}" for name in member_names()),
        *(["--upgrade"] if upgrade else []),
        "pyproject.toml",
    ]
    done = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"the lock cannot be compiled: {done.stderr.strip()}")


def drift() -> str:
    """Return what compiling anew would change in the lock, as a unified diff; empty when it is up to date.

    The lock's own versions are preferred, so a new release elsewhere is no drift.

    Raises:
        ServerError: the dependencies cannot be resolved.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / LOCK.name
        shutil.copyfile(LOCK, fresh)
        compile_lock(fresh)
        lines = unified_diff(
            LOCK.read_text().splitlines(keepends=True), fresh.read_text().splitlines(keepends=True)
        )
        return "".join(lines)


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
