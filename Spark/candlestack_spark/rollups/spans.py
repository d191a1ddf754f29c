"""Which windows of which pair are to be rolled up: pure arithmetic of times, no clock.

Times are epoch ms, windows half-open. What is due follows from the data alone: what the store holds, and
what was written into it since the last run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_spark.stores.mongo import Coverage

PARENT_INTERVALS = tuple(interval for interval in Interval if interval is not Interval.M1)
"""Ascending; each divides the next."""
LONGEST_MS = 7 * DAY_MS
"""What is rolled up at once: some 10,000 1m candles, about 25 MB in a task."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Adjacent windows of one pair: `[start, end)`, both multiples of the interval."""

    symbol: str
    start: int
    end: int


def closed_end(newest_minute: int, interval: Interval) -> int:
    """Return where the windows end whose last minute is not after the newest closed 1m candle."""
    return interval.open_time(newest_minute + MINUTE_MS)


def due(
    interval: Interval,
    coverage: Mapping[str, Coverage],
    last_complete: Mapping[str, int | None],
    dirty: Iterable[tuple[str, int]] | None,
) -> list[Span]:
    """Return what is due: what follows the last complete parent of each pair, and every dirty parent.

    `dirty` are pair and open time of each parent of which a 1m candle was written since the last run; None
    before the first run, when everything is due.
    """
    windows: dict[str, set[int]] = {symbol: set() for symbol in coverage}
    for symbol, open_time in dirty or ():
        if symbol in windows:
            windows[symbol].add(open_time)
    spans = []
    for symbol, (oldest, newest) in coverage.items():
        first, end = interval.open_time(oldest), closed_end(newest, interval)
        complete = None if dirty is None else last_complete.get(symbol)
        tail = first if complete is None else max(first, complete + interval.ms)
        windows[symbol].update(range(tail, end, interval.ms))
        spans += _joined(symbol, (each for each in windows[symbol] if first <= each < end), interval)
    return spans


def within(
    interval: Interval, coverage: Mapping[str, Coverage], start: int | None, end: int | None
) -> list[Span]:
    """Return the windows of a range that was asked for, as far as the 1m candles reach."""
    spans = []
    for symbol, (oldest, newest) in coverage.items():
        first = interval.open_time(oldest) if start is None else max(start, interval.open_time(oldest))
        last = closed_end(newest, interval) if end is None else min(end, closed_end(newest, interval))
        if first < last:
            spans.append(Span(symbol, first, last))
    return spans


def pieces(spans: Iterable[Span], interval: Interval, longest_ms: int = LONGEST_MS) -> Iterator[Span]:
    """Cut spans into pieces that a task can hold."""
    step = max(longest_ms - longest_ms % interval.ms, interval.ms)
    for span in spans:
        for start in range(span.start, span.end, step):
            yield Span(span.symbol, start, min(start + step, span.end))


def _joined(symbol: str, windows: Iterable[int], interval: Interval) -> list[Span]:
    """Join windows that follow each other."""
    spans: list[Span] = []
    for open_time in sorted(windows):
        if spans and spans[-1].end == open_time:
            spans[-1] = Span(symbol, spans[-1].start, open_time + interval.ms)
        else:
            spans.append(Span(symbol, open_time, open_time + interval.ms))
    return spans
