"""Take images/Chart.png from the running platform: python images/screenshot.py [ADDRESS]."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from candlestack_local.bootstrap.dependencies import BROWSERS

PICTURE = Path(__file__).with_name("Chart.png")


def take(address: str) -> None:
    """Write what the trade page at an address shows once its data is live and a day of candles is there."""
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="dark")
        page.goto(f"{address}/trade/BTCUSDT")
        expect(page.get_by_role("contentinfo")).to_contain_text("Live", timeout=30_000)
        expect(page.get_by_text("24h high")).to_be_visible(timeout=30_000)
        expect(page.get_by_test_id("trades").locator("tbody tr").nth(40)).to_be_attached(timeout=60_000)
        expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "synced", timeout=60_000)
        page.screenshot(path=PICTURE)
        browser.close()
    sys.stdout.write(f"wrote {PICTURE}\n")


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000")
