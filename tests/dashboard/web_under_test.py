"""The API and the dashboard as children of a test, and the browser that looks at them."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from candlestack_local.bootstrap.dependencies import BROWSERS
from candlestack_local.dashboard import FRONTEND
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from platform_under_test import ROOT, Platform, get_json
from waiting import eventually

ARTIFACTS = ROOT / "artifacts" / "dashboard"
BROWSER_ARGUMENTS = (
    "--no-sandbox",  # root may not use it, and what is looked at is our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The address bar's own pages, of which each window loads two that nobody sees; and what Playwright itself turns
    # off, since of this switch the last one counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,HttpsUpgrades,MediaRouter,PaintHolding",
)

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "ADAUSDT", "DOGEUSDT")
FUTURES_SYMBOLS = ("BTCUSDT", "ETHUSDT")
"""As few pairs as the pages need to have something to choose from; one of them has no futures."""

PATIENCE_MS = 60_000
"""What is awaited comes at once; on a busy machine a page may stand still for half of this."""
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
AXE_CONTEXT = "{{ include: [{part!r}], exclude: ['tbody tr:nth-child(n+4)', 'li:nth-child(n+4)'] }}"
"""A few rows of the tape, the book and every table stand for the others, each of which costs as much."""
AXE_OPTIONS = {
    "dark": "{ resultTypes: ['violations'] }",
    "light": "{ resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } }",
}
"""In the second theme nothing is another but the colours."""


def browser_path() -> str | None:
    """Return where a Chromium is installed, if one is."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class WebProcess:
    """A process that serves HTTP on one port for all its lives, and says at `/readyz` whether it can."""

    def __init__(
        self, name: str, command: tuple[str, ...], port: int, environment: Mapping[str, str], log_dir: Path
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._name = name
        self._command = command
        self._environment = dict(environment)
        self._log = log_dir / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> WebProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self.kill()

    def start(self) -> None:
        """Start the process, and wait until it is ready."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the process."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_until_ready(self) -> None:
        """Wait until it says that it can serve."""
        process = self._process
        assert process is not None

        def ready() -> bool:
            assert process.poll() is None, f"{self._name} ended: {self._log.read_text(errors='replace')}"
            return get_json(f"{self.url}/readyz") is not None

        eventually(ready, f"{self._name} is ready")

    def kill(self) -> None:
        """End the process by SIGKILL, as a fault does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Stop the process where it is; its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a frozen process go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@dataclass(frozen=True)
class LivePlatform:
    """A running platform with its page."""

    platform: Platform
    api: WebProcess
    dashboard: WebProcess
    broker: KafkaBroker
    mongo: MongoServer
    redis: RedisServer

    def trade_url(self, symbol: str = "BTCUSDT") -> str:
        """Return the address of a pair's trade page."""
        return f"{self.dashboard.url}/trade/{symbol}"

    def candles(self, query: str) -> list[dict[str, Any]]:
        """Return the API's candles of BTCUSDT, as soon as its stores answer, which a busy machine may let stand."""
        url = f"{self.api.url}/ohlc?symbol=BTCUSDT&{query}"
        found: list[dict[str, Any]] = eventually(lambda: get_json(url), url)["candles"]
        return found


StartPlatform = Callable[[ExitStack, str, tuple[str, ...], dict[str, str]], LivePlatform]
OpenPage = Callable[..., Page]
KeepScreenshot = Callable[[Page, str], None]


def newest_trade(page: Page) -> str:
    """Return what the newest row of the tape says."""
    return page.get_by_test_id("trades").locator("tbody tr").first.inner_text()


def wait_until_live(page: Page) -> None:
    """Wait until the page says of itself that all it shows is live."""
    expect(page.get_by_role("contentinfo")).to_contain_text("Live")


def serious_findings(page: Page, part: str = ":root") -> list[str]:
    """Return what axe finds serious or worse in a part of a page, in either theme: the rule and the first element."""
    page.add_script_tag(path=AXE)
    serious = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        run = f"axe.run({AXE_CONTEXT.format(part=part)}, {AXE_OPTIONS[theme]})"
        found = page.evaluate(f"{run}.then(({{ violations }}) => violations)")
        serious += [
            f"{theme}: {rule['id']}: {rule['nodes'][0]['html']}"
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
    return serious
