"""What the page says while something behind it is away, and that it heals without being loaded anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard.web_under_test import (
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    newest_trade,
    wait_until_live,
)
from waiting import eventually

STALE_AFTER_MS = 10_000
UNTRADED_MS = 20_000
AWAY_MS = 120_000
"""A broker that starts again is let in when its former session has run out, and the producers follow."""
MAY_BE_HUSHED = """
    window.WebSocket = class extends WebSocket {
        constructor(...address) {
            super(...address);
            this.addEventListener("message", (event) => {
                const silenced = window.hushed && /"channel":"(kline|trades)"/.test(event.data);
                if (silenced) event.stopImmediatePropagation();
            });
        }
    };
"""
"""Candles and trades do not reach a page while it is hushed; its book does."""


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """The trade page that goes through all of this without being loaded anew."""
    page = open_lasting_page("about:blank", time_may_pass=True)
    page.add_init_script(MAY_BE_HUSHED)
    page.goto(live.trade_url())
    return page


@contextmanager
def healed_without_a_reload(page: Page) -> Iterator[None]:
    """Hold that after what happens inside, the page is the same document, live, and moves again."""
    wait_until_live(page)
    page.evaluate("window.sameDocument = true")
    yield
    expect(page.get_by_test_id("trouble")).to_be_empty(timeout=AWAY_MS)
    expect(page.get_by_role("contentinfo")).to_contain_text("Live", timeout=AWAY_MS)
    trade = newest_trade(page)
    eventually(lambda: newest_trade(page) != trade, "the next trade")
    assert page.evaluate("window.sameDocument")


def untraded(route: Route) -> None:
    """Answer as the API does where nobody has traded the pair for a while."""
    response = route.fetch()
    answer = response.json()
    for stream in answer["streams"]:
        if stream["symbol"] == "BTCUSDT" and stream["stream"] in ("kline_1m", "trade"):
            stream["age"] += UNTRADED_MS
    route.fulfill(response=response, json=answer)


def test_a_pair_that_nobody_trades_is_quiet_and_one_whose_trades_do_not_come_is_stale(
    page: Page, keep_screenshot: KeepScreenshot
) -> None:
    footer, trouble = page.get_by_role("contentinfo"), page.get_by_test_id("trouble")
    with healed_without_a_reload(page):
        page.evaluate("window.hushed = true")
        page.route("**/status", untraded)
        page.clock.fast_forward(STALE_AFTER_MS)
        expect(footer).to_contain_text(re.compile(r"Quiet: no trade for \d\d s"))
        expect(page.get_by_role("region", name="Candles", exact=True)).to_contain_text("Quiet")
        expect(trouble).to_be_empty()
        keep_screenshot(page, "quiet")
        page.unroute("**/status")
        expect(trouble).to_contain_text("The newest data is")
        expect(footer).to_contain_text("Stale")
        page.evaluate("window.hushed = false")


def test_a_killed_api_is_said_and_healed_also_on_a_page_opened_meanwhile(
    live: LivePlatform, page: Page, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    with healed_without_a_reload(page):
        live.api.kill()
        trouble = page.get_by_test_id("trouble")
        expect(trouble).to_contain_text(f"The API at {live.api.url} does not answer.")
        expect(trouble).to_contain_text("What is shown is the last that was received.")
        expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "stale")
        for panel in ("Candles", "Order book", "Trades", "Markets"):
            expect(page.get_by_role("region", name=panel, exact=True).first).to_contain_text("Reconnecting")
        keep_screenshot(page, "api-away")
        late = open_page(live.trade_url())
        expect(late.get_by_test_id("trouble")).to_contain_text("does not answer")
        keep_screenshot(late, "api-away-at-first")
        markets = open_page(f"{live.dashboard.url}/markets")
        expect(markets.get_by_test_id("trouble")).to_contain_text("does not answer")
        for panel in ("All pairs", "Top gainers", "Top losers"):
            expect(markets.get_by_role("region", name=panel, exact=True).first).to_contain_text(
                "Reconnecting"
            )
        expect(markets.get_by_role("contentinfo")).to_contain_text("Reconnecting")
        live.api.start()
    wait_until_live(markets)
    expect(markets.get_by_test_id("trouble")).to_be_empty()
    wait_until_live(late)
    expect(late.get_by_test_id("last-price")).to_be_visible()


def test_a_frozen_api_makes_the_data_stale_and_not_silently_old(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    with healed_without_a_reload(page):
        live.api.freeze()
        page.clock.fast_forward(STALE_AFTER_MS)
        try:
            expect(page.get_by_test_id("trouble")).to_contain_text("The newest data is")
            expect(page.get_by_role("contentinfo")).to_contain_text("Stale")
            keep_screenshot(page, "stale")
        finally:
            live.api.go_on()


def test_a_killed_broker_is_said_and_healed(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    with healed_without_a_reload(page):
        live.broker.kill()
        expect(page.get_by_test_id("trouble")).to_contain_text("lost its own source")
        expect(page.get_by_role("contentinfo")).to_contain_text("Source away")
        keep_screenshot(page, "broker-away")
        live.broker.restart()


def test_killed_stores_are_said_while_what_happens_now_goes_on(
    live: LivePlatform, page: Page, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    with healed_without_a_reload(page):
        live.mongo.kill()
        live.redis.kill()
        trouble = page.get_by_test_id("trouble")
        expect(trouble).to_contain_text("MongoDB")
        expect(trouble).to_contain_text("Redis")
        late = open_page(live.trade_url("ETHUSDT"))
        for shown in (page, late):
            wait_until_live(shown)
            trade = newest_trade(shown)
            eventually(lambda shown=shown, trade=trade: newest_trade(shown) != trade, "the next trade")  # type: ignore[misc]
        # The day that MongoDB alone holds is owed, and the page says that too.
        expect(late.get_by_test_id("history-owed")).to_contain_text("Earlier candles cannot be loaded yet")
        keep_screenshot(late, "stores-away")
        live.mongo.restart()
        live.redis.restart()
    expect(late.get_by_test_id("history-owed")).to_have_count(0, timeout=AWAY_MS)
    expect(late.get_by_text("24h high")).to_be_visible(timeout=AWAY_MS)
