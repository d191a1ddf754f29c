"""The process: how it starts, what it refuses to start with, and how it stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from api_records import candle
from api_sockets import closed_with
from api_under_test import ROOT, Api
from api_world import World
from candlestack_local.servers import RedisServer, free_port
from waiting import PATIENCE_S, eventually


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
            code, reason = closed_with(client)
            assert code == 1012
            assert "connect again" in reason
    assert api.get("/healthz") is None
    assert '"event": "stopped"' in api.output()


def test_a_pair_is_not_called_unknown_before_the_topics_were_read(world: World, tmp_path: Path) -> None:
    nowhere = {"KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}", "MONGO_DB": "NOTHING_YET"}
    with RedisServer(port=free_port(), data_dir=tmp_path / "redis") as empty:
        api = Api(world, tmp_path, REDIS_PORT=str(empty.port), **nowhere)
        process = api.launch()
        try:
            eventually(
                lambda: list(api.wait_for("degraded")["reasons"]) == ["kafka"], "no other part is away"
            )
            answer = api.ask("/latest", symbol="BTCUSDT")
            assert (answer.status, set(answer.json["unavailable"])) == (503, {"kafka"})
            assert_none_is_listed_yet(api)
            with api.connect("/ws") as client:
                client.send(
                    '{"op": "subscribe", "subscriptions": [{"channel": "trades", "symbol": "BTCUSDT"}]}'
                )
                assert json.loads(client.recv(timeout=PATIENCE_S))["code"] == 4503
        finally:
            process.kill()


def assert_none_is_listed_yet(api: Api) -> None:
    """Assert that no door answers with an empty list, and each says in its own words to come again."""
    native = api.ask("/symbols")
    assert (native.json["type"], set(native.json["unavailable"])) == (
        "urn:candlestack:problem:unavailable",
        {"kafka"},
    )
    binance = [api.ask(f"/api/v3/{path}") for path in ("exchangeInfo", "ticker/price")]
    assert [each.json["code"] for each in binance] == [-1001, -1001]
    charts = [
        api.ask("/udf/symbols", symbol="BTCUSDT"),
        api.ask("/udf/search", query="BTC", type="", exchange="", limit=30),
        api.ask("/udf/config"),
    ]
    assert {each.json["errmsg"] for each in charts} == {
        "how the exchange lists its pairs has not been read yet"
    }
    answers = (native, *binance, *charts)
    assert [(each.status, each.headers["retry-after"]) for each in answers] == [(503, "2")] * len(answers)


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
