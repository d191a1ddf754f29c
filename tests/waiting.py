"""Waiting for what comes within seconds on a machine that is free, and later on one that is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 240.0
_Value = TypeVar("_Value")


def eventually(
    look: Callable[[], _Value | None], what: str, timeout_s: float = PATIENCE_S, every_s: float = 0.05
) -> _Value:
    """Return what `look` returns as soon as it is true; fail naming what was awaited."""
    deadline = time.monotonic() + timeout_s
    while True:
        if value := look():
            return value
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(every_s)
