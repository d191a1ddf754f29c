"""Indicators over and below the candles, chosen by the reader."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard.web_under_test import KeepScreenshot, LivePlatform, OpenPage, wait_until_live
from waiting import eventually

PERIOD = 5
DRAWN_PANES = "() => document.querySelectorAll('[data-testid=chart] tr').length"


def test_indicators_are_chosen_kept_in_the_address_and_computed_from_the_candles(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url())
    wait_until_live(page)
    page.get_by_test_id("indicators").click()
    page.get_by_label("Moving average (MA)", exact=True).check()
    page.get_by_label("Period of Moving average (MA)").fill(str(PERIOD))
    panes = page.evaluate(DRAWN_PANES)
    page.get_by_label("RSI", exact=True).check()
    page.get_by_label("MACD 12, 26, 9").check()
    expect(page).to_have_url(f"{live.trade_url()}?ind=ma{PERIOD},rsi14,macd")
    eventually(lambda: page.evaluate(DRAWN_PANES) > panes, "a pane below the candles")
    page.get_by_label("VWAP of the day").check()
    page.keyboard.press("Escape")
    page.mouse.move(2, 2)  # off the candles: the legend is then of the newest one
    legend = page.get_by_test_id("legend-indicators")
    expect(legend).to_contain_text(re.compile(r"VWAP [\d,]+\.\d\d"))
    expect(legend).to_contain_text(re.compile(r"RSI 14 \d+\.\d\d"))
    expect(legend).to_contain_text(re.compile(r"MACD −?[\d,]+\.\d\d / −?[\d,]+\.\d\d / −?[\d,]+\.\d\d"))

    def as_the_candles_say() -> bool:
        # Both move: looked at between two equal answers, the page says what they say.
        shown = re.search(rf"MA {PERIOD} ([\d,.]+)", legend.inner_text())
        candles = live.candles(f"limit={PERIOD}")
        mean = sum(float(candle["close"]) for candle in candles) / PERIOD
        return shown is not None and shown.group(1) == f"{mean:,.2f}"

    eventually(as_the_candles_say, "the average of the page is that of the API's candles")
    keep_screenshot(page, "trade-indicators")
    page.goto(live.trade_url("ETHUSDT"))
    expect(page.get_by_test_id("legend-indicators")).to_contain_text(f"MA {PERIOD}")
    assert page.url == live.trade_url("ETHUSDT")
