"""The platform as the dashboard's tests look at it: its own broker and store, the API, the page, a browser."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from candlestack_local import dashboard as dashboard_program
from candlestack_local.servers import SHORT_LIVED_JVM, KafkaBroker, MongoServer, RedisServer, free_port
from dashboard.web_under_test import (
    ARTIFACTS,
    BROWSER_ARGUMENTS,
    FUTURES_SYMBOLS,
    PATIENCE_MS,
    SYMBOLS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    StartPlatform,
    WebProcess,
    browser_path,
)
from platform_under_test import LIVE, Platform, get_json
from waiting import eventually

expect.set_options(timeout=PATIENCE_MS)
DESKTOP = {"width": 1440, "height": 900}
FRESH_MS = 4000


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium; each test opens pages of its own in it."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium is installed; make deps installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(BROWSER_ARGUMENTS))
        yield chromium
        chromium.close()


def kill_all(platform: Platform) -> None:
    """End all that still runs of a platform whose data nobody needs any more."""
    for program in platform.programs.values():
        if program.running():
            program.kill()


@pytest.fixture(scope="package")
def start_platform(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> StartPlatform:
    """Start some programs on servers of their own with a page, for as long as a stack is open."""
    dashboard_program.require_built()

    def start(
        stack: ExitStack, name: str, programs: tuple[str, ...], settings: dict[str, str]
    ) -> LivePlatform:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"candlestack-{name}-")))
        mongo = MongoServer(port=free_port(), data_dir=folder / "mongodb")
        redis = RedisServer(port=free_port(), data_dir=folder / "redis")
        broker = KafkaBroker(
            port=free_port(),
            controller_port=free_port(),
            data_dir=folder / "kafka",
            jvm_options=SHORT_LIVED_JVM,
        )
        servers = (mongo, redis, broker)
        for server in servers:
            stack.callback(server.kill)
            server.start()
        for server in servers:
            server.wait_ready()
        api_port, page_port = free_port(), free_port()
        api_url = f"http://127.0.0.1:{api_port}"
        settings = {
            "API_PORT": str(api_port),
            "API_CORS_ORIGINS": f"http://127.0.0.1:{page_port}",
            "API_URL": api_url,
            "FRONTEND_PORT": str(page_port),
        } | settings
        log_dir = tmp_path_factory.mktemp(name)
        platform = stack.enter_context(
            Platform(
                broker=broker,
                mongo=mongo,
                redis=redis,
                log_dir=log_dir,
                database=name,
                settings=settings,
            )
        )
        stack.callback(kill_all, platform)
        platform.start(*programs)
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "MONGO_URI": mongo.uri,
            "MONGO_DB": name,
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(redis.port),
            **settings,
        }
        page_command = tuple(dashboard_program.command())
        dashboard = stack.enter_context(
            WebProcess("dashboard", page_command, page_port, environment, log_dir)
        )
        api_command = (sys.executable, "backend_fastapi/main.py")
        api = stack.enter_context(WebProcess("api", api_command, api_port, environment, log_dir))
        for process in (api, dashboard):
            process.launch()
        for process in (api, dashboard):
            process.wait_until_ready()

        def candle_at_the_api() -> object:
            ended = [program.output() for program in platform.programs.values() if not program.running()]
            assert not ended, ended
            return get_json(f"{api_url}/latest?symbol=BTCUSDT")

        eventually(candle_at_the_api, "a candle at the API")
        return LivePlatform(platform, api, dashboard, broker, mongo, redis)

    return start


def caught_up(platform: LivePlatform) -> bool:
    """Tell whether what happened while the platform was started has been told: on a busy machine that takes a while."""
    status = get_json(f"{platform.api.url}/status?symbol=BTCUSDT")
    ages = [stream["age"] for stream in status["streams"]] if status is not None else []
    return bool(ages) and all(age is not None and age < FRESH_MS for age in ages)


@pytest.fixture(scope="package")
def live(start_platform: StartPlatform) -> Iterator[LivePlatform]:
    """The platform on the simulated market, with its page."""
    with ExitStack() as stack:
        few = {
            "SYMBOLS": ",".join(SYMBOLS),
            "FUTURES_SYMBOLS": ",".join(FUTURES_SYMBOLS),
            "BACKFILL_HOURS": "27",  # somewhat more than a page loads at first
        }
        platform = start_platform(stack, "DASHBOARD", LIVE, few)
        eventually(lambda: caught_up(platform), "the platform tells what happens as it happens")
        yield platform


@contextmanager
def visitors(browser: Browser) -> Iterator[OpenPage]:
    """Open pages, each as a visitor of its own would; a script that fails in one fails the test."""
    failures: list[str] = []
    with ExitStack() as stack:

        def open_(url: str, *, time_may_pass: bool = False, **visitor: Any) -> Page:
            visitor = {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "dark"} | visitor
            context = browser.new_context(**visitor)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            if time_may_pass:  # as `page.clock` says, and otherwise as it does
                page.clock.install()
            page.on("pageerror", lambda error: failures.append(str(error)))
            page.goto(url)
            return page

        yield open_
    assert not failures, failures


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages that are closed after the test."""
    with visitors(browser) as open_:
        yield open_


@pytest.fixture(scope="module")
def open_lasting_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages that the tests of a file share."""
    with visitors(browser) as open_:
        yield open_


@pytest.fixture
def keep_screenshot() -> KeepScreenshot:
    """Keep what a page looks like as an artefact of the test run."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=ARTIFACTS / f"{name}.png")

    return keep
