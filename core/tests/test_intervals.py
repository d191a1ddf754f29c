"""Windows of the intervals: half-open, aligned to the UTC day, nested in each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval

INTERVALS = st.sampled_from(list(Interval))
TIMES = st.integers(min_value=0, max_value=4_102_444_800_000)


@given(INTERVALS, TIMES)
def test_every_time_is_in_exactly_one_window(interval: Interval, time_ms: int) -> None:
    open_time = interval.open_time(time_ms)
    assert open_time <= time_ms < open_time + interval.ms
    assert open_time % interval.ms == 0


@given(INTERVALS, TIMES)
def test_the_next_window_begins_where_the_last_one_ends(interval: Interval, time_ms: int) -> None:
    close_time = interval.close_time(interval.open_time(time_ms))
    assert interval.open_time(close_time) == interval.open_time(time_ms)
    assert interval.open_time(close_time + 1) == close_time + 1


@given(INTERVALS, INTERVALS, TIMES)
def test_a_shorter_window_lies_within_one_longer_window(one: Interval, other: Interval, time_ms: int) -> None:
    shorter, longer = sorted((one, other), key=lambda interval: interval.ms)
    start = shorter.open_time(time_ms)
    assert longer.open_time(start) == longer.open_time(shorter.close_time(start)) == longer.open_time(time_ms)


@given(INTERVALS, TIMES)
def test_windows_start_anew_with_the_utc_day(interval: Interval, time_ms: int) -> None:
    midnight = datetime.fromtimestamp(time_ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight_ms = int(midnight.timestamp()) * 1000
    assert interval.open_time(midnight_ms) == midnight_ms
    assert DAY_MS % interval.ms == 0


@pytest.mark.parametrize("interval", Interval)
def test_an_interval_is_as_long_as_its_name_says(interval: Interval) -> None:
    unit = {"m": 1, "h": 60, "d": 24 * 60}[interval.value[-1]]
    assert interval.minutes == int(interval.value[:-1]) * unit
    assert interval.ms == interval.minutes * MINUTE_MS


def test_the_close_time_is_written_as_binance_writes_it() -> None:
    # The hour of 2026-04-01 00:00 UTC in the exchange's own candles.
    assert Interval.H1.close_time(1_775_001_600_000) == 1_775_005_199_999
