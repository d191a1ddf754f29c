"""A platform for a benchmark: started as a user starts it, on ports and in a folder of its own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from candlestack_local.servers import free_port

CANDLESTACK = Path(sys.executable).parent / "candlestack"
_HEALTH_PORTS = 32


@dataclass(frozen=True)
class Addresses:
    """Where the platform of a benchmark is, and the environment that makes it so."""

    environment: Mapping[str, str]
    api: str
    api_sockets: str
    exchange_sockets: str


def machine(*packages: str) -> str:
    """Return in one line what a figure depends on: versions, cores, and what else runs."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"Python {platform.python_version()}, {versions}; {platform.platform()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )


@contextmanager
def addresses(**settings: str) -> Iterator[Addresses]:
    """Give an environment in which `candlestack up` starts beside anything else; stop and forget it afterwards."""
    simulator, api = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="candlestack-bench-") as home:
        environment = os.environ | {
            "CANDLESTACK_HOME": home,
            "EXCHANGE": "simulator",
            "REPLAY_RECORDING": "",
            "KAFKA_BOOTSTRAP": f"localhost:{free_port()}",
            "KAFKA_CONTROLLER_PORT": str(free_port()),
            "MONGO_URI": f"mongodb://localhost:{free_port()}",
            "REDIS_HOST": "localhost",
            "REDIS_PORT": str(free_port()),
            "SIMULATOR_PORT": str(simulator),
            "API_PORT": str(api),
            "FRONTEND_PORT": str(free_port()),
            "AIRFLOW_PORT": str(free_port()),
            "HEALTH_PORT_BASE": str(free_port(following=_HEALTH_PORTS)),
            **settings,
        }
        try:
            yield Addresses(
                environment,
                f"http://127.0.0.1:{api}",
                f"ws://127.0.0.1:{api}",
                f"ws://127.0.0.1:{simulator}",
            )
        finally:
            if any(Path(home).iterdir()):  # `up` that was refused left nothing, and its error is to be seen
                candlestack(environment, "clean", "--yes")


def candlestack(environment: Mapping[str, str], *arguments: str) -> str:
    """Run one of the platform's commands and return what it printed.

    Raises:
        SystemExit: it failed; what it printed is the message.
    """
    done = subprocess.run(
        [str(CANDLESTACK), *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"candlestack {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def live_line(said: str) -> str:
    """Return the line with which `candlestack up` proves that the platform lives."""
    return next(line for line in said.splitlines() if line.startswith("live:"))
