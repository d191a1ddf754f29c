"""Fixtures of the simulator's tests: recordings, the seeded market, and exchanges on free ports."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.testing import Clock, Exchange, running

REPOSITORY = Path(__file__).resolve().parents[2]
HALF_PAST_A_MINUTE_MS = 1_773_500_010_000


@pytest.fixture
def clock() -> Clock:
    """Half past a minute of 2026-03-14, until the test moves it."""
    return Clock(HALF_PAST_A_MINUTE_MS // 60_000 * 60_000 + 30_000)


@pytest.fixture
def market(clock: Clock) -> SeededMarket:
    """The seeded market at a time that stands until the test moves it."""
    return SeededMarket(7, clock=clock)


@pytest.fixture
async def exchange(market: SeededMarket, clock: Clock) -> AsyncIterator[Exchange]:
    """An exchange that serves the seeded market, and counts the minutes of its limits by the same clock."""
    async with running(market, clock=lambda: clock() / 1000) as served:
        yield served


@pytest.fixture(scope="session")
def recorded_streams() -> Path:
    """The folder of recorded streams; the test is skipped where there is none."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("CANDLESTACK_RECORDINGS", default))
    if not folder.is_dir():
        pytest.skip(f"no recorded data in {folder}; CANDLESTACK_RECORDINGS names its folder")
    return folder / "streams"


@pytest.fixture(scope="session")
def spot_recording(recorded_streams: Path) -> str:
    """Spot BTC and ETH over midnight UTC, in four files."""
    return f"{recorded_streams}/spot/btcusdt_2024*.gz, {recorded_streams}/spot/ethusdt_2024*.gz"


@pytest.fixture(scope="session")
def aggregate_recording(recorded_streams: Path) -> str:
    """Spot BTC, ETH and DOT with aggregate trades, klines and depth, in one file."""
    return f"{recorded_streams}/spot/btc_eth_dot_depth_kline_aggtrade_20210404.gz"


@pytest.fixture(scope="session")
def spot_tapes(spot_recording: str) -> dict[str, PairTape]:
    return load_tapes(spot_recording)["spot"]


@pytest.fixture(scope="session")
def aggregate_tapes(aggregate_recording: str) -> dict[str, PairTape]:
    return load_tapes(aggregate_recording)["spot"]


@pytest.fixture(scope="session")
def usdm_tapes(recorded_streams: Path) -> dict[str, PairTape]:
    """USD-M BTC, 345 s."""
    return load_tapes(f"{recorded_streams}/usdm/btcusdt_20240808.gz")["usdm"]
