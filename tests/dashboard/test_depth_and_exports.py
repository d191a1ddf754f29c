"""What a trader does beside looking at candles: the depth of the book, and files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.web_under_test import (
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    serious_findings,
    wait_until_live,
)


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """A trade page that shows the depth of its book."""
    return open_lasting_page(f"{live.trade_url()}?view=depth")


def downloaded(page: Page, item: str) -> Path:
    """Return the file that an item of the export menu offers."""
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=item).click()
    page.keyboard.press("Escape")
    return Path(download.value.path())


def test_the_depth_of_the_book_is_drawn_and_told(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    depth = page.get_by_test_id("depth")
    expect(depth).to_be_visible()
    depth.hover(position={"x": 40, "y": 200})
    expect(page.get_by_test_id("depth-legend")).to_have_text(
        re.compile(r"^Bids down to [\d,.]+: [\d,.]*[1-9][\d,.]* BTC$")
    )
    keep_screenshot(page, "depth")
    page.mouse.move(0, 0)
    expect(page.get_by_test_id("depth-legend")).to_contain_text("Middle")
    for _ in range(5):
        depth.press("ArrowRight")
    expect(page.get_by_test_id("depth-legend")).to_have_text(
        re.compile(r"^Asks up to [\d,.]+: [\d,.]*[1-9][\d,.]* BTC$")
    )
    assert serious_findings(page, "main section") == []
    page.get_by_role("button", name="Candles", exact=True).click()
    expect(page.get_by_test_id("chart").locator("canvas").first).to_be_visible()
    expect(page).to_have_url(live.trade_url())


def test_candles_and_the_chart_are_taken_along_as_files(live: LivePlatform, page: Page) -> None:
    page.goto(live.trade_url())
    wait_until_live(page)
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "Candles as CSV").read_text())))
    closed = [row for row in rows if row["closed"] == "true"]
    assert closed
    known: dict[str, dict[str, Any]] = {}
    # From the page's own newest one back to its oldest: a minute may have passed since, and older ones have come.
    while closed[0]["open_time"] not in known:
        upto = f"endTime={int(min(known, default=closed[-1]['open_time']))}&limit=1500"
        answered = live.candles(upto)
        assert len(answered) > 1
        known |= {str(candle["open_time"]): candle for candle in answered}
    for row in closed:
        candle = known[row["open_time"]]
        names = ("open", "high", "low", "close", "volume", "quote_volume", "completeness")
        assert [row[name] for name in names] == [candle[name] for name in names]
    picture = downloaded(page, "Chart as PNG").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
