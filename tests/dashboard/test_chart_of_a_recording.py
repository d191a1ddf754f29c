"""The same page, shown a recording by one setting; its platform is gone before the simulated one starts."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from dashboard.web_under_test import (
    KeepScreenshot,
    OpenPage,
    StartPlatform,
    newest_trade,
    wait_until_live,
)
from platform_under_test import RECORDINGS
from waiting import eventually

RECORDING = RECORDINGS / "streams" / "spot"
PROGRAMS = ("simulator", "candle-producer", "trade-producer", "orderbook-builder")
"""What is shown below; neither the stores nor the ledger have a part in it."""

pytestmark = pytest.mark.skipif(not RECORDING.is_dir(), reason=f"no recordings in {RECORDING}")


def test_a_recording_is_shown_as_one_by_the_same_page(
    start_platform: StartPlatform, open_page: OpenPage, keep_screenshot: KeepScreenshot
) -> None:
    with ExitStack() as stack:
        recording = {"REPLAY_RECORDING": str(RECORDING / "*usdt_2024080*.gz")}
        replayed = start_platform(stack, "DASHBOARD_REPLAY", PROGRAMS, recording)
        page = open_page(replayed.dashboard.url)
        wait_until_live(page)
        expect(page.get_by_test_id("source-banner")).to_contain_text("Replayed data")
        expect(page.get_by_role("contentinfo")).to_contain_text("Replayed recording")
        trade = newest_trade(page)
        eventually(lambda: newest_trade(page) != trade, "the next trade")
        expect(page.get_by_test_id("trust")).to_have_attribute("data-state", "synced")
        keep_screenshot(page, "replay")
        page.get_by_test_id("pair-switch").click()
        options = page.get_by_role("listbox").get_by_role("option")
        expect(options).to_have_count(2)
        assert options.all_inner_texts() == ["BTC\n/USDT", "ETH\n/USDT"]
