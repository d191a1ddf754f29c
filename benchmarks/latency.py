"""Latency from the exchange's socket to a client's: `python benchmarks/latency.py [seconds]`.

All 15 pairs stream trades and candles. One process reads three ways at once and notes when each message
arrives: from the exchange itself, from the API behind Kafka, and from a bare relay (a process that passes the
exchange's frames on to its clients, without Kafka). What is printed is the time from the arrival at the
exchange's socket to that at the other two, and their ratio.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlencode

import msgspec
import numpy as np
from _platform import addresses, candlestack, machine
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from candlestack_core.settings import DEFAULT_SYMBOLS
from candlestack_local.servers import LOOPBACK, free_port

TARGETS_MS = {"trade": 25.0, "candle": 25.0}
WARM_UP_S = 5.0
LARGEST_RATIO = 5.0

Event = tuple[str, str, int]
"""What is followed: `trade` with its id, or `candle` with the event time that is its version; of a pair."""
Arrivals = dict[Event, int]
"""When an event first arrived, in ns of this process's clock."""

_decode = msgspec.json.Decoder().decode


def exchange_path() -> str:
    """Return the combined stream of all pairs' trades and candles."""
    names = (f"{symbol.lower()}@{kind}" for symbol in DEFAULT_SYMBOLS for kind in ("trade", "kline_1m"))
    return "/stream?streams=" + "/".join(names)


def exchange_event(frame: str | bytes) -> Event | None:
    """Return what a frame of the exchange is about; None where it is neither trade nor candle."""
    data = _decode(frame).get("data", {})
    match data.get("e"):
        case "trade":
            return "trade", data["s"], data["t"]
        case "kline":
            return "candle", data["s"], data["E"]
        case _:
            return None


def api_events(frame: str | bytes) -> list[Event]:
    """Return what an update of the API is about; snapshots tell of the past and do not count."""
    message = _decode(frame)
    if message["type"] != "update" or message["channel"] == "status":
        return []
    data = message["data"]
    if message["channel"] == "trades":
        return [("trade", trade["symbol"], trade["trade_id"]) for trade in data]
    return [("candle", data["symbol"], data["version"])]


async def read_exchange(url: str, arrivals: Arrivals) -> None:
    """Note the arrivals at a socket that speaks the exchange's protocol, until cancelled."""
    async with connect(url, max_size=None, compression=None) as connection:
        async for frame in connection:
            now = time.perf_counter_ns()
            if (event := exchange_event(frame)) is not None:
                arrivals.setdefault(event, now)


async def read_api(url: str, arrivals: Arrivals) -> None:
    """Note the arrivals at a socket of the API, until cancelled."""
    async with connect(url, max_size=None, compression=None) as connection:
        async for frame in connection:
            now = time.perf_counter_ns()
            for event in api_events(frame):
                arrivals.setdefault(event, now)


def relay(exchange_url: str, port: int) -> None:
    """Pass the exchange's frames on to every client: as little as can stand between the two."""

    async def run() -> None:
        clients: set[ServerConnection] = set()

        async def hold(client: ServerConnection) -> None:
            clients.add(client)
            await client.wait_closed()
            clients.discard(client)

        async with (
            serve(hold, LOOPBACK, port, compression=None),
            connect(exchange_url, max_size=None, compression=None) as exchange,
        ):
            async for frame in exchange:
                broadcast(clients, frame)

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


async def measure(exchange: str, relayed: str, api: str, seconds: float) -> dict[str, Arrivals]:
    """Read all three ways at once; return the arrivals of each after a warm-up."""
    arrivals: dict[str, Arrivals] = {"exchange": {}, "relay": {}, "api": {}}
    sockets = (
        f"{api}/ws/{channel}?{urlencode({'symbol': symbol})}"
        for symbol in DEFAULT_SYMBOLS
        for channel in ("kline", "trades")
    )
    readers = [
        asyncio.create_task(read_exchange(exchange, arrivals["exchange"])),
        asyncio.create_task(read_exchange(relayed, arrivals["relay"])),
        *(asyncio.create_task(read_api(url, arrivals["api"])) for url in sockets),
    ]
    timer = asyncio.create_task(asyncio.sleep(WARM_UP_S))
    await asyncio.wait({*readers, timer}, return_when=asyncio.FIRST_COMPLETED)
    for seen in arrivals.values():
        seen.clear()
    timer = asyncio.create_task(asyncio.sleep(seconds))
    await asyncio.wait({*readers, timer}, return_when=asyncio.FIRST_COMPLETED)
    for reader in readers:
        if reader.done():
            reader.result()
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return arrivals


def delays_ms(kind: str, first: Arrivals, then: Arrivals) -> np.ndarray:
    """Return how long after the exchange's socket the other had what both have, in ms, shape (n,)."""
    both: Iterable[Event] = (event for event in first if event[0] == kind and event in then)
    return np.array([(then[event] - first[event]) / 1e6 for event in both])


def report(arrivals: dict[str, Arrivals]) -> None:
    """Print the figures of each kind of message."""
    for kind, target_ms in TARGETS_MS.items():
        percentiles = {}
        for way in ("relay", "api"):
            delays = delays_ms(kind, arrivals["exchange"], arrivals[way])
            percentiles[way] = np.percentile(delays, (50, 99))
            p50, p99 = percentiles[way]
            print(f"{kind:>7} to {way:>5}: p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, n {len(delays)}")
        ratio = percentiles["api"][1] / percentiles["relay"][1]
        print(
            f"{kind:>7}: p99 at the API {percentiles['api'][1]:.2f} ms (target {target_ms:.0f} ms), "
            f"{ratio:.1f} times the bare relay (target {LARGEST_RATIO:.0f})"
        )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(machine("confluent-kafka", "fastapi", "uvicorn", "websockets"))
    with addresses(PROFILE="live") as where:
        print(candlestack(where.environment, "up").splitlines()[-2], flush=True)
        port = free_port()
        exchange = where.exchange_sockets + exchange_path()
        bare = multiprocessing.get_context("spawn").Process(target=relay, args=(exchange, port), daemon=True)
        bare.start()
        try:
            # The relay listens before its first frame; connecting is tried until it does.
            asyncio.run(measure_when_up(exchange, f"ws://{LOOPBACK}:{port}", where.api_sockets, seconds))
        finally:
            bare.terminate()
            bare.join()


async def measure_when_up(exchange: str, relayed: str, api: str, seconds: float) -> None:
    """Wait until the relay listens, measure and report."""
    while True:
        try:
            async with connect(relayed):
                break
        except OSError:
            await asyncio.sleep(0.1)
    print(f"streaming for {seconds:.0f} s", flush=True)
    report(await measure(exchange, relayed, api, seconds))


if __name__ == "__main__":
    main()
