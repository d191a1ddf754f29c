"""The roll-up job: `python Spark/batch/ohlc_5m_aggregator.py [--start T] [--end T] [--symbols A,B]`.

Without a window it rolls up what is due by the data. Exit code 0: every parent is as its 1m candles say;
1: not, and stderr, the log and `job_runs` say why; 2: an argument or a setting cannot be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from time import monotonic

from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.job_runs import Run, last_watermark, recorded_run
from candlestack_core.logging import get_logger
from candlestack_core.names import roll_up_job
from candlestack_core.settings import DEFAULT_SYMBOLS, ExchangeSettings, MongoSettings, SparkSettings, load
from candlestack_spark.arguments import Arguments, Window, window_of
from candlestack_spark.process import run_job
from candlestack_spark.rollups.spans import PARENT_INTERVALS, Span, due, pieces, within
from candlestack_spark.rollups.task import Tally, roll_up_spans
from candlestack_spark.session import Spark
from candlestack_spark.stores.mongo import CandleStore, Coverage, connected

TASKS_A_CORE = 4
"""Smaller tasks than cores, so that none waits long for the last one."""
MINUTES_A_TASK = 10_000
"""Less work than this is not dealt out: another worker would take longer to start than to do it."""

_LOG = get_logger("job")


class RollUps:
    """Roll-ups of intervals, each run recorded."""

    def __init__(self, store: CandleStore, mongo: MongoSettings, spark: Spark) -> None:
        self._store = store
        self._mongo = mongo
        self._spark = spark

    def run(self, interval: Interval, window: Window) -> str | None:
        """Roll up an interval over a window; return what is not as it should be, None where all is."""
        # First of all: what is written from here on is the next run's.
        watermark = self._store.newest_write()
        coverage = self._store.coverage()
        if window.symbols:
            coverage = {symbol: ends for symbol, ends in coverage.items() if symbol in window.symbols}
        with recorded_run(
            self._store.database,
            roll_up_job(interval.value),
            interval=interval.value,
            start=window.start,
            end=window.end,
            symbols=window.symbols or tuple(coverage),
        ) as run:
            tally = self._roll_up(interval, self._spans(interval, window, coverage))
            run.watermark = None if window.bounded else watermark
            _report(run, tally)
        return run.failure

    def _spans(self, interval: Interval, window: Window, coverage: dict[str, Coverage]) -> list[Span]:
        if window.start is not None or window.end is not None:
            return within(interval, coverage, window.start, window.end)
        since = last_watermark(self._store.database, roll_up_job(interval.value))
        complete = {symbol: self._store.last_complete(symbol, interval) for symbol in coverage}
        dirty = None if since is None else self._store.parents_written_since(since, interval)
        return due(interval, coverage, complete, dirty)

    def _roll_up(self, interval: Interval, spans: list[Span]) -> Tally:
        total = Tally()
        cut = list(pieces(spans, interval))
        if not cut:
            _LOG.info("nothing is due", interval=interval.value)
            return total
        began = monotonic()
        work = partial(roll_up_spans, self._mongo, interval)
        minutes = sum(piece.end - piece.start for piece in cut) // MINUTE_MS
        tasks = min(max(minutes // MINUTES_A_TASK, 1), self._spark.parallelism * TASKS_A_CORE)
        for tally in self._spark.each(cut, work, tasks):
            total += tally
        _LOG.info(
            "rolled up",
            interval=interval.value,
            pairs=len({span.symbol for span in spans}),
            seconds=round(monotonic() - began, 1),
            **_figures(total),
        )
        return total


def _figures(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if isinstance(count, int)}


def _report(run: Run, tally: Tally) -> None:
    run.figures = _figures(tally)
    run.reasons = tally.reasons
    if tally.set_aside:
        run.failure = f"{tally.set_aside} documents are no candles: {tally.reasons[0]}"


def run(intervals: Sequence[Interval], arguments: Sequence[str] | None = None) -> str | None:
    """Roll up intervals as the command line says; return what is not as it should be, None where all is.

    Raises:
        BadArgumentError: an argument cannot be used; nothing was done.
    """
    parser = Arguments(prog="ohlc_aggregator", description=__doc__)
    parser.add_window()
    window = window_of(parser.parse_args(arguments))
    for interval in intervals:
        window.require_aligned(interval)
    mongo = load(MongoSettings)
    with connected(mongo) as store, Spark(load(SparkSettings), "candlestack roll-ups") as spark:
        window.require_known({*store.coverage(), *DEFAULT_SYMBOLS, *load(ExchangeSettings).symbols})
        roll_ups = RollUps(store, mongo, spark)
        faults = [roll_ups.run(interval, window) for interval in intervals]
    return next((fault for fault in faults if fault is not None), None)


def main(intervals: Sequence[Interval] = PARENT_INTERVALS) -> None:
    """Roll up intervals; ends the process."""
    run_job("ohlc-aggregator", lambda: run(intervals))
