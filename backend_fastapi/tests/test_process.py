"""The process: how it starts, what it refuses to start with, and how it stops."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from api_under_test import ROOT, Api, World, candle


def test_told_to_stop_it_says_so_to_every_client_and_ends_with_0(own_api: Api, world: World) -> None:
    world.store_in_redis(candle("STOPUSDT", 0))
    with ExitStack() as stack:
        clients = [
            stack.enter_context(own_api.connect(path, symbol="STOPUSDT"))
            for path in ("/ws/kline", "/ws/trades")
        ]
        for client in clients:
            client.recv(timeout=20)
        assert own_api.signal(signal.SIGTERM) == 0
        for client in clients:
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
            assert "connect again" in closed.value.rcvd.reason
    assert own_api.get("/healthz") is None
    assert '"event": "stopped"' in own_api.output()


def test_a_client_that_reads_nothing_does_not_hold_up_the_stop(own_api: Api, world: World) -> None:
    world.store_in_redis(candle("STUCKUSDT", 0))
    with socket.create_connection(("127.0.0.1", own_api.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")  # a request that never ends
        assert own_api.signal(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("API_HOST", "203.0.113.1", "bad setting API_HOST: 203.0.113.1 cannot be bound"),
        ("MONGO_URI", "mongodb://localhost:99999", "bad setting MONGO_URI: Port must be an integer"),
    ],
)
def test_a_bad_setting_ends_it_with_2_and_one_line(
    world: World, tmp_path: Path, variable: str, value: str, said: str
) -> None:
    api = Api(world, tmp_path, **{variable: value})
    assert api.launch().wait(timeout=30) == 2
    lines = [line for line in api.output().splitlines() if not line.startswith("{")]
    assert len(lines) == 1
    assert said in lines[0]


def test_a_taken_port_is_named(world: World, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        api = Api(world, tmp_path, API_PORT=str(port))
        assert api.launch().wait(timeout=30) == 2
    assert f"bad setting API_PORT: {port} cannot be bound" in api.output()


def test_it_runs_as_a_module_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env={"API_PORT": "none", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "bad setting API_PORT" in done.stderr
