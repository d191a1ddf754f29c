"""What a run of the backfill is to do: which months of which pairs, and from which day on MongoDB holds 1m candles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from candlestack_core.intervals import DAY_MS, MINUTE_MS
from candlestack_core.settings import BadSettingError, ExchangeSettings, variable_name
from candlestack_spark.arguments import BadArgumentError, Window, iso
from candlestack_spark.history.fetch import PairMonth
from candlestack_spark.lake.months import Month, months_between


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do: `[start, end)` in ms, `start` the begin of a month, `end` not after the exchange's time."""

    symbols: tuple[str, ...]
    start: int
    end: int
    now_ms: int
    cutoff: int
    """From here on, the start of a day in ms, MongoDB holds 1m candles."""

    @property
    def units(self) -> list[PairMonth]:
        """Every month of every pair, the oldest first."""
        return [
            PairMonth(symbol, month)
            for month in months_between(self.start, self.end)
            for symbol in self.symbols
        ]


def plan_of(
    window: Window,
    *,
    months: int,
    listed: Collection[str],
    configured: Sequence[str],
    now_ms: int,
    kept_days: int,
) -> Plan:
    """Return what a run is to do at the exchange's time `now_ms`.

    Raises:
        BadArgumentError: the window does not begin with a month or end on a minute, lies in the future, or names a
            pair that the exchange does not list.
        BadSettingError: the settings name such a pair.
    """
    window.require_known(listed)
    for symbol in () if window.symbols else configured:
        if symbol not in listed:
            raise BadSettingError(
                variable_name(ExchangeSettings, "symbols"), f"the exchange does not list {symbol}"
            )
    start = window.start if window.start is not None else Month.of(now_ms).plus(-months).start_ms
    if start != Month.of(start).start_ms:
        raise BadArgumentError(f"--start {iso(start)} is not the begin of a month")
    if window.end is not None and window.end % MINUTE_MS:
        raise BadArgumentError(f"--end {iso(window.end)} is not the begin of a minute")
    if start >= now_ms:
        raise BadArgumentError(f"--start {iso(start)} is in the future of the exchange ({iso(now_ms)})")
    end = min(now_ms, now_ms if window.end is None else window.end)
    if start >= end:
        raise BadArgumentError(f"--end {iso(end)} is not after the begin of the history, {iso(start)}")
    symbols = window.symbols or tuple(configured)
    return Plan(symbols, start, end, now_ms, now_ms - now_ms % DAY_MS - kept_days * DAY_MS)
