"""What the trade page costs: the script it loads first, and the memory that is left after many pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.web_under_test import LivePlatform, OpenPage, wait_until_live

FIRST_LOAD_BUDGET = 280_000
"""Bytes of script, compressed as they travel, until the trade page is live; it was 251 kB when this was written."""
HEAP_GROWTH_BUDGET = 8_000_000
"""Bytes more after a second round through the same pairs than after the first."""
ROUND = ("ETHUSDT", "BTCUSDT")

SCRIPT_BYTES = """
    () => performance.getEntriesByType("resource")
        .filter(({ initiatorType, name }) => initiatorType === "script" || name.endsWith(".js"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
"""


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """A trade page that has just been opened."""
    page = open_lasting_page(live.trade_url())
    wait_until_live(page)
    return page


def test_the_first_load_of_the_trade_page_stays_within_its_budget(
    page: Page, record_property: Callable[[str, object], None]
) -> None:
    loaded = page.evaluate(SCRIPT_BYTES)
    record_property("first-load script of the trade page, bytes", loaded)
    assert 50_000 < loaded < FIRST_LOAD_BUDGET


def switch_through(page: Page) -> int:
    """Show each pair of the round by the search; return the bytes of the heap after a collection."""
    for symbol in ROUND:
        page.keyboard.press("/")
        page.get_by_role("combobox", name="Search a pair").fill(symbol)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(symbol.removesuffix("USDT"))
        expect(page.get_by_test_id("trades").locator("tbody tr").first).to_be_visible()
    inspector = page.context.new_cdp_session(page)
    inspector.send("HeapProfiler.collectGarbage")
    used: int = inspector.send("Runtime.getHeapUsage")["usedSize"]
    inspector.detach()
    return used


def test_pairs_that_were_shown_leave_nothing_behind(
    page: Page, record_property: Callable[[str, object], None]
) -> None:
    first, second = switch_through(page), switch_through(page)
    record_property("heap after one round and after two, bytes", (first, second))
    assert second - first < HEAP_GROWTH_BUDGET
