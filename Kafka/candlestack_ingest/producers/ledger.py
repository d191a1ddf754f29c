"""Which closed minutes have been sent and which are missing: pure bookkeeping, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from candlestack_core.intervals import MINUTE_MS

GRACE_MS = 10_000
"""A closed candle may come so late over the stream before its minute counts as a hole."""
ASK_AGAIN_MS = 10 * MINUTE_MS
"""When the exchange has no candle for a minute (a halt), it is asked again after so long."""


@dataclass(slots=True)
class _Minutes:
    """One symbol: `settled` is the first minute not known to be sent; `sent` holds those sent after it."""

    settled: int
    sent: set[int] = field(default_factory=set)
    ask_again_at: dict[int, int] = field(default_factory=dict)


class CandleLedger:
    """The closed 1m candles of each symbol over a window that ends at the newest event time.

    Times are exchange time in ms; the caller tells the ledger what time it is by `advance`.
    """

    def __init__(self, symbols: Iterable[str], window_ms: int) -> None:
        self._window_ms = window_ms
        self._now = 0
        self._minutes = {symbol: _Minutes(settled=0) for symbol in symbols}

    @property
    def now(self) -> int:
        """The newest exchange time seen, in ms; 0 before the first."""
        return self._now

    def advance(self, time_ms: int) -> None:
        """Say that the exchange's clock has reached a time; an older one changes nothing."""
        self._now = max(self._now, time_ms)

    def sent(self, symbol: str, open_time: int) -> None:
        """Note that a closed candle was handed to Kafka."""
        minutes = self._minutes[symbol]
        if open_time >= minutes.settled:
            minutes.sent.add(open_time)
            minutes.ask_again_at.pop(open_time, None)

    def is_sent(self, symbol: str, open_time: int) -> bool:
        """Tell whether a closed candle of the window was handed to Kafka."""
        minutes = self._minutes[symbol]
        return open_time < minutes.settled or open_time in minutes.sent

    def lost(self, symbol: str, open_time: int) -> None:
        """Note that Kafka will never have a candle that was handed to it."""
        minutes = self._minutes[symbol]
        minutes.sent.discard(open_time)
        if open_time < minutes.settled:
            minutes.sent.update(range(open_time + MINUTE_MS, minutes.settled, MINUTE_MS))
            minutes.settled = open_time

    def absent(self, symbol: str, open_time: int) -> None:
        """Note that the exchange, when asked, had no candle for a minute."""
        self._minutes[symbol].ask_again_at[open_time] = self._now + ASK_AGAIN_MS

    def holes(self, symbol: str, as_of: int) -> list[tuple[int, int]]:
        """Return the minutes missing that were due at a time, as ranges `[first, last]` of open times.

        `as_of` is the time of an earlier look: what was due then has had the time since to arrive.
        """
        minutes = self._minutes[symbol]
        self._settle(minutes)
        # The last minute that has been closed for longer than the grace.
        last = (as_of - GRACE_MS) // MINUTE_MS * MINUTE_MS - MINUTE_MS
        ranges: list[tuple[int, int]] = []
        for open_time in range(minutes.settled, last + 1, MINUTE_MS):
            if open_time in minutes.sent or minutes.ask_again_at.get(open_time, 0) > self._now:
                continue
            if ranges and ranges[-1][1] == open_time - MINUTE_MS:
                ranges[-1] = (ranges[-1][0], open_time)
            else:
                ranges.append((open_time, open_time))
        return ranges

    def _settle(self, minutes: _Minutes) -> None:
        """Forget what has left the window and what is sent without a hole before it."""
        start = max(0, self._now - self._window_ms)
        first = -(-start // MINUTE_MS) * MINUTE_MS
        minutes.settled = max(minutes.settled, first)
        while minutes.settled in minutes.sent:
            minutes.sent.remove(minutes.settled)
            minutes.settled += MINUTE_MS
        if minutes.ask_again_at:
            minutes.ask_again_at = {t: at for t, at in minutes.ask_again_at.items() if t >= minutes.settled}
        if minutes.sent and min(minutes.sent) < minutes.settled:
            minutes.sent = {t for t in minutes.sent if t >= minutes.settled}
