"""What the page says while something behind it is away, and that it heals without being loaded anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from dashboard.web_under_test import (
    PATIENCE_MS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    newest_trade,
    wait_until_live,
)
from platform_under_test import eventually

STALE_AFTER_MS = 10_000
AWAY_MS = 60_000
"""A broker that starts again is let in when its former session has run out, and the producers follow."""


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


def test_a_killed_api_is_said_and_healed_also_on_a_page_opened_meanwhile(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url())
    with healed_without_a_reload(page):
        live.api.kill()
        trouble = page.get_by_test_id("trouble")
        expect(trouble).to_contain_text(f"The API at {live.api.url} does not answer.", timeout=PATIENCE_MS)
        expect(trouble).to_contain_text("What is shown is the last that was received.")
        expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "stale")
        keep_screenshot(page, "api-away")
        late = open_page(live.trade_url())
        expect(late.get_by_test_id("trouble")).to_contain_text("does not answer")
        keep_screenshot(late, "api-away-at-first")
        markets = open_page(f"{live.dashboard.url}/markets")
        expect(markets.get_by_test_id("trouble")).to_contain_text("does not answer", timeout=PATIENCE_MS)
        expect(markets.get_by_role("contentinfo")).to_contain_text("Reconnecting")
        live.api.start()
    wait_until_live(markets)
    expect(markets.get_by_test_id("trouble")).to_be_empty()
    wait_until_live(late)
    expect(late.get_by_test_id("last-price")).to_be_visible()


def test_a_frozen_api_makes_the_data_stale_and_not_silently_old(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url(), time_may_pass=True)
    with healed_without_a_reload(page):
        live.api.freeze()
        page.clock.fast_forward(STALE_AFTER_MS)
        try:
            expect(page.get_by_test_id("trouble")).to_contain_text("The newest data is", timeout=PATIENCE_MS)
            expect(page.get_by_role("contentinfo")).to_contain_text("Stale")
            keep_screenshot(page, "stale")
        finally:
            live.api.go_on()


def test_a_killed_broker_is_said_and_healed(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url())
    with healed_without_a_reload(page):
        live.broker.kill()
        expect(page.get_by_test_id("trouble")).to_contain_text("lost its own source", timeout=PATIENCE_MS)
        expect(page.get_by_role("contentinfo")).to_contain_text("Source away")
        keep_screenshot(page, "broker-away")
        live.broker.restart()


def test_killed_stores_are_said_while_what_happens_now_goes_on(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url())
    with healed_without_a_reload(page):
        live.mongo.kill()
        live.redis.kill()
        trouble = page.get_by_test_id("trouble")
        expect(trouble).to_contain_text("MongoDB", timeout=PATIENCE_MS)
        expect(trouble).to_contain_text("Redis", timeout=PATIENCE_MS)
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
