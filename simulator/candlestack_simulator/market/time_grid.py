"""The grid of time that the market lives on, in ms of UTC epoch time: days, minutes, and slots of the book."""

from __future__ import annotations

DAY_MS = 86_400_000
MINUTE_MS = 60_000
SLOT_MS = 100
MINUTES_PER_DAY = 1440
