"""For tests of any folder: an exchange that runs inside of the test, and clocks that the test moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from prometheus_client import CollectorRegistry

from candlestack_simulator.config import SimulatorConfig
from candlestack_simulator.control import Origin
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay import Recording
from candlestack_simulator.replay.clock import ReplayClock
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.server import SimulatorServer
from candlestack_simulator.source import Market, Source

PROMPT = SimulatorConfig(pump_interval_s=0.005, connections_per_5_minutes=100_000)
"""Binance's limits, except that messages leave at once and a test may connect as often as it likes."""


@dataclass(slots=True)
class Clock:
    """A time in epoch ms that moves only when a test says so."""

    ms: int

    def __call__(self) -> int:
        return self.ms

    def advance(self, ms: int) -> None:
        self.ms += ms


@dataclass(slots=True)
class Seconds:
    """A time in seconds that moves only when a test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Answer:
    """What a REST request was answered."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running simulator, seen through its own port."""

    server: SimulatorServer
    session: aiohttp.ClientSession

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    async def request(self, path: str, **query: str | int) -> Answer:
        """Return the answer to a GET request, whatever it is."""
        async with self.session.get(f"http://{self.address}{path}", params=query) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, await response.json())

    async def get(self, path: str, **query: str | int) -> Any:
        """Return the body of a GET request that must succeed."""
        answer = await self.request(path, **query)
        if answer.status != 200:
            raise AssertionError(f"{path} {query}: {answer}")
        return answer.body

    async def post(self, path: str, body: object = None) -> Answer:
        """Return the answer to a POST request with a JSON body."""
        async with self.session.post(f"http://{self.address}{path}", json=body) as response:
            return Answer(response.status, {}, await response.json())

    async def delete(self, path: str) -> Answer:
        """Return the answer to a DELETE request."""
        async with self.session.delete(f"http://{self.address}{path}") as response:
            return Answer(response.status, {}, await response.json())

    async def connect(self, path: str, *, autoping: bool = True) -> aiohttp.ClientWebSocketResponse:
        """Open a WebSocket connection."""
        return await self.session.ws_connect(f"ws://{self.address}{path}", autoping=autoping, max_msg_size=0)


@asynccontextmanager
async def running(
    source: Source,
    config: SimulatorConfig = PROMPT,
    *,
    usdm: Source | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Exchange]:
    """Run an exchange on a free port of the loopback interface; a recording starts when it is subscribed to.

    `source` is that of spot. Without one for futures a seeded market brings its own, and a recording none.
    """
    sources: dict[Market, Source] = {"spot": source}
    if usdm is None and isinstance(source, SeededMarket):
        usdm = source.usdm()
    if usdm is not None:
        sources["usdm"] = usdm
    server = SimulatorServer(
        sources,
        Origin(None, 1.0, "kept"),
        config,
        on_subscription=source.start if isinstance(source, Recording) else lambda: None,
        clock=clock,
        monotonic=monotonic,
        registry=CollectorRegistry(),
    )
    async with aiohttp.ClientSession() as session, server:
        yield Exchange(server, session)


def replays_of(
    markets: Mapping[Market, dict[str, PairTape]],
    monotonic: Callable[[], float],
    *,
    speed: float = 1.0,
    times: Literal["kept", "shifted"] = "kept",
    start_delay_s: float = 0.0,
    wall_ms: Callable[[], int] = lambda: 0,
) -> dict[Market, Recording]:
    """Return the replays of tapes that are already loaded, on one clock that has not been started."""
    clock = ReplayClock.over(
        [tape for tapes in markets.values() for tape in tapes.values()],
        speed=speed,
        times=times,
        start_delay_s=start_delay_s,
        wall_ms=wall_ms,
        monotonic=monotonic,
    )
    return {market: Recording(tapes, clock) for market, tapes in markets.items()}


def replay_of(
    tapes: dict[str, PairTape],
    monotonic: Callable[[], float],
    *,
    speed: float = 1.0,
    times: Literal["kept", "shifted"] = "kept",
    start_delay_s: float = 0.0,
    wall_ms: Callable[[], int] = lambda: 0,
) -> Recording:
    """Return the replay of one market's tapes; see `replays_of`."""
    return replays_of(
        {"spot": tapes},
        monotonic,
        speed=speed,
        times=times,
        start_delay_s=start_delay_s,
        wall_ms=wall_ms,
    )["spot"]


async def until(condition: Callable[[], bool | Awaitable[bool]], within_s: float = 180.0) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: when it does not in time.
    """
    async with asyncio.timeout(within_s):
        while True:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(0.005)
