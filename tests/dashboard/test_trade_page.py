"""The trade page in a real browser, on a running platform."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Response, WebSocket, expect

from dashboard.web_under_test import (
    SYMBOLS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    newest_trade,
    serious_findings,
    wait_until_live,
)
from platform_under_test import get_json
from waiting import eventually

FIRST_LOADED_MS = 1_500 * 60_000
"""How far back the candles of one minute reach that a page asks for at first."""
CHART_PIXELS = """
    () => [...document.querySelectorAll('[data-testid=chart] canvas')]
        .sort((one, other) => other.width * other.height - one.width * one.height)[0].toDataURL()
"""


def without_zeros(amount: str) -> str:
    """Return an amount as the page writes it in the platform's canonical form."""
    plain = amount.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def test_a_pair_is_switched_by_the_keyboard_on_the_one_socket_of_the_tab(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page("about:blank")
    sockets: list[WebSocket] = []
    sent: list[dict[str, Any]] = []

    def follow(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("framesent", lambda frame: sent.append(json.loads(frame)))

    channels = ("kline", "trades", "orderbook")
    page.on("websocket", follow)
    page.goto(live.trade_url())
    wait_until_live(page)
    # An API that stands still as the page opens it is tried again, by a socket in place of the first.
    tried = len(sockets)
    assert all(socket.is_closed() for socket in sockets[:-1])
    page.keyboard.press("/")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(len(SYMBOLS))
    keep_screenshot(page, "pair-switch")
    page.keyboard.type("sol")
    page.keyboard.press("Enter")
    expect(page).to_have_url(live.trade_url("SOLUSDT"))
    expect(page.get_by_role("heading", level=1)).to_have_text("SOL/USDT")
    wait_until_live(page)
    expect(page.get_by_test_id("trades").locator("tbody tr").first).to_be_visible()
    eventually(
        lambda: page.title() and of_pairs(sent) == {(each, "SOLUSDT") for each in channels},
        "the former pair is not subscribed to any more",
    )
    assert len(sockets) == tried
    assert {socket.url for socket in sockets} == {f"{live.api.url.replace('http', 'ws')}/ws"}


def of_pairs(sent: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return the channels and pairs that a page is subscribed to after what it has sent."""
    held: set[tuple[str, str]] = set()
    for request in sent:
        named = {(one["channel"], one["symbol"]) for one in request["subscriptions"] if "symbol" in one}
        held = held | named if request["op"] == "subscribe" else held - named
    return held


def test_language_theme_and_clock_are_switched_in_place_and_remembered(
    live: LivePlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    page = open_page(live.trade_url(), timezone_id="Asia/Ho_Chi_Minh")
    clock = page.get_by_test_id("clock")
    expect(clock).to_have_text(re.compile(r"\d\d:\d\d:\d\d UTC$"))
    wait_until_live(page)
    page.get_by_role("button", name="Show times by this device's clock").click()
    expect(clock).to_have_text(re.compile(r"UTC\+7$"))
    expect(page.get_by_test_id("trades")).to_contain_text("(UTC+7)")
    page.evaluate("window.sameDocument = true")
    dark = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    chart = page.evaluate(CHART_PIXELS)
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", name="Giao dịch")).to_be_visible()
    page.get_by_role("button", name="Chuyển sang giao diện sáng").click()
    light = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    assert light != dark
    assert page.evaluate("window.sameDocument")
    eventually(lambda: page.evaluate(CHART_PIXELS)[:2000] != chart[:2000], "the chart has the new colours")
    keep_screenshot(page, "trade-light-vi")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.get_by_role("contentinfo")).to_contain_text("Trực tiếp")
    expect(clock).to_have_text(re.compile(r"UTC\+7$"))
    assert page.url == live.trade_url()


def test_older_candles_are_loaded_as_somebody_scrolls_back(live: LivePlatform, open_page: OpenPage) -> None:
    long_ago = round(time.time() * 1000) - FIRST_LOADED_MS
    stored = f"{live.api.url}/ohlc?symbol=BTCUSDT&endTime={long_ago}&limit=2"
    eventually(
        lambda: (get_json(stored) or {"candles": []})["candles"], "candles that no page loads at first"
    )
    page = open_page(live.trade_url())
    wait_until_live(page)
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        if "endTime=" in answer.url and answer.ok:  # else it is asked again
            answers.append(answer)

    page.on("response", keep)
    chart = page.get_by_role("figure")

    def loaded_twice() -> bool:
        chart.press("-")  # more candles, the newest in place
        chart.press("ArrowLeft")
        return len(answers) > 1

    eventually(loaded_twice, "older candles, and those before them")
    older = [candle["open_time"] for candle in answers[0].json()["candles"]]
    assert older
    assert older == sorted(older)
    (before,) = parse_qs(urlsplit(answers[1].url).query)["endTime"]
    assert int(before) == older[0] - 1


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """The page that the tests below share, as somebody finds it who knows no more than the dashboard's address."""
    page = open_lasting_page(live.dashboard.url)
    expect(page).to_have_url(live.trade_url())
    wait_until_live(page)
    return page


def test_the_home_page_shows_candles_and_trades_that_move(
    page: Page, keep_screenshot: KeepScreenshot
) -> None:
    expect(page.get_by_test_id("source-banner")).to_contain_text("Simulated data")
    chart, trade, price = page.evaluate(CHART_PIXELS), newest_trade(page), page.title()
    eventually(lambda: newest_trade(page) != trade, "the next trade")
    eventually(lambda: page.evaluate(CHART_PIXELS) != chart, "the chart moves")
    eventually(lambda: page.title() != price, "the price in the title moves")
    assert re.fullmatch(r"[\d,]+\.\d{2} · BTC/USDT · Candlestack", page.title())
    keep_screenshot(page, "trade-dark")


def test_the_figures_of_a_candle_are_the_apis(live: LivePlatform, page: Page) -> None:
    page.get_by_test_id("chart").hover(position={"x": 400, "y": 300})
    legend = page.get_by_test_id("legend")
    expect(legend).not_to_contain_text("forming")
    text = legend.inner_text()
    minute, *figures = re.findall(
        r"\d{4}-\d\d-\d\d \d\d:\d\d|(?<= )[\d,]+\.\d+(?!%)", re.sub(r"\s+", " ", text)
    )
    candles = live.candles("limit=1000")
    shown = page.evaluate("minute => Date.parse(minute.replace(' ', 'T') + 'Z')", minute)
    candle = next(candle for candle in candles if candle["open_time"] == shown)
    names = ("open", "high", "low", "close", "volume")
    assert [without_zeros(figure) for figure in figures if figure] == [candle[name] for name in names]
    assert ("backfilled" in text) == (candle["completeness"] == "backfilled")
    assert ("partial" in text) == (candle["completeness"] == "partial")


def test_axe_finds_nothing_serious_in_either_theme_nor_in_the_list_of_pairs(page: Page) -> None:
    assert serious_findings(page) == []
    page.keyboard.press("/")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(len(SYMBOLS))
    assert serious_findings(page, "header") == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_an_unknown_pair_is_answered_with_the_known_ones(live: LivePlatform, page: Page) -> None:
    page.goto(live.trade_url("FOOBAR"))
    expect(page.get_by_role("heading", name="FOOBAR is not a known pair")).to_be_visible()
    offered = page.get_by_role("main").get_by_role("link").all_inner_texts()
    assert len(offered) == len(SYMBOLS)
    page.get_by_role("link", name="ETH/USDT").click()
    expect(page).to_have_url(live.trade_url("ETHUSDT"))
    wait_until_live(page)


def test_an_address_that_leads_nowhere_says_so(live: LivePlatform, page: Page) -> None:
    answer = page.goto(f"{live.dashboard.url}/trade/no-pair")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("link", name="To the chart").click()
    expect(page).to_have_url(live.trade_url())
