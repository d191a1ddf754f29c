"""The cryptofeed side of `ingest.py`, run by a Python of its own: `_cryptofeed_side.py BOOTSTRAP FRAMES`.

FRAMES is a file with one combined-stream frame a line. Prints the messages and the seconds as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from cryptofeed.backends.kafka import TradeKafka
from cryptofeed.defines import TRADES
from cryptofeed.exchanges import Binance
from cryptofeed.symbols import Symbols

PAIRS = {"BTC-USDT": "BTCUSDT", "ETH-USDT": "ETHUSDT"}


async def main(bootstrap: str, path: str) -> None:
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123
        frames = [line.rstrip("\n") for line in lines]
    # What it would ask the exchange for; nothing is fetched.
    Symbols.set(Binance.id, PAIRS, {"instrument_type": dict.fromkeys(PAIRS, "spot"), "tick_size": {}})
    # As documented; only that it waits when its queue is full, where by default it drops.
    backend = TradeKafka(bootstrap_servers=bootstrap, overflow="block")
    feed = Binance(symbols=list(PAIRS), channels=[TRADES], callbacks={TRADES: backend})
    await backend.connect()
    async with asyncio.TaskGroup() as tasks:
        backend.start_writer(tasks, "writer", owner=feed)
        started, cpu = time.perf_counter(), time.process_time()
        for frame in frames:
            await feed.message_handler(frame, None, time.time())
        await backend.stop()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    print(json.dumps({"messages": backend.stats.written, "seconds": seconds, "cpu_seconds": cpu_seconds}))


asyncio.run(main(sys.argv[1], sys.argv[2]))
