"""The status page in a real browser: ages, trust, completeness, job runs, and what is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pymongo
import pytest
from playwright.sync_api import Page, expect

from candlestack_core.intervals import Interval
from candlestack_core.job_runs import Document, recorded_run
from candlestack_core.names import JOB_HISTORY_FETCH, JOB_RUNS, JOBS, roll_up_job
from dashboard.web_under_test import (
    FUTURES_SYMBOLS,
    SYMBOLS,
    KeepScreenshot,
    LivePlatform,
    OpenPage,
    serious_findings,
)

MIDNIGHT = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""
JOBS_EVERY_MS = 10_000
PHONE_WIDTH = 390


@pytest.fixture(scope="module")
def page(live: LivePlatform, open_lasting_page: OpenPage) -> Page:
    """The status page, which the tests of this file share."""
    return open_lasting_page(f"{live.dashboard.url}/status", time_may_pass=True)


@contextmanager
def recorded_runs(live: LivePlatform) -> Iterator[None]:
    """Have the records of three runs, as jobs leave them: one succeeded, one failed, and one goes on meanwhile."""
    with pymongo.MongoClient[Document](live.mongo.uri, tz_aware=True) as client:
        runs = client[live.platform.database]
        start, end = MIDNIGHT, MIDNIGHT + Interval.H1.ms
        with recorded_run(
            runs, roll_up_job("1h"), interval="1h", start=start, end=end, symbols=SYMBOLS
        ) as run:
            run.figures = {"rows_in": 12_345, "rows_out": 5}
        with recorded_run(
            runs, JOB_HISTORY_FETCH, interval="1m", start=start, end=end, symbols=SYMBOLS
        ) as run:
            run.figures = {"rows_in": 7, "rows_out": 6}
            run.failure = "the exchange refused candles"
        with recorded_run(runs, roll_up_job("5m"), interval="5m", start=None, end=None, symbols=SYMBOLS):
            yield
        runs[JOB_RUNS].delete_many({})


def test_the_status_page_tells_how_fresh_and_how_whole_the_data_is(
    page: Page, keep_screenshot: KeepScreenshot
) -> None:
    streams = page.get_by_test_id("streams").locator("tbody tr")
    expect(streams).to_have_count(len(SYMBOLS))
    figures = re.compile(r"USDT\s+-?\d+\s+\d+\s+\d+\s+[1-9]\d*\s+0\s+Live")
    expect(streams.first).to_have_text(figures, use_inner_text=True)
    books = page.get_by_test_id("books")
    expect(books.get_by_test_id("trust").first).to_have_attribute("data-state", "synced")
    expect(page.get_by_test_id("parts")).to_have_text(re.compile("Kafkaup.*Redisup.*MongoDBup"))
    calendar = page.get_by_test_id("calendar").locator("tbody tr")
    expect(calendar).to_have_count(len(SYMBOLS))
    expect(page.locator("[data-testid=calendar] [data-state=loading]")).to_have_count(0)
    assert page.locator("[data-testid=calendar] tbody [data-state]").count() == len(SYMBOLS) * 24
    page.get_by_role("region", name="By the hour").press("ArrowDown")
    expect(page.get_by_test_id("calendar-told")).to_contain_text(
        re.compile(r"ADA/USDT, hour from .* received")
    )
    keep_screenshot(page, "status")
    page.get_by_role("button", name="Futures depth").click()
    expect(calendar).to_have_count(len(FUTURES_SYMBOLS))


def test_the_runs_of_the_jobs_are_told_a_failed_one_with_its_reason_and_old_ones_as_such(
    live: LivePlatform, page: Page, keep_screenshot: KeepScreenshot
) -> None:
    expect(page.get_by_text("No job has run here yet.")).to_be_visible()
    rows = page.locator("[data-testid=jobs] [data-job]")
    with recorded_runs(live):
        page.clock.fast_forward(JOBS_EVERY_MS)
        # The newest of the three: the page asks now and then, and may have been told of the first alone.
        expect(rows.nth(JOBS.index(roll_up_job("5m")))).to_contain_text("Running")
        expect(rows).to_have_count(len(JOBS))
        texts = ([cell.strip() for cell in text.split("\t")] for text in rows.all_inner_texts())
        told = dict(zip(JOBS, texts, strict=True))
        assert told[roll_up_job("1h")][1] == "Succeeded"
        assert told[roll_up_job("1h")][4:] == ["12,345", "5", "2026-01-01 00:00 – 01:00"]
        assert told[JOB_HISTORY_FETCH][1] == "Failed"
        assert told[roll_up_job("5m")][1] == "Running"
        assert re.fullmatch(r".+ so far", told[roll_up_job("5m")][3])
        assert told[roll_up_job("1d")][1] == "Has not run yet"
        reason = "the exchange refused candles No success on record."
        expect(page.get_by_test_id("jobs")).to_contain_text(reason)
        expect(page.get_by_text("1 not as it should be")).to_be_visible()
        keep_screenshot(page, "job-runs")
        assert serious_findings(page) == []
        page.get_by_role("button", name="All runs").click()
        expect(rows).to_have_count(3)

        page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
        page.get_by_role("button", name="Tiếng Việt").click()
        expect(page.get_by_test_id("jobs")).to_contain_text("Thất bại")
        page.get_by_test_id("jobs").scroll_into_view_if_needed()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH
        keep_screenshot(page, "job-runs-phone-vi")

        page.route("**/jobs*", lambda route: route.abort())
        page.clock.fast_forward(JOBS_EVERY_MS)
        away = page.get_by_test_id("jobs-away")
        old = re.compile(r"Hiện chưa tải được các lần chạy. Đang hiển thị dữ liệu lúc \d\d:\d\d:\d\d.")
        expect(away).to_have_text(old)
        expect(rows).to_have_count(3)

    page.unroute("**/jobs*")
    page.clock.fast_forward(JOBS_EVERY_MS)
    expect(away).to_have_count(0)
