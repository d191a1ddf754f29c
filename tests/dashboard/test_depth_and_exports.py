"""What a trader does beside looking at candles: the depth of the book, the reader's own clock, and files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard.web_under_test import PATIENCE_MS, KeepScreenshot, LivePlatform, OpenPage, wait_until_live
from platform_under_test import get_json


def downloaded(page: Page, item: str) -> Path:
    """Return the file that an item of the export menu offers."""
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=item).click()
    page.keyboard.press("Escape")
    return Path(download.value.path())


def test_the_depth_of_the_book_is_drawn_and_told(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(f"{live.trade_url()}?view=depth")
    depth = page.get_by_test_id("depth")
    expect(depth).to_be_visible(timeout=PATIENCE_MS)
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
    page.get_by_role("button", name="Candles", exact=True).click()
    expect(page.get_by_test_id("chart").locator("canvas").first).to_be_visible()
    assert page.url == live.trade_url()


def test_times_are_told_by_the_readers_own_clock_once_that_is_chosen(
    live: LivePlatform, open_page: OpenPage
) -> None:
    page = open_page(live.trade_url(), timezone_id="Asia/Ho_Chi_Minh")
    clock = page.get_by_test_id("clock")
    expect(clock).to_have_text(re.compile(r"\d\d:\d\d:\d\d UTC$"))
    wait_until_live(page)
    page.get_by_role("button", name="Show times by this device's clock").click()
    expect(clock).to_have_text(re.compile(r"UTC\+7$"))
    expect(page.get_by_test_id("trades")).to_contain_text("(UTC+7)")
    page.reload()
    expect(clock).to_have_text(re.compile(r"UTC\+7$"))
    assert clock.inner_text().endswith("UTC+7")


def test_candles_and_the_chart_are_taken_along_as_files(live: LivePlatform, open_page: OpenPage) -> None:
    page = open_page(live.trade_url())
    wait_until_live(page)
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "Candles as CSV").read_text())))
    closed = [row for row in rows if row["closed"] == "true"]
    assert closed
    # Up to the page's own newest one: a minute may have passed since.
    upto = f"endTime={closed[-1]['open_time']}&limit=1500"
    known = {
        str(candle["open_time"]): candle
        for candle in get_json(f"{live.api.url}/ohlc?symbol=BTCUSDT&{upto}")["candles"]
    }
    for row in closed:
        candle = known[row["open_time"]]
        names = ("open", "high", "low", "close", "volume", "quote_volume", "completeness")
        assert [row[name] for name in names] == [candle[name] for name in names]
    picture = downloaded(page, "Chart as PNG").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
