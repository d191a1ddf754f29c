"""Somebody who works in the dashboard all day and never loads it anew, for a benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import cycle

from _dashboard import PATIENCE_MS, switch_pair, wait_until_live
from playwright.sync_api import Page, expect

from candlestack_core.intervals import Interval

STEP_MS = 3_000
AT_REST_MS = 5_000
STEPS = ("pair", "interval", "pair", "pair", "interval", "pair", "pair", "interval", "pair", "page")
INTERVALS = tuple(each.value for each in Interval)
PAGES = ("Markets", "Charts", "Status")


class Trader:
    """Goes through pairs, intervals and pages as somebody does who looks for something to trade."""

    def __init__(self, page: Page, symbols: Sequence[str]) -> None:
        self.did: Counter[str] = Counter()
        self._page = page
        self._home = symbols[0]
        # After the first, the next one is another.
        self._symbols = cycle([*symbols[1:], symbols[0]])
        self._intervals = cycle([*INTERVALS[1:], INTERVALS[0]])
        self._pages = cycle(PAGES)
        self._steps = cycle(STEPS)

    def step(self) -> None:
        """Do the next thing."""
        step = next(self._steps)
        if step == "pair":
            switch_pair(self._page, next(self._symbols))
        elif step == "interval":
            self._choose(next(self._intervals))
        else:
            self._visit(next(self._pages))
        self.did[step] += 1

    def rest(self) -> None:
        """Return to where every reading is taken, and wait until it is live there."""
        self._choose(INTERVALS[0])
        switch_pair(self._page, self._home)
        wait_until_live(self._page)
        self._page.wait_for_timeout(AT_REST_MS)

    def _choose(self, interval: str) -> None:
        button = self._page.locator(f"[role=radio][data-interval='{interval}']")
        button.click()
        expect(button).to_have_attribute("aria-checked", "true", timeout=PATIENCE_MS)

    def _visit(self, name: str) -> None:
        """Go to another page by its link, look at it, and come back."""
        heading = self._page.get_by_role("heading", level=1)
        self._page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(heading).to_have_text(name, timeout=PATIENCE_MS)
        self._page.wait_for_timeout(STEP_MS)
        self._page.go_back()
        expect(heading).not_to_have_text(name, timeout=PATIENCE_MS)
