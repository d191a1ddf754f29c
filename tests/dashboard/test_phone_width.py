"""No page is wider than a phone, whether or not the API answers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from dashboard.web_under_test import PATIENCE_MS, PHONE, LivePlatform, OpenPage

PAGES = ("/status", "/embed/BTCUSDT", "/trade/BTCUSDT", "/markets", "/charts")
NOT_SHOWN_ELSEWHERE = PAGES[:2]
"""Of the others it is seen beside what else they do on a phone."""
WIDTH = 390


def widths(page: Page, address: str, paths: tuple[str, ...]) -> dict[str, int]:
    """Return how wide each page is, once it shows what it has."""
    found = {}
    for path in paths:
        page.goto(address + path)
        expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE_MS)
        page.evaluate("() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))")
        found[path] = page.evaluate("document.documentElement.scrollWidth")
    return found


def test_no_page_scrolls_sideways_on_a_phone_with_the_api_or_without_it(
    live: LivePlatform, open_page: OpenPage
) -> None:
    page = open_page("about:blank", **PHONE)
    found = widths(page, live.dashboard.url, NOT_SHOWN_ELSEWHERE)
    assert found == dict.fromkeys(NOT_SHOWN_ELSEWHERE, WIDTH)
    page.route(f"{live.api.url}/**", lambda route: route.abort())
    page.route_web_socket(lambda url: url.startswith("ws:"), lambda socket: socket.close())
    assert widths(page, live.dashboard.url, PAGES) == dict.fromkeys(PAGES, WIDTH)
