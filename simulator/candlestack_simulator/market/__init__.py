"""The seeded market: 17 simulated pairs whose whole history follows from one number."""

from __future__ import annotations

from candlestack_simulator.market.seeded import FIRST_DAY, SeededMarket, system_clock_ms

__all__ = ["FIRST_DAY", "SeededMarket", "system_clock_ms"]
