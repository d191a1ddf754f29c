"""What the dashboard costs the browser: `python benchmarks/paint.py [seconds] [switches] [address]`.

All 15 pairs stream. Each page is open for so long (60 s) in Chromium without a GPU, on the machine that the platform
runs on: frames are counted by requestAnimationFrame, tasks of more than 50 ms by a PerformanceObserver, and where
the main thread's time goes is told by Chromium's own metrics and its sampling profiler. Then the trade page is
switched from pair to pair so many times (60), and the heap is read now and then after a garbage collection.

With an address, that dashboard is looked at; without one, a platform is started for it.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from _platform import addresses, candlestack, live_line, machine
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from candlestack_core.settings import DEFAULT_SYMBOLS
from candlestack_local.bootstrap.dependencies import BROWSERS

TARGET_FRAMES = 60
PATIENCE_MS = 60_000
SETTLED_MS = 10_000
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


@contextmanager
def dashboard(address: str | None) -> Iterator[str]:
    """Give the address of a dashboard: the one that is named, or that of a platform started for it."""
    if address is not None:
        yield address
        return
    with addresses(PROFILE="live") as where:
        print(live_line(candlestack(where.environment, "up")), flush=True)
        yield f"http://127.0.0.1:{where.environment['FRONTEND_PORT']}"


def opened(browser: Browser, url: str) -> tuple[Page, CDPSession]:
    """Open a page, wait until all that it shows is live and has settled, and attach an inspector."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="dark")
    page.goto(url)
    expect(page.get_by_role("contentinfo")).to_contain_text("Live", timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable")
    return page, inspector


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


def heap_mb(inspector: CDPSession) -> float:
    """Return what the page's script holds after a garbage collection, in MB."""
    inspector.send("HeapProfiler.collectGarbage")
    used: float = inspector.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def switch_pairs(page: Page, inspector: CDPSession, switches: int) -> list[float]:
    """Go from pair to pair by the search; return the heap at first and after every few switches, in MB."""
    heaps = [heap_mb(inspector)]
    for number in range(1, switches + 1):
        symbol = DEFAULT_SYMBOLS[number % len(DEFAULT_SYMBOLS)]
        page.keyboard.press("/")
        page.get_by_role("combobox", name="Search a pair").fill(symbol)
        page.keyboard.press("Enter")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(symbol.removesuffix("USDT"), timeout=PATIENCE_MS)
        expect(page.get_by_test_id("trades").locator("tbody tr").first).to_be_visible(timeout=PATIENCE_MS)
        if number % HEAP_READ_EVERY == 0:
            heaps.append(heap_mb(inspector))
    return heaps


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    switches = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if path is None:
        raise SystemExit("no Chromium is installed; make deps installs it")
    print(machine("playwright", "fastapi"))
    with dashboard(sys.argv[3] if len(sys.argv) > 3 else None) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        print(f"Chromium {browser.version}, 1440x900, no GPU", flush=True)
        for name, place in PAGES.items():
            page, inspector = opened(browser, address + place)
            report(name, watch(page, inspector, seconds), seconds)
            profile(page, inspector)
            page.close()
        page, inspector = opened(browser, address + PAGES["trade page"])
        heaps = switch_pairs(page, inspector, switches)
        print(
            f"heap after each {HEAP_READ_EVERY} pair switches, MB: {', '.join(f'{mb:.1f}' for mb in heaps)}"
        )
        browser.close()


if __name__ == "__main__":
    main()
