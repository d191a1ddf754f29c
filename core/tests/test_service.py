"""The frame of a service, over real HTTP and with real signals."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from candlestack_core.service import STALLED_AFTER_S, Health, HealthServer
from candlestack_local.servers import free_port

from .conftest import Run, Start

LOOPBACK = "127.0.0.1"
PATIENCE_S = 240.0

SYNC = """
from candlestack_core.service import run
def main(service):
    while not service.stopping.wait(0.05):
        service.health.beat()
    service.log.info("flushed")
run("sync-service", main, components=["store"])
"""

ASYNC = """
from candlestack_core.service import run_async
async def main(service, stopping):
    service.health.ready("kafka")
    await stopping.wait()
    assert service.stopping.is_set()
    service.log.info("flushed")
run_async("async-service", main, components=["kafka"])
"""

EARLY = (
    """
import asyncio, os, signal
running = asyncio.run
def told_before_the_loop_runs(main):
    os.kill(os.getpid(), signal.SIGTERM)
    return running(main)
asyncio.run = told_before_the_loop_runs
"""
    + ASYNC
)

FAILING = """
from candlestack_core.service import run
def main(service):
    raise RuntimeError("cannot be mended")
run("failing-service", main)
"""

BAD_LATER = """
from candlestack_core.service import run
from candlestack_core.settings import BadSettingError
def main(service):
    raise BadSettingError("SYMBOLS", "NOPEUSDT is not listed")
run("refusing-service", main)
"""


class Clock:
    """A monotonic clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(["kafka", "store"], clock)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def server(health: Health, registry: CollectorRegistry) -> Iterator[HealthServer]:
    with HealthServer(health, LOOPBACK, 0, registry) as server:
        yield server


def get(port: int, path: str) -> tuple[int, str, bytes]:
    """Return status, content type and body of a GET."""
    try:
        answer = urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=PATIENCE_S)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers["Content-Type"], answer.read()


def get_json(port: int, path: str) -> tuple[int, Any]:
    status, content_type, body = get(port, path)
    assert content_type == "application/json"
    return status, json.loads(body)


def next_event(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """Read the log of a process up to an event; fail when it ends before, or does not come in time."""
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            record: dict[str, Any] = json.loads(line)
            if record["event"] == event:
                return record
    finally:
        watchdog.cancel()
    raise AssertionError(f"the process ended before {event!r}, or {PATIENCE_S:.0f} s passed")


def stop(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, list[str], str]:
    """Send a signal and return the exit code, the events since, and what came on stderr."""
    assert process.stdout is not None
    assert process.stderr is not None
    process.send_signal(number)
    code = process.wait(PATIENCE_S)
    return code, [json.loads(line)["event"] for line in process.stdout], process.stderr.read()


def test_a_process_whose_loop_beats_is_alive(server: HealthServer) -> None:
    assert get_json(server.port, "/healthz") == (200, {"status": "alive"})


def test_a_stalled_loop_answers_503_until_it_beats_again(
    server: HealthServer, health: Health, clock: Clock
) -> None:
    clock.seconds += STALLED_AFTER_S
    assert get_json(server.port, "/healthz")[0] == 200
    clock.seconds += 0.001
    assert get_json(server.port, "/healthz") == (503, {"status": "stalled"})
    health.beat()
    assert get_json(server.port, "/healthz")[0] == 200


def test_a_process_is_ready_when_every_component_is(server: HealthServer, health: Health) -> None:
    reasons = {"kafka": "starting", "store": "starting"}
    assert get_json(server.port, "/readyz") == (503, {"status": "not ready", "reasons": reasons})
    health.ready("kafka")
    assert get_json(server.port, "/readyz")[1]["reasons"] == {"store": "starting"}
    health.ready("store")
    assert get_json(server.port, "/readyz") == (200, {"status": "ready"})


def test_a_component_that_fails_says_why_until_it_is_well(server: HealthServer, health: Health) -> None:
    for component in ("kafka", "store"):
        health.ready(component)
    health.not_ready("store", "connection refused")
    assert get_json(server.port, "/readyz") == (
        503,
        {"status": "not ready", "reasons": {"store": "connection refused"}},
    )
    assert get_json(server.port, "/healthz")[0] == 200, "slow is not down"
    health.ready("store")
    assert get_json(server.port, "/readyz")[0] == 200


def test_metrics_are_those_of_the_registry_in_prometheus_form(
    server: HealthServer, registry: CollectorRegistry
) -> None:
    Counter("candles_written", "Candles written", ["symbol"], registry=registry).labels("BTCUSDT").inc(7)
    status, content_type, body = get(server.port, "/metrics")
    assert status == 200
    assert content_type.startswith("text/plain")
    samples = [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    ]
    assert ("candles_written_total", {"symbol": "BTCUSDT"}, 7.0) in samples


def test_another_path_is_not_found_and_says_what_there_is(server: HealthServer) -> None:
    status, body = get_json(server.port, "/")
    assert status == 404
    assert all(path in body["status"] for path in ("/healthz", "/readyz", "/metrics"))


def test_the_port_is_free_again_when_the_server_has_ended(health: Health) -> None:
    # None of those from which the kernel gives clients theirs: another process might be given it in between.
    port = free_port()
    for _ in range(2):
        with HealthServer(health, LOOPBACK, port):
            assert get_json(port, "/healthz")[0] == 200


@pytest.mark.parametrize(
    ("program", "number"),
    [(SYNC, signal.SIGTERM), (ASYNC, signal.SIGTERM), (ASYNC, signal.SIGINT)],
    ids=["sync-term", "async-term", "async-int"],
)
def test_a_service_that_is_told_to_stop_flushes_and_exits_0(
    start: Start, program: str, number: signal.Signals
) -> None:
    process = start(program, {})
    started = next_event(process, "started")
    port = started["health_port"]
    assert get_json(port, "/healthz") == (200, {"status": "alive"})
    assert get(port, "/metrics")[0] == 200
    code, events, err = stop(process, number)
    assert (code, err) == (0, "")
    assert events[-2:] == ["flushed", "stopped"]
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=PATIENCE_S)


def test_a_service_that_is_told_to_stop_before_its_loop_runs_still_stops(run: Run) -> None:
    ended = run(EARLY, {})
    events = [json.loads(line)["event"] for line in ended.stdout.splitlines()]
    assert ended.returncode == 0
    assert events[-2:] == ["flushed", "stopped"]


def test_a_taken_port_is_named_with_exit_code_2(run: Run) -> None:
    with socket.create_server((LOOPBACK, 0)) as holder:
        port = holder.getsockname()[1]
        ended = run(SYNC, {"HEALTH_PORT": str(port)})
    assert ended.returncode == 2
    [event] = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (event["level"], event["port"], event["set"]) == ("error", port, "HEALTH_PORT")
    assert event["reason"]


def test_an_address_of_another_machine_is_named_with_exit_code_2(run: Run) -> None:
    ended = run(SYNC, {"HEALTH_HOST": "192.0.2.1"})  # reserved for documents
    assert ended.returncode == 2
    [event] = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (event["host"], event["set"]) == ("192.0.2.1", "HEALTH_HOST")


def test_a_bad_setting_stops_a_service_before_it_starts(run: Run) -> None:
    ended = run(SYNC, {"HEALTH_PORT": "http", "LOG_LEVEL": "LOUD"})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.split(":")[1] for line in sorted(ended.stderr.splitlines())] == [
        " bad setting HEALTH_PORT",
        " bad setting LOG_LEVEL",
    ]


def test_a_setting_that_proves_bad_later_ends_a_service_with_exit_code_2(run: Run) -> None:
    ended = run(BAD_LATER, {})
    assert ended.returncode == 2
    assert ended.stderr == "candlestack: bad setting SYMBOLS: NOPEUSDT is not listed\n"


def test_an_error_that_cannot_be_mended_is_logged_with_exit_code_1(run: Run) -> None:
    ended = run(FAILING, {})
    last = json.loads(ended.stdout.splitlines()[-1])
    assert (ended.returncode, last["event"], last["level"]) == (1, "ended by an error", "error")
    assert last["exception"][0]["exc_value"] == "cannot be mended"
