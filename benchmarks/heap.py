"""Whether a tab that is open all day leaks: `make bench BENCH=heap MINUTES=60`.

The trade page is open in Chromium, and somebody works in it without ever loading it anew: from pair to pair by the
search, from interval to interval, now and then to the markets, the charts or the status and back, one step every few
seconds. Once a minute the page returns to the same pair and interval, garbage is collected, and what is left is
counted. Growth is the median of the last third of the readings against that of the first third, a warm-up left out in
which every pair is met for the first time. By default it goes on for 3 minutes, which is too short for a verdict: 12
minutes are the least for one.

With an address, that dashboard is looked at; without one, a platform is started for it (SYMBOLS= names its pairs):

    python benchmarks/heap.py --minutes 60 http://localhost:3000
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from urllib.parse import urlsplit

import psutil
from _dashboard import chromium, dashboard, heap_mb, new_page, open_page
from _platform import machine
from _trader import STEP_MS, Trader
from playwright.sync_api import Browser, CDPSession, Page, WebSocket
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families

from candlestack_core import metrics

MINUTES = 3.0
MINUTE_S = 60
WARM_UP = 10.0
"""Minutes; of a short run, a quarter."""
READINGS_NEEDED = 9


@dataclass(frozen=True)
class Reading:
    """What is left of a page after a garbage collection, and what the API serves it."""

    script_mb: float
    dom_mb: float
    nodes: int
    detached: int
    """Nodes that are in no document and yet are kept; a few are always on their way."""
    listeners: int
    documents: int
    sockets: int
    sockets_at_api: int
    subscriptions: int
    process_mb: float


NAMES = {
    "script_mb": "JS heap, MB",
    "dom_mb": "DOM heap, MB",
    "nodes": "DOM nodes",
    "detached": "detached",
    "listeners": "event listeners",
    "documents": "documents",
    "sockets": "WebSockets",
    "sockets_at_api": "at the API",
    "subscriptions": "subscriptions",
    "process_mb": "process, MB",
}
LEAKS = {
    "script_mb": 2.0,
    "dom_mb": 2.0,
    "nodes": 500,
    "detached": 100,
    "listeners": 50,
    "documents": 1,
    "sockets": 0.5,
    "subscriptions": 0.5,
}
"""Growth an hour that is called a leak: an hour has hundreds of switches, each of which would leave something.

The document's nodes alone go up and down by a thousand, with the rows of the tape. The process's memory is shown and
not judged: an allocator gives back when it likes.
"""
NODES_IN_DOCUMENT = """
    () => {
        const walker = document.createTreeWalker(document);
        let nodes = 1;
        while (walker.nextNode() !== null) nodes += 1;
        return nodes;
    }
"""


class Sockets:
    """Counts the WebSockets of a page."""

    def __init__(self, page: Page) -> None:
        self.open = 0
        self.most = 0
        self.opened = 0
        self.api = ""
        page.on("websocket", self._on_open)

    def _on_open(self, socket: WebSocket) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        self.opened += 1
        self.api = f"http://{urlsplit(socket.url).netloc}"
        socket.on("close", self._on_close)

    def _on_close(self, _: WebSocket) -> None:
        self.open -= 1


def read(page: Page, inspector: CDPSession, sockets: Sockets) -> Reading:
    """Collect garbage, and count what is left."""
    script = heap_mb(inspector)
    usage = inspector.send("Runtime.getHeapUsage")
    counted = inspector.send("Memory.getDOMCounters")
    in_document: int = page.evaluate(NODES_IN_DOCUMENT)
    served = scraped(sockets.api)
    return Reading(
        script_mb=script,
        dom_mb=usage["embedderHeapUsedSize"] / 1e6,
        nodes=counted["nodes"],
        detached=counted["nodes"] - in_document,
        listeners=counted["jsEventListeners"],
        documents=counted["documents"],
        sockets=sockets.open,
        sockets_at_api=round(served[name_of(metrics.SOCKETS_OPEN)]),
        subscriptions=round(served[name_of(metrics.SOCKET_SUBSCRIPTIONS)]),
        process_mb=renderer_mb(page),
    )


def name_of(gauge: Gauge) -> str:
    """Return the name under which a gauge is scraped."""
    return next(family.name for family in gauge.describe())


def scraped(api: str) -> Counter[str]:
    """Return the sum of each of the API's gauges, whatever their labels."""
    with urllib.request.urlopen(f"{api}/metrics", timeout=30) as response:
        text: str = response.read().decode()
    sums: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if family.type == "gauge":
                sums[sample.name] += sample.value  # type: ignore[assignment]
    return sums


def renderer_mb(page: Page) -> float:
    """Return what the largest renderer, which is the page's, has of memory that no other process shares."""
    browser = page.context.browser
    assert browser is not None  # a context of its own is made by a browser
    inspector = browser.new_browser_cdp_session()
    processes = inspector.send("SystemInfo.getProcessInfo")["processInfo"]
    inspector.detach()
    renderers = [psutil.Process(each["id"]) for each in processes if each["type"] == "renderer"]
    largest: int = max(renderer.memory_full_info().uss for renderer in renderers)
    return largest / 1e6


def symbols_of(api: str) -> list[str]:
    """Return the pairs that the platform has."""
    with urllib.request.urlopen(f"{api}/symbols", timeout=30) as response:
        return [each["symbol"] for each in json.load(response)["symbols"]]


def readings(
    browser: Browser, address: str, minutes: float, failures: list[str]
) -> Iterator[tuple[float, Reading]]:
    """Work on the page for so long; yield the minutes since the beginning and a reading, once a minute."""
    page = new_page(browser)
    page.on("pageerror", lambda error: failures.append(error.message))
    sockets = Sockets(page)
    inspector = open_page(page, f"{address}/trade/BTCUSDT")
    symbols = symbols_of(sockets.api)
    trader = Trader(page, ["BTCUSDT", *(each for each in symbols if each != "BTCUSDT")])
    print(f"{len(symbols)} pairs: {', '.join(symbols)}")
    print("; ".join(["minute", "switches of pair / interval / page", *NAMES.values(), "load"]), flush=True)
    began = time.monotonic()
    for minute in range(round(minutes) + 1):
        while time.monotonic() < began + minute * MINUTE_S:
            trader.step()
            page.wait_for_timeout(STEP_MS)
        trader.rest()
        reading = read(page, inspector, sockets)
        did = " / ".join(str(trader.did[kind]) for kind in ("pair", "interval", "page"))
        shown = [
            f"{value:.2f}" if isinstance(value, float) else str(value) for value in asdict(reading).values()
        ]
        print("; ".join([f"{minute:3}", did, *shown, f"{os.getloadavg()[0]:.1f}"]), flush=True)
        yield (time.monotonic() - began) / MINUTE_S, reading
    print(f"WebSockets: {sockets.most} open at once at most, {sockets.opened} opened in all")


def growth_per_hour(points: Sequence[tuple[float, float]]) -> float:
    """Return how much a figure grows an hour, of points of minutes and values: last third against first, by medians."""
    third = len(points) // 3
    (early_at, early), (late_at, late) = (
        [statistics.median(axis) for axis in zip(*part, strict=True)]
        for part in (points[:third], points[-third:])
    )
    growth: float = (late - early) / (late_at - early_at) * 60
    return growth


def judge(taken: Sequence[tuple[float, Reading]], minutes: float) -> None:
    """Print how much each figure grows, and whether something leaks."""
    warm_up = min(WARM_UP, minutes / 4)
    kept = [(at, reading) for at, reading in taken if at >= warm_up]
    if len(kept) < READINGS_NEEDED:
        print(f"verdict: none, {len(kept)} readings are too few for one (needed: {READINGS_NEEDED})")
        return
    leaks = []
    for field in fields(Reading):
        growth = growth_per_hour([(at, getattr(reading, field.name)) for at, reading in kept])
        limit = LEAKS.get(field.name)
        print(
            f"{NAMES[field.name]}: {growth:+.2f} an hour" + ("" if limit is None else f" (limit {limit:g})")
        )
        if limit is not None and growth > limit:
            leaks.append(NAMES[field.name])
    said = f"it leaks: {', '.join(leaks)}" if leaks else "nothing leaks"
    print(f"verdict: {said}, by {len(kept)} readings after a warm-up of {warm_up:g} minutes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--minutes",
        type=float,
        default=os.environ.get("MINUTES") or MINUTES,
        help="how long; also read from the variable MINUTES",
    )
    parser.add_argument("address", nargs="?", help="of a dashboard that runs; none: a platform is started")
    options = parser.parse_args()
    print(machine("playwright", "fastapi"))
    failures: list[str] = []
    with dashboard(options.address) as address, chromium() as browser:
        taken = list(readings(browser, address, options.minutes, failures))
    print(f"errors of the page's script: {len(failures)}{''.join(f'; {each}' for each in failures[:3])}")
    judge(taken, options.minutes)


if __name__ == "__main__":
    main()
