"""Which streams are starved: subscribed and silent although there is news. Pure; no clock, no I/O.

Silence proves nothing: thin pairs trade seldom. So a silent stream is judged by evidence: REST is asked how far
the exchange is (the id of the newest trade or book update), and only a stream that is behind that, and stays
behind it for longer than a message may travel, is starved. It is seen within `SILENT_S`, one look at REST, and
`GRACE_S`: some 6 s. That the exchange acknowledged the subscription counts for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SILENT_S = 3.0
ASK_EVERY_S = 3.0
GRACE_S = 1.0
FIRST_PATIENCE_S = 10.0
LONGEST_PATIENCE_S = 600.0
"""How long a moved stream is left alone before it is moved again: twice as long each time."""

Position = int
"""How far a stream is: the id of its newest trade or book update; -1 before the first."""


@dataclass(slots=True)
class _Stream:
    changed_at: float
    position: Position = -1
    asked_at: float = -math.inf
    evidence: Position = -1
    evidence_at: float = -math.inf
    known_missed: Position = -1
    """How far the exchange was when the stream was moved: what came before can no longer be heard."""
    move_at: float = -math.inf
    patience_s: float = FIRST_PATIENCE_S

    def is_news(self, position: Position) -> bool:
        return position > max(self.position, self.known_missed)


class StarvationJudge:
    """Watches the positions of streams; times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, streams: Iterable[str], now: float) -> None:
        self._streams = {stream: _Stream(now) for stream in streams}

    def heard(self, positions: Mapping[str, Position], now: float) -> None:
        """Say how far the streams are."""
        for name, position in positions.items():
            stream = self._streams[name]
            if position != stream.position:
                stream.position, stream.changed_at = position, now
                stream.patience_s = FIRST_PATIENCE_S

    def excuse(self, streams: Iterable[str], now: float) -> None:
        """Say that some streams could not be heard (no connection, or we do not read): nobody starves them."""
        for name in streams:
            stream = self._streams[name]
            stream.changed_at, stream.evidence = now, -1

    def suspects(self, now: float, most: int) -> list[str]:
        """Return the streams that evidence should be sought for, the longest silent first."""
        silent = [
            (stream.changed_at, name)
            for name, stream in self._streams.items()
            if now - stream.changed_at >= SILENT_S
            and now - stream.asked_at >= ASK_EVERY_S
            and not stream.is_news(stream.evidence)
        ]
        chosen = [name for _, name in sorted(silent)[:most]]
        for name in chosen:
            self._streams[name].asked_at = now
        return chosen

    def evidence(self, positions: Mapping[str, Position], now: float) -> None:
        """Say how far the exchange is, as REST knows it."""
        for name, position in positions.items():
            stream = self._streams[name]
            if stream.is_news(position) and not stream.is_news(stream.evidence):
                stream.evidence, stream.evidence_at = position, now

    def starved(self, now: float) -> list[str]:
        """Return the streams that are behind the evidence for longer than a message may travel."""
        return [
            name
            for name, stream in self._streams.items()
            if stream.is_news(stream.evidence) and now - stream.evidence_at >= GRACE_S
        ]

    def to_move(self, now: float) -> list[str]:
        """Return the starved streams whose patience is over, and wait longer for each the next time."""
        due = [name for name in self.starved(now) if now >= self._streams[name].move_at]
        for name in due:
            stream = self._streams[name]
            stream.known_missed = stream.evidence
            stream.move_at = now + stream.patience_s
            stream.patience_s = min(2 * stream.patience_s, LONGEST_PATIENCE_S)
        return due
