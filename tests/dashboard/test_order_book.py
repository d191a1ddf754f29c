"""The order book on the trade page, in a real browser, with the builder behind it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candlestack_core.decimals import canonical
from candlestack_ingest.books.checksum import checksum
from dashboard.web_under_test import KeepScreenshot, LivePlatform, OpenPage, wait_until_live
from waiting import eventually

SHOWN = """
    () => {
        const text = (id) => document.querySelector(`[data-testid=${id}]`).innerText.split(" ").at(-1);
        const rows = (id) => [...document.querySelectorAll(`[data-testid=${id}] li`)].map((row) =>
            [...row.querySelectorAll("span:not([aria-hidden])")].map((cell) => cell.innerText));
        return {
            state: document.querySelector("[data-testid=trust]").dataset.state,
            sequence: Number(text("book-sequence")),
            checksum: Number.parseInt(text("book-checksum"), 16),
            bids: rows("bids"),
            asks: rows("asks"),
        };
    }
"""
"""All of the panel at one moment; a row is price, amount and total."""
AWAY_MS = 60_000
NOT_BELIEVED_AFTER_MS = 13_000
"""Longer than a builder lives without a word."""

Level = tuple[str, str]


def shown_book(page: Page) -> dict[str, Any]:
    """Return what the panel shows."""
    book: dict[str, Any] = page.evaluate(SHOWN)
    return book


def levels(rows: list[list[str]]) -> list[Level]:
    """Return the levels that rows show, in the platform's canonical form."""
    return [
        (canonical(price.replace(",", "")), canonical(amount.replace(",", "").removeprefix("≥ ")))
        for price, amount, _ in rows
    ]


def wait_until_synced(page: Page) -> None:
    expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "synced")


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """A trade page with a book that may be believed."""
    page = open_lasting_page(live.trade_url(), time_may_pass=True)
    wait_until_live(page)
    wait_until_synced(page)
    return page


def test_the_book_moves_and_what_is_shown_has_the_checksum_that_is_shown(
    page: Page, keep_screenshot: KeepScreenshot
) -> None:
    before = shown_book(page)
    for book in (before, eventually(lambda: _moved(page, before["sequence"]), "the book moves")):
        bids, asks = levels(book["bids"]), levels(book["asks"])
        assert len(bids) == len(asks) == 20
        assert checksum(bids, asks) == book["checksum"]
        assert float(bids[0][0]) < float(asks[0][0])
        assert [price for price, _ in bids] == sorted((p for p, _ in bids), key=float, reverse=True)
        assert [price for price, _ in asks] == sorted((p for p, _ in asks), key=float)
    keep_screenshot(page, "book-dark")


def _moved(page: Page, sequence: int) -> dict[str, Any] | None:
    book = shown_book(page)
    return book if book["sequence"] > sequence else None


def test_levels_are_put_together_by_a_step_of_price_and_none_is_lost(
    page: Page, keep_screenshot: KeepScreenshot
) -> None:
    page.get_by_label("Group prices by").select_option(label="10")
    expect(page.get_by_test_id("bids").locator("li").first).not_to_contain_text(".0")
    book = shown_book(page)
    keep_screenshot(page, "book-grouped")
    for rows in (book["bids"], book["asks"]):
        assert 1 <= len(rows) <= 20
        amounts = sum(round(float(amount) * 1e8) for _, amount in levels(rows))
        assert amounts == round(float(rows[-1][2].replace(",", "")) * 1e8)
    assert all(float(price.replace(",", "")) % 10 == 0 for price, _, _ in book["bids"] + book["asks"])
    page.get_by_label("Group prices by").select_option(index=0)


def test_a_killed_builder_costs_the_book_its_trust_and_nothing_else(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    builder = live.platform["orderbook-builder"]
    builder.kill()
    page.clock.fast_forward(NOT_BELIEVED_AFTER_MS)
    expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "stale", timeout=AWAY_MS)
    expect(page.get_by_role("contentinfo")).to_contain_text("Live")
    keep_screenshot(page, "book-stale")
    last = shown_book(page)["sequence"]
    builder.start()
    # The page sets its clock right by what comes, so that for a moment it may believe the last book again.
    assert eventually(lambda: shown_book(page)["sequence"] > last, "a book of the new builder")
    expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "synced", timeout=AWAY_MS)


def test_futures_are_another_book_and_only_of_pairs_that_have_them(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    spot = shown_book(page)
    page.get_by_role("button", name="Futures").click()
    expect(page.get_by_role("button", name="Futures")).to_have_attribute("aria-pressed", "true")
    wait_until_synced(page)
    futures = shown_book(page)
    assert futures["bids"] != spot["bids"]
    assert checksum(levels(futures["bids"]), levels(futures["asks"])) == futures["checksum"]
    keep_screenshot(page, "book-futures")
    page.goto(live.trade_url("DOGEUSDT"))
    wait_until_synced(page)
    expect(page.get_by_role("button", name="Futures")).to_have_count(0)
