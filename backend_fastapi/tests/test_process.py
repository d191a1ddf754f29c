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

from api_under_test import PATIENCE_S, ROOT, Api, World, candle


def test_told_to_stop_it_says_so_to_every_client_waits_for_none_and_ends_with_0(
    world: World, tmp_path: Path
) -> None:
    world.store_in_redis(candle("STOPUSDT", 0))
    with ExitStack() as stack:
        api = stack.enter_context(Api(world, tmp_path))
        clients = [
            stack.enter_context(api.connect(path, symbol="STOPUSDT")) for path in ("/ws/kline", "/ws/trades")
        ]
        for client in clients:
            client.recv(timeout=PATIENCE_S)
        idle = stack.enter_context(socket.create_connection(("127.0.0.1", api.port)))
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")  # a request that never ends
        assert api.signal(signal.SIGTERM) == 0
        for client in clients:
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=PATIENCE_S)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
            assert "connect again" in closed.value.rcvd.reason
    assert api.get("/healthz") is None
    assert '"event": "stopped"' in api.output()


def test_a_bad_setting_or_a_taken_port_ends_it_with_2_and_one_line(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = {
            ("API_HOST", "203.0.113.1"): "bad setting API_HOST: 203.0.113.1 cannot be bound",
            ("API_PORT", str(port)): f"bad setting API_PORT: {port} cannot be bound",
            ("MONGO_URI", "mongodb://localhost:99999"): "bad setting MONGO_URI: Port must be an integer",
        }
        apis = [Api(world, tmp_path_factory.mktemp(name), **{name: value}) for name, value in said]
        processes = [api.launch() for api in apis]
        assert [process.wait(PATIENCE_S) for process in processes] == [2, 2, 2]
    for api, expected in zip(apis, said.values(), strict=True):
        [line] = [line for line in api.output().splitlines() if not line.startswith("{")]
        assert expected in line


def test_it_runs_as_a_module_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env={"API_PORT": "none", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2
    assert "bad setting API_PORT" in done.stderr
