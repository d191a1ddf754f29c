"""The window of a job: what it may be, and the one line with which it is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from candlestack_core.intervals import Interval
from candlestack_spark.arguments import Arguments, BadArgumentError, Window, window_of

ROOT = Path(__file__).resolve().parents[2]
JULY = 1_751_328_000_000


def window(*arguments: str) -> Window:
    parser = Arguments()
    parser.add_window()
    return window_of(parser.parse_args(arguments))


@pytest.mark.parametrize(
    "text", ["2025-07-01", "2025-07-01T00:00Z", "2025-07-01T02:00+02:00", "2025-07-01T00:00:00", str(JULY)]
)
def test_a_time_is_utc_in_iso_8601_or_epoch_ms(text: str) -> None:
    assert window("--start", text) == Window(JULY, None, ())


def test_pairs_are_named_once_in_capitals() -> None:
    assert window("--symbols", "btcusdt, ETHUSDT,,BTCUSDT").symbols == ("BTCUSDT", "ETHUSDT")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--start", "2025-07-02", "--end", "2025-07-01"], "is not before --end 2025-07-01T00:00:00Z"),
        (["--start", "2025-07-01", "--end", "2025-07-01"], "is not before"),
        (["--start", "yesterday"], "'yesterday' is no time"),
        (["--end", "2025-13-01"], "is no time"),
        (["--end", "2025-07-01T00:00:00.000001Z"], "finer than a millisecond"),
        (["--start", "1969-12-31"], "not within the years"),
        (["--symbols", "BTC/USDT"], "is not a pair"),
    ],
)
def test_a_window_that_is_none_is_refused(arguments: list[str], reason: str) -> None:
    with pytest.raises(BadArgumentError, match=reason):
        window(*arguments)


@pytest.mark.parametrize("argument", ["--start", "--end"])
def test_a_window_that_cuts_a_candle_in_two_is_refused(argument: str) -> None:
    cut = window(argument, "2025-07-01T00:05Z")
    cut.require_aligned(Interval.M5)
    with pytest.raises(
        BadArgumentError, match=rf"{argument} 2025-07-01T00:05:00Z is not the start of a 1h candle"
    ):
        cut.require_aligned(Interval.H1)


@pytest.mark.parametrize(
    ("program", "arguments", "said"),
    [
        ("ohlc_1h_aggregator", ["--start", "2025-07-01T00:05Z"], "not the start of a 1h candle"),
        ("history_backfill", ["--start=2025-07-01", "--months=2"], "--months and --start exclude each other"),
        ("history_backfill", ["--moths", "2"], "unrecognized arguments: --moths 2"),
    ],
)
def test_a_job_refuses_in_one_line_before_it_does_anything(
    program: str, arguments: list[str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, f"Spark/batch/{program}.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("candlestack: ")
    assert said in line
