"""How far the longer candles are behind the 1m candles that they are made of: by event time, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from candlestack_core import metrics
from candlestack_core.intervals import Interval
from candlestack_core.job_runs import last_watermark
from candlestack_core.names import roll_up_job
from candlestack_spark.rollups.spans import PARENT_INTERVALS, closed_end, within
from candlestack_spark.stores.mongo import CandleStore, Coverage


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of one interval; times in ms."""

    newest: int | None
    """Open time of the newest candle; None where there is none."""
    behind: int
    """From the end of the newest candle to the end of the last window that 1m candles fill: of the worst pair."""
    dirty: int
    """Closed windows that the roll-ups have not taken, or not with all that is there now."""


def behind(interval: Interval, coverage: Coverage, newest: int | None) -> int:
    """Return how far a pair's candles of an interval are behind, in ms; 0 where all closed windows are there.

    `newest` is the open time of its newest one; None: none is there, and all that its 1m candles span is missing.
    """
    reached = interval.open_time(coverage.oldest) if newest is None else newest + interval.ms
    return max(closed_end(coverage.newest, interval) - reached, 0)


def freshness(store: CandleStore, interval: Interval, coverage: Mapping[str, Coverage]) -> Freshness:
    """Return the state of an interval.

    Raises:
        PyMongoError: MongoDB is away.
    """
    newest = {symbol: store.newest(symbol, interval) for symbol in coverage}
    return Freshness(
        newest=max((time for time in newest.values() if time is not None), default=None),
        behind=max((behind(interval, ends, newest[symbol]) for symbol, ends in coverage.items()), default=0),
        dirty=_dirty(store, interval, coverage),
    )


def _dirty(store: CandleStore, interval: Interval, coverage: Mapping[str, Coverage]) -> int:
    since = last_watermark(store.database, roll_up_job(interval.value))
    if since is None:
        return sum((span.end - span.start) // interval.ms for span in within(interval, coverage, None, None))
    return sum(
        symbol in coverage and open_time < closed_end(coverage[symbol].newest, interval)
        for symbol, open_time in store.parents_written_after(since, interval)
    )


def publish_freshness(store: CandleStore) -> None:
    """Set the gauges of every interval.

    Raises:
        PyMongoError: MongoDB is away.
    """
    coverage = store.coverage()
    if coverage:
        newest_minute = max(ends.newest for ends in coverage.values())
        metrics.KLINE_NEWEST.labels(interval=Interval.M1.value).set(newest_minute / 1000)
    for interval in PARENT_INTERVALS:
        state = freshness(store, interval, coverage)
        if state.newest is not None:
            metrics.KLINE_NEWEST.labels(interval=interval.value).set(state.newest / 1000)
        metrics.KLINE_BEHIND.labels(interval=interval.value).set(state.behind / 1000)
        metrics.KLINE_DIRTY.labels(interval=interval.value).set(state.dirty)
