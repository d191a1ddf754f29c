"""Make the environment `.venv` be exactly what the lock says, with every member installed in place.

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
import tomllib
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]
ENVIRONMENT = REPOSITORY / ".venv"
LOCK = REPOSITORY / "requirements" / "workspace.txt"
STAMP = ENVIRONMENT / ".candlestack-installed"

_PYTHON = ENVIRONMENT / "bin" / "python"
_UV_PIN = re.compile(r"^uv==.*?(?=^\S)", re.MULTILINE | re.DOTALL)


def members() -> list[str]:
    """Return the folders of the workspace's members."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    folders: list[str] = settings["tool"]["uv"]["workspace"]["members"]
    return folders


def fingerprint() -> str:
    """Return a digest of all that decides what is installed."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {REPOSITORY}".encode())
    for path in (LOCK, *(REPOSITORY / member / "pyproject.toml" for member in members())):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Say whether the environment is there, whole, and made from the present lock."""
    return _PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def install() -> None:
    """Make the environment, or bring it up to date.

    Raises:
        subprocess.CalledProcessError: a step failed; it has said why.
    """
    if not _PYTHON.exists():
        _say(f"making {ENVIRONMENT.name} with Python {sys.version.split()[0]}")
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    STAMP.unlink(missing_ok=True)
    _say("installing the locked packages")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
        pin.write(uv_pin())
        pin.flush()
        _run("-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", pin.name)
    _run("-m", "uv", "pip", "sync", "--require-hashes", str(LOCK))
    # A sync removes the members; the lock brings what builds them, so that nothing is fetched for it.
    in_place = [argument for member in members() for argument in ("--editable", str(REPOSITORY / member))]
    _run("-m", "uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", *in_place)
    STAMP.write_text(fingerprint())


def uv_pin() -> str:
    """Return the lock's entry of uv: its version and hashes."""
    found = _UV_PIN.search(LOCK.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{LOCK} does not pin uv")
    return found.group()


def _run(*arguments: str) -> None:
    subprocess.run([str(_PYTHON), *arguments], cwd=REPOSITORY, stdin=subprocess.DEVNULL, check=True)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """Bring the environment up to date; return 1 where that fails."""
    if is_current():
        return 0
    with (REPOSITORY / "requirements" / "workspace.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two make at once install one after the other
        if is_current():
            return 0
        try:
            install()
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"the environment could not be installed: {' '.join(error.cmd[1:4])} failed\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
