"""What the dashboard costs the browser: `python benchmarks/paint.py [seconds] [switches] [address]`.

All 15 pairs stream. Each page is open for so long (60 s) in Chromium without a GPU, on the machine that the platform
runs on: frames are counted by requestAnimationFrame, tasks of more than 50 ms by a PerformanceObserver, and where
the main thread's time goes is told by Chromium's own metrics and its sampling profiler. Then the trade page is
switched from pair to pair so many times (60), and the heap is read now and then after a garbage collection.

With an address, that dashboard is looked at; without one, a platform is started for it:

    python benchmarks/paint.py 30 15 http://localhost:3000
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from _dashboard import chromium, dashboard, heap_mb, new_page, open_page, switch_pair
from _platform import machine
from playwright.sync_api import CDPSession, Page

from candlestack_core.settings import DEFAULT_SYMBOLS

TARGET_FRAMES = 60
PROFILED_MS = 15_000
HEAP_READ_EVERY = 10
SHOWN_FUNCTIONS = 12
PAGES = {
    "trade page": "/trade/BTCUSDT",
    "trade page, 3 indicators": "/trade/BTCUSDT?ind=ema20,bb20,rsi14",
    "markets, 15 pairs": "/markets",
}
METRICS = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")

COUNT = """
    () => {
        const counted = (window.counted = { frames: [], long: [] });
        const frame = (time) => { counted.frames.push(time); requestAnimationFrame(frame); };
        requestAnimationFrame(frame);
        new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) counted.long.push(duration);
        }).observe({ type: "longtask" });
    }
"""


@dataclass(frozen=True)
class Paint:
    """What a page did while it was watched: the times between frames and the long tasks, in ms; shares of the time."""

    frames: np.ndarray
    long_tasks: list[float]
    shares: dict[str, float]


def metrics(inspector: CDPSession) -> dict[str, float]:
    """Return Chromium's metrics of a page; durations are seconds since it was opened."""
    return {each["name"]: each["value"] for each in inspector.send("Performance.getMetrics")["metrics"]}


def watch(page: Page, inspector: CDPSession, seconds: float) -> Paint:
    """Count what a page paints in so many seconds."""
    page.evaluate(COUNT)
    before = metrics(inspector)
    page.wait_for_timeout(seconds * 1000)
    counted: dict[str, list[float]] = page.evaluate("window.counted")
    after = metrics(inspector)
    wall = after["Timestamp"] - before["Timestamp"]
    shares = {name: (after[name] - before[name]) / wall for name in METRICS}
    return Paint(np.diff(counted["frames"]), counted["long"], shares)


def report(name: str, paint: Paint, seconds: float) -> None:
    """Print the figures of a page."""
    p50, p99 = np.percentile(paint.frames, (50, 99))
    rate = 1000 / paint.frames.mean()
    shares = ", ".join(
        f"{name.removesuffix('Duration').lower()} {share:.1%}" for name, share in paint.shares.items()
    )
    print(f"{name}: {rate:.1f} frames/s (target {TARGET_FRAMES}) over {seconds:.0f} s")
    print(f"  between frames: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {paint.frames.max():.0f} ms")
    print(f"  tasks over 50 ms: {len(paint.long_tasks)}, {sum(paint.long_tasks):.0f} ms in all")
    print(f"  of the main thread's time: {shares}", flush=True)


def profile(page: Page, inspector: CDPSession) -> None:
    """Print in which functions the main thread spends its time, by samples."""
    inspector.send("Profiler.enable")
    inspector.send("Profiler.start")
    page.wait_for_timeout(PROFILED_MS)
    taken: dict[str, Any] = inspector.send("Profiler.stop")["profile"]
    names = {node["id"]: called(node["callFrame"]) for node in taken["nodes"]}
    spent: Counter[str] = Counter()
    for node, delta in zip(taken["samples"], taken["timeDeltas"], strict=True):
        spent[names[node]] += delta
    whole = sum(spent.values())
    for function, micros in spent.most_common(SHOWN_FUNCTIONS):
        print(f"  {micros / whole:6.1%}  {function}")


def called(frame: dict[str, Any]) -> str:
    """Name a function by itself and its script."""
    name, script = frame["functionName"] or "(anonymous)", frame["url"].rpartition("/")[2]
    return f"{name} {script}:{frame['lineNumber']}" if script else name


def switch_pairs(page: Page, inspector: CDPSession, switches: int) -> list[float]:
    """Go from pair to pair by the search; return the heap at first and after every few switches, in MB."""
    heaps = [heap_mb(inspector)]
    for number in range(1, switches + 1):
        switch_pair(page, DEFAULT_SYMBOLS[number % len(DEFAULT_SYMBOLS)])
        if number % HEAP_READ_EVERY == 0:
            heaps.append(heap_mb(inspector))
    return heaps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seconds", type=float, nargs="?", default=60.0, help="how long each page is watched")
    parser.add_argument("switches", type=int, nargs="?", default=60, help="from pair to pair")
    parser.add_argument("address", nargs="?", help="of a dashboard that runs; none: a platform is started")
    options = parser.parse_args()
    print(machine("playwright", "fastapi"))
    with dashboard(options.address) as address, chromium() as browser:
        for name, place in PAGES.items():
            page = new_page(browser)
            inspector = open_page(page, address + place)
            report(name, watch(page, inspector, options.seconds), options.seconds)
            profile(page, inspector)
            page.close()
        page = new_page(browser)
        inspector = open_page(page, address + PAGES["trade page"])
        heaps = switch_pairs(page, inspector, options.switches)
        print(
            f"heap after each {HEAP_READ_EVERY} pair switches, MB: {', '.join(f'{mb:.1f}' for mb in heaps)}"
        )


if __name__ == "__main__":
    main()
