"""The completeness of the last hour, stream by stream, as metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from candlestack_core import metrics
from candlestack_core.intervals import MINUTE_MS
from candlestack_ingest.completeness.minutes import Figures, StreamKey

MINUTES: Final = 60
_GAUGES: Final = {
    "expected": metrics.COMPLETENESS_EXPECTED,
    "received": metrics.COMPLETENESS_RECEIVED,
    "filled": metrics.COMPLETENESS_FILLED,
    "missing": metrics.COMPLETENESS_MISSING,
}


class RecentMinutes:
    """The figures of each stream's minutes that began within the last hour, by this machine's clock."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._streams: dict[StreamKey, dict[int, Figures]] = {}

    def note(self, key: StreamKey, open_time: int, figures: Figures) -> None:
        """Take the figures of a minute; of one that is older, or absurdly far ahead, nothing is kept."""
        if abs(self._clock_ms() - open_time) < MINUTES * MINUTE_MS:
            self._streams.setdefault(key, {})[open_time] = figures

    def publish(self) -> None:
        """Set the gauges; a stream that has no minute any more has none."""
        begin = self._clock_ms() - MINUTES * MINUTE_MS
        for key, minutes in list(self._streams.items()):
            for open_time in [each for each in minutes if each <= begin]:
                del minutes[open_time]
            if not minutes:
                del self._streams[key]
                for gauge in _GAUGES.values():
                    gauge.remove(*key)
                continue
            for name, gauge in _GAUGES.items():
                gauge.labels(*key).set(sum(getattr(figures, name) for figures in minutes.values()))
