"""How long `make up` takes to the first live candle at the API: `python benchmarks/start.py [times]`.

What is installed is installed before; each start (3 times) begins with an empty state folder, so that it
includes the first filling of the realtime window, and is followed by a start on the data that is there.
Airflow starts when the live part lives; the time until it is ready too is printed as the whole.
"""

from __future__ import annotations

import re
import sys
import time

from _platform import addresses, candlestack, live_line, machine

TARGET_S = 60
MEMORY_TARGET_MB = 8_000


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(machine("confluent-kafka", "fastapi"))
    empty: list[float] = []
    kept: list[float] = []
    memory: list[int] = []
    for number in range(times):
        with addresses(PROFILE="all") as where:
            for seconds in (empty, kept):
                began = time.monotonic()
                said = candlestack(where.environment, "up")
                whole = time.monotonic() - began
                seconds.append(live_after_s(said))
                line = live_line(said)
                print(f"start {number + 1}: {seconds[-1]:5.1f} s, whole {whole:5.1f} s  {line}", flush=True)
                if seconds is empty:
                    candlestack(where.environment, "down")
            memory.append(memory_mb(candlestack(where.environment, "status")))
    print(f"first start:  {min(empty):.1f} to {max(empty):.1f} s (target {TARGET_S} s)")
    print(f"second start: {min(kept):.1f} to {max(kept):.1f} s")
    print(f"memory (PSS of all processes): at most {max(memory)} MB (target {MEMORY_TARGET_MB} MB)")


def live_after_s(said: str) -> float:
    """Return the seconds after which the first live candle was at the API, as `candlestack up` says it."""
    found = re.search(r"^live after ([\d.]+) s$", said, re.MULTILINE)
    if found is None:
        raise SystemExit(f"candlestack up does not say when it was live:\n{said}")
    return float(found[1])


def memory_mb(status: str) -> int:
    """Return the sum of the memory column, in MB."""
    return max(int(number) for number in re.findall(r"(\d+) MB", status))


if __name__ == "__main__":
    main()
