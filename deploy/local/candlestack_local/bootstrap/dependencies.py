"""`make deps`: the system packages that no wheel carries.

As root they are installed; at a terminal after a yes, by sudo; otherwise the one line to run is printed.
Runs before there is an environment: the standard library only.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from candlestack_local.bootstrap.java import OLDEST_JAVA, JavaMissingError, find_java


@dataclass(frozen=True)
class Dependency:
    """Something of the system: how to see that it is there, and the Debian package that brings it."""

    what: str
    is_there: Callable[[], bool]
    package: str


def has_java() -> bool:
    """Say whether a Java virtual machine is there that the broker runs on."""
    try:
        find_java()
    except JavaMissingError:
        return False
    return True


def has_venv() -> bool:
    """Say whether this Python can make environments; Debian keeps that in a package of its own."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def has_make() -> bool:
    return shutil.which("make") is not None


def has_browser() -> bool:
    """Say whether a browser is there in which the tests can look at the dashboard."""
    return any(shutil.which(name) is not None for name in BROWSERS)


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEPENDENCIES = (
    Dependency(f"Java {OLDEST_JAVA} or later", has_java, "default-jre-headless"),
    Dependency("Chromium", has_browser, "chromium"),
    Dependency("Python's venv", has_venv, f"python{sys.version_info.major}.{sys.version_info.minor}-venv"),
    Dependency("make", has_make, "make"),
)


def main() -> int:
    """Install what is missing, or say how; return 0 when nothing is missing in the end."""
    missing = [dependency for dependency in DEPENDENCIES if not dependency.is_there()]
    if not missing:
        return 0
    names = ", ".join(dependency.what for dependency in missing)
    if shutil.which("apt-get") is None:
        sys.stderr.write(f"missing: {names}; install it with this system's package manager\n")
        return 1
    packages = " ".join(dependency.package for dependency in missing)
    install = f"apt-get install -y --no-install-recommends {packages}"
    by_sudo = f"sudo sh -c 'apt-get update && {install}'"
    if os.geteuid() == 0:
        command = ["sh", "-c", f"apt-get update && {install}"]
    elif sys.stdin.isatty() and shutil.which("sudo") is not None:
        answer = input(f"missing: {names}. Install it now ({by_sudo})? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            return 1
        command = ["sudo", "sh", "-c", f"apt-get update && {install}"]
    else:
        sys.stderr.write(f"missing: {names}; run: {by_sudo}\n")
        return 1
    sys.stdout.write(f"installing {names}\n")
    sys.stdout.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        sys.stderr.write(f"{names} could not be installed; run: {by_sudo}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
