"""Three years of 1m candles of the seeded market's 15 sleepless pairs: seconds of one process.

    .venv/bin/python benchmarks/simulator_history.py [--years 3] [--seed 7]

Every trade of every day is drawn and every candle added up from the trades; nothing comes from a cache.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import numpy as np

from candlestack_simulator.market import SeededMarket, system_clock_ms
from candlestack_simulator.market.listing import LISTINGS
from candlestack_simulator.market.time_grid import DAY_MS

DAYS_PER_YEAR = 365
DAYS_AT_ONCE = 73


def processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    market = SeededMarket(options.seed)
    end_day = system_clock_ms() // DAY_MS
    days = options.years * DAYS_PER_YEAR
    candles = trades = 0
    total_s = cpu_s = 0.0
    print(
        f"python {platform.python_version()}, numpy {np.__version__}, {processor()}, {os.cpu_count()} cores"
    )
    for listing in LISTINGS:
        if not listing.sleepless:
            continue
        start, cpu_start = time.perf_counter(), time.process_time()
        for first_day in range(end_day - days, end_day, DAYS_AT_ONCE):
            rows = market.candles_of_days(listing.symbol, first_day, min(DAYS_AT_ONCE, end_day - first_day))
            candles += len(rows)
            trades += int(rows["trades"].sum())
        elapsed_s = time.perf_counter() - start
        total_s += elapsed_s
        cpu_s += time.process_time() - cpu_start
        print(f"{listing.symbol:<9} {elapsed_s:6.2f} s  {elapsed_s / days * 1000:5.2f} ms a day")
    print(f"{options.years} years of 1m candles: {total_s:.1f} s ({cpu_s:.1f} s of CPU)")
    print(f"{candles:,} candles from {trades:,} trades")


if __name__ == "__main__":
    main()
