"""The dashboard in Chromium, for a benchmark: a page of a platform, an inspector beside it, and its keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from _platform import addresses, candlestack, live_line
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, expect, sync_playwright

from candlestack_local.bootstrap.dependencies import BROWSERS

PATIENCE_MS = 180_000
SETTLED_MS = 10_000
DESKTOP = ViewportSize(width=1440, height=900)


@contextmanager
def dashboard(address: str | None) -> Iterator[str]:
    """Give the address of a dashboard: the one that is named, or that of a platform started for it."""
    if address is not None:
        yield address
        return
    with addresses(PROFILE="live") as where:
        print(live_line(candlestack(where.environment, "up")), flush=True)
        yield f"http://127.0.0.1:{where.environment['FRONTEND_PORT']}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the Chromium of this machine, without a window and without a GPU.

    Raises:
        SystemExit: none is installed.
    """
    path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if path is None:
        raise SystemExit("no Chromium is installed; make deps installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        print(f"Chromium {browser.version}, {DESKTOP['width']}x{DESKTOP['height']}, no GPU", flush=True)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """Return an empty page, as a visitor of its own opens it."""
    page = browser.new_page(viewport=DESKTOP, locale="en-GB", color_scheme="dark")
    page.set_default_timeout(PATIENCE_MS)
    return page


def open_page(page: Page, url: str) -> CDPSession:
    """Open an address, wait until all that the page shows is live and has settled, and attach an inspector."""
    page.goto(url)
    wait_until_live(page)
    page.wait_for_timeout(SETTLED_MS)
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable")
    return inspector


def wait_until_live(page: Page) -> None:
    """Wait until the page says of itself that all it shows is live."""
    expect(page.get_by_role("contentinfo")).to_contain_text("Live", timeout=PATIENCE_MS)


def switch_pair(page: Page, symbol: str) -> None:
    """Go to a pair by the search, as the keyboard does, and wait until its trades are there."""
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search a pair").fill(symbol)
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(symbol.removesuffix("USDT"), timeout=PATIENCE_MS)
    expect(page.get_by_test_id("trades").locator("tbody tr").first).to_be_visible(timeout=PATIENCE_MS)


def heap_mb(inspector: CDPSession) -> float:
    """Return what the page's script holds after a garbage collection, in MB."""
    inspector.send("HeapProfiler.collectGarbage")
    used: float = inspector.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6
