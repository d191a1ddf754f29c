"""The status page in a real browser: ages, trust, completeness, and what is away."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard.web_under_test import (
    FUTURES_SYMBOLS,
    PATIENCE_MS,
    SYMBOLS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    serious_findings,
)


def test_the_status_page_tells_how_fresh_and_how_whole_the_data_is(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(f"{live.dashboard.url}/status")
    streams = page.get_by_test_id("streams").locator("tbody tr")
    expect(streams).to_have_count(len(SYMBOLS))
    figures = re.compile(r"USDT\s+-?\d+\s+\d+\s+\d+\s+[1-9]\d*\s+0\s+Live")
    expect(streams.first).to_have_text(figures, use_inner_text=True, timeout=PATIENCE_MS)
    books = page.get_by_test_id("books")
    expect(books.get_by_test_id("trust").first).to_have_attribute("data-state", "synced", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("parts")).to_have_text(re.compile("Kafkaup.*Redisup.*MongoDBup"))
    calendar = page.get_by_test_id("calendar").locator("tbody tr")
    expect(calendar).to_have_count(len(SYMBOLS))
    expect(page.locator("[data-testid=calendar] [data-state=loading]")).to_have_count(0, timeout=PATIENCE_MS)
    assert page.locator("[data-testid=calendar] tbody [data-state]").count() == len(SYMBOLS) * 24
    keep_screenshot(page, "status")
    page.get_by_role("button", name="Futures depth").click()
    expect(calendar).to_have_count(len(FUTURES_SYMBOLS))
    assert serious_findings(page) == []
