"""Draw every SVG of this folder into a PNG of the same name: `make pictures`."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from candlestack_local.bootstrap.dependencies import BROWSERS

FOLDER = Path(__file__).parent


def main() -> None:
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser_path is None:
        raise SystemExit("no Chromium is installed; run: make deps")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=2)
        for source in sorted(FOLDER.glob("*.svg")):
            page.set_content(f"<style>body {{ margin: 0 }}</style>{source.read_text(encoding='utf-8')}")
            page.locator("svg").screenshot(path=source.with_suffix(".png"))
            print(f"drew {source.with_suffix('.png').name}")
        browser.close()


if __name__ == "__main__":
    main()
