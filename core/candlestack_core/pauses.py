"""Growing, jittered pauses between attempts, for loops that try for ever."""

from __future__ import annotations

import random


class Pauses:
    """Pauses that double from `first` to `longest` seconds, each drawn from its upper half.

    Drawing from `[pause / 2, pause]` keeps many clients from coming back at one moment, and keeps a pause
    from being so short that it is none.
    """

    def __init__(
        self,
        first: float = 0.5,
        longest: float = 30.0,
        draw: random.Random | None = None,
        *,
        attempts: int = 0,
    ) -> None:
        """Take the first and the longest pause in seconds, the source of randomness, and how many were drawn before."""
        self._first = first
        self._longest = longest
        self._draw = draw or random.Random()
        self._attempts = attempts

    @property
    def attempts(self) -> int:
        """How many pauses were drawn since the last success."""
        return self._attempts

    def next(self) -> float:
        """Return the next pause in seconds."""
        pause = min(self._longest, self._first * 2 ** min(self._attempts, 32))
        self._attempts += 1
        return self._draw.uniform(pause / 2, pause)

    def reset(self) -> None:
        """Start from the first pause again; call after a success."""
        self._attempts = 0
