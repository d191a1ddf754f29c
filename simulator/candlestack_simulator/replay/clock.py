"""The time of a replay.

Two axes: *recorded* time, which runs from the recording's first event to its last, and the *exchange's* time,
which clients see: the same, or moved to the present by whole minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

MINUTE_MS = 60_000


class Timed(Protocol):
    """What has a first and a last event, at recorded times in ms."""

    first_ms: int
    last_ms: int


class ReplayClock:
    """Stands just before the first event until it is started, then runs at its speed to the last event.

    Shifted times: as long as the clock stands, the first event is at most a minute in the past; when it is
    started, or a client was told a time that must stay true, the shift is settled.
    """

    def __init__(
        self,
        first_ms: int,
        last_ms: int,
        *,
        speed: float,
        times: Literal["kept", "shifted"],
        start_delay_s: float,
        wall_ms: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        """Take the recorded times of the first and the last event, in ms, and how to replay them."""
        self._before_first_ms = first_ms - 1
        self._last_ms = last_ms
        self._speed = speed
        self._start_delay_s = start_delay_s
        self._wall_ms = wall_ms
        self._monotonic = monotonic
        self._runs_from: float | None = None
        self._settled_shift_ms: int | None = None if times == "shifted" else 0

    @classmethod
    def over(
        cls,
        tapes: Iterable[Timed],
        *,
        speed: float,
        times: Literal["kept", "shifted"],
        start_delay_s: float,
        wall_ms: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> ReplayClock:
        """Return the clock of several pairs: from the first event of any of them to the last."""
        spans = [(tape.first_ms, tape.last_ms) for tape in tapes]
        return cls(
            min(first for first, _ in spans),
            max(last for _, last in spans),
            speed=speed,
            times=times,
            start_delay_s=start_delay_s,
            wall_ms=wall_ms,
            monotonic=monotonic,
        )

    def start(self) -> None:
        """Start after the delay; once started, further calls change nothing."""
        if self._runs_from is None:
            self.settle_shift()
            self._runs_from = self._monotonic() + self._start_delay_s

    def shift_ms(self) -> int:
        """Return what is added to recorded times: a whole number of minutes, in ms."""
        if self._settled_shift_ms is not None:
            return self._settled_shift_ms
        return (self._wall_ms() - self._before_first_ms) // MINUTE_MS * MINUTE_MS

    def settle_shift(self) -> int:
        """Return what is added to recorded times, and let it be that from now on."""
        self._settled_shift_ms = self.shift_ms()
        return self._settled_shift_ms

    def recorded_ms(self) -> int:
        """Return the present on the recorded axis."""
        if self._runs_from is None:
            return self._before_first_ms
        run_s = max(0.0, self._monotonic() - self._runs_from)
        return min(self._before_first_ms + int(run_s * 1000 * self._speed), self._last_ms)

    def ended(self) -> bool:
        return self.recorded_ms() >= self._last_ms
