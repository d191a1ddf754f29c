"""What was sent of one pair's candles, and what is still owed. Pure; no clock, no I/O.

A candle is owed until its final figures were sent: those of an answer that was asked for after the exchange's
own time was 2 s past its end. Reading always begins at the oldest candle owed, so an outage, however long, is
made up for by the next answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from candlestack_core.versions import REST_CLOSED_AFTER_MS

HOLE_PATIENCE_MS = 120_000
"""A candle that is left out between two others is asked for again for so long; then there was none (a halt)."""


@dataclass(frozen=True, slots=True)
class Ohlcv:
    """Open, high, low, close and volume (base) of the candle that opened at `open_time`, in ms."""

    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Series:
    """One pair's candles of one length."""

    def __init__(self, symbol: str, length_ms: int, begin_ms: int) -> None:
        """Owe every candle from the one that holds `begin_ms` on."""
        self.symbol = symbol
        self._length_ms = length_ms
        self.owed_from = begin_ms // length_ms * length_ms
        """Open time of the oldest candle whose final figures were not sent, in ms."""
        self._sent: dict[int, Ohlcv] = {}

    @classmethod
    def resumed(cls, symbol: str, length_ms: int, sent: Mapping[int, Ohlcv]) -> Series:
        """Go on after what a process before had sent, which need not have been final at its end.

        Figures of a candle are sent before those of the next, and a hole is left open for `HOLE_PATIENCE_MS`: what
        lies further back than that, and one candle more, behind the newest one is final.
        """
        newest = max(sent)
        series = cls(symbol, length_ms, newest - HOLE_PATIENCE_MS - 2 * length_ms)
        series._sent = {time: row for time, row in sent.items() if time >= series.owed_from}
        return series

    def take(self, rows: Sequence[Ohlcv], server_time: int) -> list[Ohlcv]:
        """Return the rows to send, oldest first: those that differ from what was sent.

        `rows` ascend; `server_time` is the exchange's, in ms, from before they were asked for.
        """
        owed = [row for row in rows if row.open_time >= self.owed_from]
        changed = [row for row in owed if self._sent.get(row.open_time) != row]
        self._sent.update((row.open_time, row) for row in changed)
        for row in owed:
            if row.open_time + self._length_ms + REST_CLOSED_AFTER_MS > server_time:
                break
            if row.open_time > self.owed_from and server_time < row.open_time + HOLE_PATIENCE_MS:
                break
            self.owed_from = row.open_time + self._length_ms
        self._sent = {time: row for time, row in self._sent.items() if time >= self.owed_from}
        return changed

    def lost(self, open_time: int) -> None:
        """Owe a candle again, and all after it: Kafka refused what was sent of it."""
        self.owed_from = min(self.owed_from, open_time)
        self._sent.pop(open_time, None)
