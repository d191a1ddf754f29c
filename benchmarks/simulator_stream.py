"""How much of a core the simulator takes to stream: `python benchmarks/simulator_stream.py [seconds]`.

Starts the simulator as a process of its own on free ports, connects one client to depth@100ms, trade,
kline_1m and bookTicker of 15 pairs, lets it warm up, and measures the process' CPU time, the messages and the
bytes over the time given (20 s).
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from importlib.metadata import version
from typing import IO

import aiohttp
import psutil

from candlestack_core.settings import DEFAULT_SYMBOLS

KINDS = ("depth@100ms", "trade", "kline_1m", "bookTicker")
WARM_UP_S = 5.0


def listening_port(log: IO[str]) -> int:
    """Read the simulator's log until it says its port."""
    for line in log:
        event = json.loads(line)
        if event["event"] == "listening":
            return int(event["port"])
    raise RuntimeError("the simulator ended before it listened")


async def measure(port: int, process: psutil.Process, seconds: float) -> None:
    """Read the streams, and print what they were and what they cost."""
    streams = "/".join(f"{symbol.lower()}@{kind}" for symbol in DEFAULT_SYMBOLS for kind in KINDS)
    url = f"ws://127.0.0.1:{port}/stream?streams={streams}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as connection:
        await _count(connection, WARM_UP_S)
        before, started = process.cpu_times(), time.monotonic()
        messages, size = await _count(connection, seconds)
        after, took = process.cpu_times(), time.monotonic() - started
    cpu = (after.user + after.system) - (before.user + before.system)
    for kind in KINDS:
        print(f"{kind:>12}: {messages[kind] / took:8.1f} messages/s")
    print(f"{'total':>12}: {sum(messages.values()) / took:8.1f} messages/s, {size / took / 1000:.0f} kB/s")
    print(f"simulator: {cpu / took:.1%} of one core over {took:.1f} s, {process.memory_info().rss >> 20} MB")


async def _count(connection: aiohttp.ClientWebSocketResponse, seconds: float) -> tuple[Counter[str], int]:
    messages: Counter[str] = Counter()
    size = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = (await connection.receive()).data
        stream = text[11 : text.index('"', 11)]
        messages[stream.partition("@")[2]] += 1
        size += len(text)
    return messages, size


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    print(
        f"Python {platform.python_version()}, aiohttp {version('aiohttp')}, msgspec {version('msgspec')}, "
        f"numpy {version('numpy')}; {platform.platform()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    environment = os.environ | {"SIMULATOR_PORT": "0", "HEALTH_PORT": "0", "REPLAY_RECORDING": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "candlestack_simulator"], env=environment, stdout=subprocess.PIPE, text=True
    ) as simulator:
        try:
            if simulator.stdout is None:
                raise RuntimeError("the simulator's log is not readable")
            asyncio.run(measure(listening_port(simulator.stdout), psutil.Process(simulator.pid), seconds))
        finally:
            simulator.terminate()
            simulator.communicate()


if __name__ == "__main__":
    main()
