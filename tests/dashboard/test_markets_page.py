"""The markets page in a real browser: order, search, watch list, alerts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.web_under_test import (
    PHONE,
    SYMBOLS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    serious_findings,
    wait_until_live,
)
from waiting import eventually


def pairs(page: Page) -> list[str]:
    """Return the pairs in the order in which the table shows them."""
    return page.get_by_test_id("markets").locator("tbody th").all_inner_texts()


def test_the_markets_fit_a_phone_in_vietnamese(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(f"{live.dashboard.url}/markets", locale="vi-VN", **PHONE)
    expect(page.get_by_role("heading", name="Thị trường", exact=True)).to_be_visible()
    expect(page.get_by_test_id("price-BTCUSDT").last).to_have_text(re.compile(r"[\d,]+\.\d\d"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    keep_screenshot(page, "markets-phone-vi")


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """The markets page, which the tests below share."""
    return open_lasting_page(f"{live.dashboard.url}/markets")


def test_every_pair_is_there_with_a_price_that_moves_and_in_the_order_that_is_asked_for(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    expect(page.get_by_test_id("markets").locator("tbody tr")).to_have_count(len(SYMBOLS))
    expect(page.get_by_test_id("row-BTCUSDT")).to_contain_text("Live")
    expect(page.get_by_test_id("source-banner")).to_contain_text("Simulated data")
    price = page.get_by_test_id("price-BTCUSDT").last.inner_text()
    eventually(lambda: page.get_by_test_id("price-BTCUSDT").last.inner_text() != price, "the price moves")
    page.get_by_role("button", name="Pair", exact=True).click()
    expect(page).to_have_url(f"{live.dashboard.url}/markets?sort=symbol.asc")
    assert pairs(page) == sorted(pairs(page))
    page.get_by_role("button", name="Pair").click()
    expect(page).to_have_url(f"{live.dashboard.url}/markets?sort=symbol.desc")
    assert pairs(page) == sorted(pairs(page), reverse=True)
    keep_screenshot(page, "markets")
    assert serious_findings(page) == []


def test_a_search_and_the_watch_list_narrow_the_table_and_last(live: LivePlatform, page: Page) -> None:
    page.get_by_label("Filter pairs").fill("eth")
    expect(page.get_by_test_id("markets").locator("tbody tr")).to_have_count(1)
    page.get_by_label("ETH/USDT on the watch list").click()
    page.get_by_label("Filter pairs").fill("")
    page.get_by_role("button", name="Watch list 1").click()
    expect(page.get_by_test_id("markets").locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.get_by_test_id("row-ETHUSDT")).to_be_visible()
    expect(page.get_by_test_id("markets").locator("tbody tr")).to_have_count(1)
    page.get_by_test_id("row-ETHUSDT").get_by_role("link").click()
    expect(page).to_have_url(live.trade_url("ETHUSDT"))
    assert page.url == live.trade_url("ETHUSDT")


def test_an_alert_goes_off_once_its_price_is_there_and_is_told_on_any_page(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    page.goto(f"{live.dashboard.url}/markets")
    expect(page.get_by_test_id("row-SOLUSDT")).to_be_visible()
    page.get_by_test_id("alerts").click()
    page.get_by_label("Pair", exact=True).select_option("SOLUSDT")
    page.get_by_label("Price", exact=True).fill("nothing")
    page.get_by_role("button", name="Add alert").click()
    expect(page.get_by_label("Price", exact=True)).to_have_attribute("aria-invalid", "true")
    assert serious_findings(page, "header") == []
    page.get_by_label("Price", exact=True).fill("0.01")
    page.get_by_role("button", name="Add alert").click()
    told = page.get_by_test_id("alerts-fired")
    expect(told).to_contain_text("SOL/USDT reaches 0.01")
    keep_screenshot(page, "alerts")
    page.get_by_role("button", name="Dismiss").click()
    page.goto(live.trade_url())
    wait_until_live(page)
    expect(told).to_be_empty()
    page.get_by_test_id("alerts").click()
    expect(page.get_by_role("listitem").filter(has_text="SOL/USDT reaches 0.01")).to_have_count(1)
    assert told.inner_text() == ""
