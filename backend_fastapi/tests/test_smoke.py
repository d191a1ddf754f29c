"""The smoke test itself: what it prints, and what it ends with."""

from __future__ import annotations

import subprocess
import sys

import pytest

from api_records import candle, trade
from api_under_test import ROOT, Api
from api_world import World
from candlestack_local.servers import free_port
from listing_records import entry, store_listings
from waiting import PATIENCE_S, eventually

PAIR = "SMOKEUSDT"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the smoke test as a user does."""
    patience = ("--timeout", str(PATIENCE_S))
    command = [sys.executable, "backend_fastapi/test_api.py", *arguments, *patience]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def smoked(api: Api, world: World) -> Api:
    """An API with an hour of a pair, which lies long in the past."""
    minutes = [candle(PAIR, minute) for minute in range(-60, 0)]
    world.store_in_mongo(*minutes)
    world.store_in_redis(
        *minutes, candle(PAIR, 0, closed=False), *(trade(PAIR, each) for each in range(1, 20))
    )
    store_listings(world.redis, entry(PAIR))
    assert api.ask("/latest", symbol=PAIR).status == 200
    return api


def test_every_check_is_a_line_and_an_api_that_keeps_its_promises_ends_with_0(smoked: Api) -> None:
    words = "healthz,metrics,openapi,symbols,ohlc,trades,ranking,completeness,jobs,export,problems"
    words += ",udf,binance"
    done = run(smoked.url, "--symbol", PAIR, "--only", words)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert {line.split()[0] for line in lines[:-1]} == {"ok"}
    assert len(lines) == 21
    assert lines[-1] == "20 of 20 checks passed"

    def is_ready() -> bool:
        return run(smoked.url, "--symbol", PAIR, "--only", "readyz").returncode == 0

    # A busy broker may be called away in between.
    eventually(is_ready, "the check of the readiness passes")


def test_data_that_is_too_old_fails_its_checks_and_ends_with_1(smoked: Api) -> None:
    done = run(smoked.url, "--symbol", PAIR, "--only", "latest,healthz", "--no-sockets")
    assert done.returncode == 1
    assert "FAIL  latest" in done.stdout
    assert "s old" in done.stdout
    assert "ok    healthz" in done.stdout


def test_an_unknown_pair_fails_and_nothing_at_the_address_ends_with_2(smoked: Api) -> None:
    assert "is not among" in run(smoked.url, "--symbol", "NOPEUSDT", "--only", "symbols").stdout
    done = run(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 2
    assert "nothing answers at" in done.stderr


def test_its_help_shows_examples() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "examples:" in done.stdout
    assert "exit code: 0" in done.stdout
