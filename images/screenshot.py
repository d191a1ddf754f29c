"""Take the pictures of the dashboard from the running platform: python images/screenshot.py [ADDRESS] [NAME ...]."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from candlestack_local.bootstrap.dependencies import BROWSERS

FOLDER = Path(__file__).parent
PATIENCE_MS = 60_000


def live(page: Page) -> None:
    """Wait until a page says of itself that all it shows is live."""
    expect(page.get_by_role("contentinfo")).to_contain_text("Live", timeout=PATIENCE_MS)


def trade(page: Page) -> None:
    """Wait until a day of candles, a synced book, a full tape and the indicators are there."""
    live(page)
    expect(page.get_by_text("24h high")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("trades").locator("tbody tr").nth(40)).to_be_attached(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "synced", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("legend-indicators")).to_be_visible(timeout=PATIENCE_MS)


def markets(page: Page) -> None:
    """Wait until every pair has its day, and until there is a ranking where there is a job that makes one."""
    live(page)
    expect(page.get_by_test_id("markets").locator("tbody tr")).to_have_count(15, timeout=PATIENCE_MS)
    expect(page.locator("[data-testid=markets] td svg path[d^=M]").nth(14)).to_be_attached(
        timeout=PATIENCE_MS
    )


def charts(page: Page) -> None:
    """Wait until each chart of the grid has its candles."""
    live(page)
    expect(page.get_by_test_id("chart")).to_have_count(4, timeout=PATIENCE_MS)


def status(page: Page) -> None:
    """Wait until every hour of the calendar is known, and prices have been painted for a while."""
    live(page)
    loading = page.locator("[data-testid=calendar] [data-state=loading]")
    expect(loading).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_timeout(15_000)


def embed(page: Page) -> None:
    """Wait until the chart says that it is live."""
    expect(page.get_by_role("banner")).to_contain_text("Live", timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Picture:
    """What is opened, what is awaited there, and how large the window is."""

    path: str
    wait: Callable[[Page], None]
    width: int = 1440
    height: int = 900


PICTURES: Mapping[str, Picture] = {
    "Chart": Picture("/trade/BTCUSDT?ind=ema20,bb20,rsi14", trade),
    "rank": Picture("/markets", markets),
    "charts": Picture("/charts?charts=BTCUSDT.1m,ETHUSDT.5m,SOLUSDT.1m,BNBUSDT.1h&columns=2", charts),
    "status": Picture("/status", status),
    "embed": Picture("/embed/BTCUSDT?interval=5m&theme=light", embed, width=720, height=420),
}
"""By the file's name."""


def take(address: str, names: list[str]) -> None:
    """Write the pictures with these names, each once its page says that its data is live."""
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name in names:
            picture = PICTURES[name]
            viewport: ViewportSize = {"width": picture.width, "height": picture.height}
            page = browser.new_page(viewport=viewport, locale="en-GB", color_scheme="dark")
            page.goto(address + picture.path)
            picture.wait(page)
            # What comes after the data: the candles are painted a frame later.
            page.wait_for_timeout(1_000)
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
            sys.stdout.write(f"wrote {name}.png\n")
        browser.close()


if __name__ == "__main__":
    take(
        sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000",
        sys.argv[2:] or list(PICTURES),
    )
