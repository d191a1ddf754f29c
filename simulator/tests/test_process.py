"""The simulator as a process: its settings, its health, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from candlestack_core.settings import SimulatorSettings
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import running

WITHIN_S = 240.0

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start simulators on free ports; whatever still runs is killed with the test."""
    processes: list[subprocess.Popen[str]] = []

    def run(**settings: str) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ports = {"SIMULATOR_PORT": "0", "HEALTH_PORT": "0", "CANDLESTACK_ENV_FILE": str(tmp_path / "none")}
        process = subprocess.Popen(
            [sys.executable, "-m", "candlestack_simulator"],
            env=kept | ports | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ports_of(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Read the log until the simulator listens; return its port and that of its health."""
    assert process.stdout is not None
    health = 0
    for line in process.stdout:
        event = json.loads(line)
        health = event.get("health_port", health)
        if event["event"] == "listening":
            return event["port"], health
    raise AssertionError(process.communicate()[1])


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=WITHIN_S) as answer:
        return answer.read().decode()


def test_it_serves_the_seeded_market_is_healthy_and_ends_with_code_0(start: Start) -> None:
    process = start(SIMULATOR_SEED="5")
    port, health = ports_of(process)
    about = json.loads(get(port, "/sim/source"))
    assert (about["source"], about["seed"], about["ended"]) == ("simulator", 5, False)
    assert len(about["coverage"]) == 17
    assert json.loads(get(health, "/healthz")) == {"status": "alive"}
    assert json.loads(get(health, "/readyz")) == {"status": "ready"}
    get(port, "/api/v3/ping")
    metrics = get(health, "/metrics")
    assert 'candlestack_simulator_rest_requests_total{path="/api/v3/ping",status="200"} 1.0' in metrics
    assert "candlestack_simulator_connections 0.0" in metrics

    process.send_signal(signal.SIGTERM)
    log, errors = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, errors) == (0, "")
    assert json.loads(log.splitlines()[-1])["event"] == "stopped"


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=WITHIN_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_its_limits_are_settings_of_each_market(start: Start) -> None:
    limits = {"SIMULATOR_REST_WEIGHT_PER_MINUTE": "3", "SIMULATOR_USDM_REST_WEIGHT_PER_MINUTE": "2"}
    port, _ = ports_of(start(**limits, SIMULATOR_REFUSALS_BEFORE_BAN="1"))
    # A minute may end in between: more requests than twice the limit are never all answered.
    assert {status(port, "/api/v3/ping") for _ in range(12)} == {200, 429, 418}
    assert {status(port, "/fapi/v1/ping") for _ in range(12)} == {200, 429, 418}


async def test_two_starts_with_one_seed_are_the_same_market(start: Start) -> None:
    path = "/api/v3/klines?symbol=ETHUSDT&interval=1h&startTime=1700000000000&limit=5"
    processes = [start(SIMULATOR_SEED=seed) for seed in ("5", "6")]
    started, other = (json.loads(get(ports_of(process)[0], path)) for process in processes)
    async with running(SeededMarket(5)) as exchange:
        here = await exchange.get(path)
    assert started == here != other


def test_it_serves_a_recording_that_one_setting_names(start: Start, aggregate_recording: str) -> None:
    process = start(REPLAY_RECORDING=aggregate_recording, REPLAY_SPEED="60", REPLAY_TIMES="kept")
    port, _ = ports_of(process)
    about = json.loads(get(port, "/sim/source"))
    assert (about["source"], about["speed"], about["times"]) == ("replay", 60.0, "kept")
    assert set(about["coverage"]) == {"BTCUSDT", "DOTUSDT", "ETHUSDT"}
    assert "seed" not in about


def test_a_bad_setting_or_a_taken_port_is_one_line_and_exit_code_2(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = {
            ("REPLAY_RECORDING", "missing.gz"): "bad setting REPLAY_RECORDING: missing.gz: no such recording",
            ("SIMULATOR_PORT", "70000"): "bad setting SIMULATOR_PORT: ",
            ("SIMULATOR_PORT", str(port)): f"bad setting SIMULATOR_PORT: {port} cannot be bound",
        }
        processes = [start(**{name: value}) for name, value in said]
        errors = [process.communicate(timeout=WITHIN_S)[1] for process in processes]
    assert [process.returncode for process in processes] == [2] * len(said)
    for error, expected in zip(errors, said.values(), strict=True):
        (line,) = error.splitlines()
        assert expected in line


def test_a_replay_that_would_stand_still_is_refused() -> None:
    with pytest.raises(ValidationError, match="replay_speed"):
        SimulatorSettings.model_validate({"replay_speed": 0})
