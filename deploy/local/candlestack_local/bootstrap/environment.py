"""Make the environments be exactly what their locks say: `.venv`, with every member installed in place, and
`.venv-airflow`, since Airflow's dependencies cannot live beside pyspark's.

Does nothing when nothing has changed since it last did so. Runs before there is an environment: the
standard library only. uv itself comes from the lock too, by its hashes.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]

_UV_PIN = re.compile(r"^uv==.*?(?=^\S)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Environment:
    """A folder with a Python of its own, made from a lock."""

    folder: Path
    lock: Path
    members: tuple[str, ...] = ()
    """Folders of the workspace that are installed in place."""

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / ".candlestack-installed"

    def fingerprint(self) -> str:
        """Return a digest of all that decides what is installed."""
        digest = hashlib.sha256(f"{sys.version_info[:2]} {REPOSITORY}".encode())
        for path in (self.lock, *(REPOSITORY / member / "pyproject.toml" for member in self.members)):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def is_current(self) -> bool:
        """Say whether the environment is there, whole, and made from the present lock."""
        return self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.fingerprint()


def members() -> list[str]:
    """Return the folders of the workspace's members."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    folders: list[str] = settings["tool"]["uv"]["workspace"]["members"]
    return folders


WORKSPACE = Environment(REPOSITORY / ".venv", REPOSITORY / "requirements" / "workspace.txt", tuple(members()))
AIRFLOW = Environment(REPOSITORY / ".venv-airflow", REPOSITORY / "airflow" / "requirements.txt")
ENVIRONMENTS = (WORKSPACE, AIRFLOW)
"""In the order in which they are made: uv, which the first brings, makes the second."""


def install(environment: Environment) -> None:
    """Make an environment, or bring it up to date.

    Raises:
        subprocess.CalledProcessError: a step failed; it has said why.
    """
    is_first = environment is WORKSPACE
    if not environment.python.exists():
        _say(f"making {environment.folder.name} with Python {sys.version.split()[0]}")
        venv.create(environment.folder, clear=True, with_pip=is_first)
    environment.stamp.unlink(missing_ok=True)
    _say(f"installing the locked packages of {environment.folder.name}")
    if is_first:
        _install_uv()
    into = ("--python", str(environment.python))
    _run("-m", "uv", "pip", "sync", *into, "--require-hashes", str(environment.lock))
    # A sync removes the members; the lock brings what builds them, so that nothing is fetched for it.
    in_place = [part for member in environment.members for part in ("--editable", str(REPOSITORY / member))]
    if in_place:
        _run("-m", "uv", "pip", "install", *into, "--quiet", "--no-deps", "--no-build-isolation", *in_place)
    environment.stamp.write_text(environment.fingerprint())


def _install_uv() -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
        pin.write(uv_pin())
        pin.flush()
        _run("-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", pin.name)


def uv_pin() -> str:
    """Return the lock's entry of uv: its version and hashes."""
    found = _UV_PIN.search(WORKSPACE.lock.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{WORKSPACE.lock} does not pin uv")
    return found.group()


def _run(*arguments: str) -> None:
    command = [str(WORKSPACE.python), *arguments]
    subprocess.run(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, check=True)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """Bring the environments up to date; return 1 where that fails."""
    if all(environment.is_current() for environment in ENVIRONMENTS):
        return 0
    with WORKSPACE.lock.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two make at once install one after the other
        for environment in ENVIRONMENTS:
            if environment.is_current():
                continue
            began = time.monotonic()
            try:
                install(environment)
            except subprocess.CalledProcessError as error:
                sys.stderr.write(
                    f"{environment.folder.name} could not be installed: {' '.join(error.cmd[1:4])} failed\n"
                )
                return 1
            _say(f"{environment.folder.name} is as its lock says, after {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
