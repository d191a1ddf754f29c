"""Intervals and rankings on the trade page, in a real browser on a running platform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Page, expect

from candlestack_core.messages import RankedPair, Ranking, encode
from candlestack_core.names import RANKING_TOP_GAINERS, RANKING_TOP_LOSERS
from dashboard.web_under_test import PHONE, KeepScreenshot, LivePlatform, OpenPage, wait_until_live
from waiting import eventually

HOUR_MS = 3_600_000


def amounts(legend: str) -> list[str]:
    """Return the amounts in a text of the legend, in the platform's canonical form."""
    figures = re.findall(r"(?<=[\s])[\d,]+\.\d+(?!%)\b", legend)
    return [figure.replace(",", "").rstrip("0").rstrip(".") for figure in figures]


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """A trade page."""
    return open_lasting_page(live.trade_url())


def test_the_interval_is_switched_by_the_keyboard_kept_in_the_address_and_formed_live(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    wait_until_live(page)
    group = page.get_by_role("radiogroup", name="Interval of the candles")
    expect(group.get_by_role("radio", checked=True)).to_have_text("1m")
    group.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="1 hour")).to_be_focused()
    expect(page).to_have_url(f"{live.trade_url()}?interval=1h")
    legend = page.get_by_test_id("legend")
    expect(legend).to_contain_text("forming")
    expect(page.get_by_test_id("countdown")).to_have_text(re.compile(r"^\d?\d:\d\d$"))

    def as_the_api_says() -> bool:
        # Both move: looked at between two equal answers, the page says what they say.
        shown, answer = legend.inner_text(), live.candles("interval=1h&limit=1")[-1]
        names = ("open", "high", "low", "close", "volume")
        assert answer["open_time"] % HOUR_MS == 0
        return amounts(f" {shown}") == [answer[name] for name in names]

    eventually(as_the_api_says, "the forming hour of the page is the API's")
    before = legend.inner_text()
    eventually(lambda: legend.inner_text() != before, "the forming hour moves")
    page.get_by_test_id("pair-switch").click()
    page.get_by_role("option", name="ETH").click()
    expect(page).to_have_url(f"{live.trade_url('ETHUSDT')}?interval=1h")
    page.reload()
    expect(page.get_by_role("radio", name="1 hour")).to_be_checked()
    expect(legend).to_contain_text("forming")
    expect(page.get_by_text("24h high")).to_be_visible()
    keep_screenshot(page, "trade-1h")


@pytest.fixture
def ranked(live: LivePlatform) -> Iterator[Ranking]:
    """Rankings in Redis, written as the ranking's job does."""
    names = ("SOLUSDT", "BTCUSDT", "ADAUSDT")
    changes = ("5.25", "0.5", "0")
    rows = [
        RankedPair(
            rank=rank,
            symbol=symbol,
            price="187.25",
            change_percent=change,
            volume="1200.5",
            quote_volume="1234567.8",
            market_cap=None if symbol == "ADAUSDT" else "2000000000000",
        )
        for rank, (symbol, change) in enumerate(zip(names, changes, strict=True), 1)
    ]
    gainers = Ranking(time=1_767_268_740_000, source="simulator", rows=rows, supply_time=1_767_225_600_000)
    fallen = RankedPair(**json.loads(encode(rows[0])) | {"change_percent": "-7.125"})
    losers = Ranking(time=gainers.time, source="simulator", rows=[fallen], supply_time=None)
    with redis.Redis(port=live.redis.port) as store:
        store.set(RANKING_TOP_GAINERS, encode(gainers))
        store.set(RANKING_TOP_LOSERS, encode(losers))
        yield gainers
        store.delete(RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)


def test_the_ranking_says_of_when_it_is_and_leads_to_its_pairs(
    live: LivePlatform, ranked: Ranking, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    page.goto(live.trade_url())
    rows = page.get_by_test_id("ranking").locator("tbody tr")
    expect(rows).to_have_count(len(ranked.rows))
    expect(rows.first).to_have_text(re.compile(r"SOL/USDT187\.25▲ \+5\.25%1\.2M2\.0T"))
    expect(rows.last).to_have_text(re.compile(r"ADA/USDT187\.25000\.00%1\.2M–"))
    expect(page.get_by_test_id("ranking-time")).to_have_text(
        "24 hours to 2026-01-01 12:00 UTCSupply of 2026-01-01"
    )
    wait_until_live(page)
    keep_screenshot(page, "ranking")
    page.get_by_role("button", name="Losers").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("▼ −7.13%")
    rows.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SOL/USDT")
    expect(page).to_have_url(live.trade_url("SOLUSDT"))


def test_a_visitor_is_met_in_the_browsers_language_and_theme_and_the_page_fits_the_phone(
    live: LivePlatform, ranked: Ranking, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(f"{live.trade_url()}?interval=5m", locale="vi-VN", color_scheme="light", **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"
    expect(page.get_by_role("button", name="Chuyển sang giao diện tối")).to_be_visible()
    expect(page.get_by_role("radio", name="5 phút")).to_be_checked()
    expect(page.get_by_test_id("legend")).to_contain_text("đang hình thành")
    expect(page.get_by_test_id("ranking").locator("tbody tr")).to_have_count(len(ranked.rows))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_text("Cao nhất 24h")).to_be_visible()
    keep_screenshot(page, "trade-phone-5m-vi")
    page.get_by_test_id("ranking-time").scroll_into_view_if_needed()
    keep_screenshot(page, "ranking-phone-vi")
    page.evaluate("window.scrollTo(0, 0)")
    page.get_by_test_id("pair-switch").tap()
    page.get_by_role("option", name="ETH").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("ETH/USDT")
