"""The whole platform, started and stopped as a person does it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from candlestack_core.settings import REPOSITORY
from candlestack_local.cli import app
from candlestack_local.servers import free_port
from candlestack_local.state import StateFolder
from candlestack_local.supervisor import Supervisor, supervised_processes

_CANDLESTACK = Path(sys.executable).parent / "candlestack"
_TASKS = {"create-topics", "init-stores"}
_HEALTH_PORTS = 11
_LIVE = re.compile(r"^live: (BTC|ETH)USDT ", re.MULTILINE)
"""Said of the first pair that is live."""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of a platform beside any other on this machine, stopped afterwards."""
    environment = {
        **os.environ,
        "CANDLESTACK_HOME": str(tmp_path),
        "EXCHANGE": "simulator",
        "REPLAY_RECORDING": "",
        "KAFKA_BOOTSTRAP": f"localhost:{free_port()}",
        "KAFKA_CONTROLLER_PORT": str(free_port()),
        "MONGO_URI": f"mongodb://localhost:{free_port()}",
        "REDIS_HOST": "localhost",
        "REDIS_PORT": str(free_port()),
        "REDIS_PASSWORD": "open sesame",
        "SIMULATOR_PORT": str(free_port()),
        "API_PORT": str(free_port()),
        "FRONTEND_PORT": str(free_port()),
        "HEALTH_PORT_BASE": str(free_port(following=_HEALTH_PORTS)),
        "PROFILE": "live",
        "SYMBOLS": "BTCUSDT,ETHUSDT",
        "FUTURES_SYMBOLS": "BTCUSDT",
        "BACKFILL_HOURS": "1",
        # This platform lives for a minute: what the second compiler would do for its broker comes too late.
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1",
    }
    yield environment
    if supervised_processes(StateFolder(tmp_path, "any")):
        _candlestack(environment, "down")


def _candlestack(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [str(_CANDLESTACK), *arguments],
        env=environment,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _called(environment: dict[str, str], *arguments: str) -> str:
    """Run a command in this process, which need not import all of it anew."""
    done = CliRunner().invoke(app, arguments, env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def _pids(supervisor: Supervisor) -> dict[str, int | None]:
    return {name: info.pid for name, info in supervisor.processes().items() if name not in _TASKS}


def test_the_platform_comes_up_to_a_live_candle_and_goes_down_without_a_trace(
    environment: dict[str, str], tmp_path: Path
) -> None:
    state = StateFolder(tmp_path, "any")
    supervisor = Supervisor(state)

    first = _candlestack(environment, "up")
    assert _LIVE.search(first), first
    assert "from simulator" in first
    pids = _pids(supervisor)
    assert len(pids) == 13
    assert None not in pids.values()

    # A second start while it runs changes nothing but what has died.
    killed = pids["candle-writer"]
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert _LIVE.search(_called(environment, "up"))
    again = _pids(supervisor)
    assert {name for name in pids if again[name] != pids[name]} == {"candle-writer"}

    status = _called(environment, "status")
    assert all(name in status for name in pids)
    assert "starting" not in status
    assert "candle-writer" in _called(environment, "logs", "candle-writer", "--no-follow")

    down = _candlestack(environment, "down")
    assert "killed" not in down
    assert supervised_processes(state) == []
    assert any((tmp_path / "data").rglob("appendonly.aof.*"))
