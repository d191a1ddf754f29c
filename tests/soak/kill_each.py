"""Kill services of the running platform by SIGKILL, one after the other, then compare the stores with the truth.

`make up`, then `make soak` (MINUTES=10). Exit code 0 only when every closed candle in MongoDB equals what the
simulator emitted, none is lost or doubled, no Redis list holds a trade twice or misses one, and every book may
be believed and equals the truth.
"""

from __future__ import annotations

import argparse
import os
import signal
import time

from candlestack_local.configuration import Configuration
from candlestack_local.supervisor import Supervisor
from soak.comparison import Running, report, say

KILLED = (
    "candle-producer",
    "redis-writer",
    "candle-writer",
    "trade-producer",
    "orderbook-builder",
    "completeness-ledger",
)


def kill_in_turn(supervisor: Supervisor, minutes: float) -> None:
    """Kill each service in turn, spread over the time."""
    start = time.monotonic()
    for number, name in enumerate(KILLED, start=1):
        wait = start + 60 * minutes * number / (len(KILLED) + 1) - time.monotonic()
        say(f"next: kill -9 {name} in {wait:.0f} s")
        time.sleep(max(0.0, wait))
        info = supervisor.processes()[name]
        if info.pid is None:
            raise SystemExit(f"{name} is not running; see `make status`")
        os.kill(info.pid, signal.SIGKILL)
        say(f"killed {name} (pid {info.pid})")
    time.sleep(max(0.0, start + 60 * minutes - time.monotonic()))


def main() -> None:
    """Run the soak; exit code 1 when anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(
        prog="make soak",
        description=__doc__,
        epilog="example: make soak MINUTES=10",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the platform runs under kills")
    minutes = parser.parse_args().minutes
    configuration = Configuration.from_environment()
    supervisor = Supervisor(configuration.state)
    if not supervisor.is_running():
        raise SystemExit("the platform is not running; start it with `make up`")
    running = Running.configured(configuration)
    kill_in_turn(supervisor, minutes)
    raise SystemExit(report(running.settle_and_compare()))


if __name__ == "__main__":
    main()
