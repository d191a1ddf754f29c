"""Which window a run works on: nothing named means what is due, and only a run anew has its own interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest

from candlestack_dags.window import symbols_arguments, window_arguments

START = datetime(2026, 11, 21, 16, tzinfo=UTC)
INTERVAL = ["--start=2026-11-21T16:00:00Z", "--end=2026-11-21T17:00:00Z"]


@dataclass(frozen=True)
class Run:
    run_type: str
    clear_number: int | None = 0
    data_interval_start: datetime | None = START
    data_interval_end: datetime | None = START + timedelta(hours=1)


@pytest.mark.parametrize("run", [Run("scheduled"), Run("manual"), Run("manual", clear_number=1)])
def test_a_run_without_a_window_takes_what_is_due(run: Run) -> None:
    assert window_arguments(run, {}) == []
    assert window_arguments(run, {"symbols": [], "start": None, "end": None}) == []


@pytest.mark.parametrize("run", [Run("backfill"), Run("scheduled", clear_number=1)])
def test_a_run_anew_works_on_its_own_data_interval(run: Run) -> None:
    assert window_arguments(run, {}) == INTERVAL


@pytest.mark.parametrize("run", [Run("scheduled"), Run("scheduled", clear_number=2), Run("backfill")])
def test_a_window_that_is_named_holds_for_every_run(run: Run) -> None:
    params = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T07:00:00+07:00"}
    assert window_arguments(run, params) == ["--start=2026-11-01T00:00:00Z", "--end=2026-11-02T00:00:00Z"]
    assert window_arguments(run, {"start": "2026-11-01T00:00:00"}) == ["--start=2026-11-01T00:00:00Z"]


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    vietnam = timezone(timedelta(hours=7))
    run = Run("backfill", None, START.astimezone(vietnam), (START + timedelta(hours=1)).astimezone(vietnam))
    assert window_arguments(run, {}) == INTERVAL


def test_pairs_are_told_as_the_programs_read_them() -> None:
    assert symbols_arguments({"symbols": [" btcusdt", "ETHUSDT", " "]}) == ["--symbols=BTCUSDT,ETHUSDT"]
    assert window_arguments(Run("manual"), {"symbols": ["BTCUSDT"]}) == ["--symbols=BTCUSDT"]
    assert symbols_arguments({}) == []
