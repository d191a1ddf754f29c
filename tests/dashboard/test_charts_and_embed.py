"""Several charts in a grid whose address is the whole of it, and one chart for another page's frame."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from dashboard.web_under_test import (
    PATIENCE_MS,
    PHONE,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    serious_findings,
    wait_until_live,
)


def shown_charts(page: Page) -> list[tuple[str, str]]:
    """Return the pair and the interval of each chart of the grid."""
    chosen = page.get_by_role("main").locator("select").evaluate_all("all => all.map((one) => one.value)")
    return list(zip(chosen[::2], chosen[1::2], strict=True))


def test_a_grid_of_charts_is_what_its_address_says_and_its_address_what_is_chosen(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    # A pair that was there when somebody kept the address may be gone: it says nothing of the others.
    charts = "BTCUSDT.1m,GONEUSDT.5m,SOLUSDT.1h"
    page = open_page(f"{live.dashboard.url}/charts?charts={charts}&columns=3")
    wait_until_live(page)
    expect(page.get_by_test_id("chart")).to_have_count(3)
    assert shown_charts(page) == [("BTCUSDT", "1m"), ("GONEUSDT", "5m"), ("SOLUSDT", "1h")]
    expect(page.get_by_role("region", name="GONE/USDT")).to_contain_text("Unknown pair")
    page.get_by_role("button", name="Remove the chart of GONE/USDT").click()
    page.get_by_role("main").locator("select").first.select_option("ADAUSDT")
    page.get_by_role("button", name="Add a chart").click()
    expect(page.get_by_test_id("chart")).to_have_count(3)
    here = page.url
    assert "charts=ADAUSDT.1m,SOLUSDT.1h," in here
    chosen = shown_charts(page)
    keep_screenshot(page, "charts")
    assert serious_findings(page) == []
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    other = open_page(page.evaluate("navigator.clipboard.readText()"), **PHONE)
    expect(other.get_by_test_id("chart")).to_have_count(3)
    assert shown_charts(other) == chosen
    assert other.evaluate("document.documentElement.scrollWidth") == 390


def test_a_chart_is_shown_in_another_pages_frame_in_its_theme_and_says_that_it_is_simulated(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    # A page of another origin; one of none may not frame what is on this machine.
    page = open_page(f"{live.api.url}/healthz")
    address = f"{live.dashboard.url}/embed/BTCUSDT?interval=5m&theme=light"
    page.set_content(f'<iframe src="{address}" style="width: 640px; height: 400px"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="BTC/USDT")).to_be_visible(timeout=PATIENCE_MS)
    expect(frame.get_by_test_id("last-price")).to_be_visible(timeout=PATIENCE_MS)
    expect(frame.get_by_test_id("source-banner")).to_have_text("Simulated data")
    expect(frame.get_by_test_id("chart").locator("canvas").first).to_be_visible()
    ground = frame.get_by_role("main").evaluate(
        "main => getComputedStyle(main.parentElement).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"
    keep_screenshot(page, "embed")
    page.goto(f"{live.dashboard.url}/embed/BTCUSDT")
    expect(page.get_by_test_id("last-price")).to_be_visible(timeout=PATIENCE_MS)
    assert serious_findings(page) == []
