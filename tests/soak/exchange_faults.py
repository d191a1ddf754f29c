"""Let the simulated exchange misbehave in every way it can, one after the other, on the running platform.

`make up`, then `make faults` (SCENARIOS=cut,frozen for some). After each scenario every candle must move again
and every book be synced with the truth's checksum; at the end all closed candles, trades and books are compared
with the truth. Exit code 0 only when nothing was lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.error
import urllib.request
from typing import Any

from candlestack_local.configuration import Configuration
from candlestack_local.supervisor import Supervisor
from soak.comparison import Running, report, say

WHOLE_WITHIN_S = 120.0
SEEN_S = 15.0
"""Time that a scenario is given to do harm: silence is judged within ten seconds."""
LOOK_EVERY_S = 0.5


def call(url: str, method: str) -> Any:
    """Ask the simulator's control; return its answer."""
    request = urllib.request.Request(url, b"{}" if method == "POST" else None, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def play(running: Running, control: str, name: str, what: str) -> list[str]:
    """Play one scenario; return what did not become whole again."""
    say(f"{name}: {what}")
    call(f"{control}/sim/scenarios/{name}", "POST")
    began = time.monotonic()
    worst: list[str] = []
    wrong = ["not looked yet"]
    while time.monotonic() - began < WHOLE_WITHIN_S:
        wrong = running.harm()
        worst = max(worst, wrong, key=len)
        if not wrong and time.monotonic() - began > SEEN_S:
            break
        time.sleep(LOOK_EVERY_S)
    took = time.monotonic() - began
    call(f"{control}/sim/faults", "DELETE")
    seen = f"at worst {len(worst)} wrong, e.g. {worst[0]}" if worst else "no harm was seen"
    say(f"{name}: {'not whole' if wrong else 'whole'} after {took:.0f} s; {seen}")
    return [f"{name}: {fault}" for fault in wrong]


def main() -> None:
    """Play the scenarios; exit code 1 when anything was lost, doubled or changed, or did not become whole."""
    parser = argparse.ArgumentParser(
        prog="make faults",
        description=__doc__,
        epilog="example: make faults SCENARIOS=cut,frozen",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--scenarios", default="", help="names, separated by commas; none: all")
    wanted = [name for name in parser.parse_args().scenarios.split(",") if name]
    configuration = Configuration.from_environment()
    if not Supervisor(configuration.state).is_running():
        raise SystemExit("the platform is not running; start it with `make up`")
    running = Running.configured(configuration)
    simulator = configuration.simulator
    control = f"http://{simulator.simulator_host}:{simulator.simulator_port}"
    known = {name: about["what"] for name, about in call(f"{control}/sim/scenarios", "GET").items()}
    for unknown in set(wanted) - set(known):
        raise SystemExit(f"no scenario is called {unknown}; there are: {', '.join(known)}")
    faults: list[str] = []
    for name in wanted or known:
        faults += play(running, control, name, known[name])
    raise SystemExit(report(faults + running.settle_and_compare()))


if __name__ == "__main__":
    main()
