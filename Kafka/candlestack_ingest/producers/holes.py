"""Runs of ids that a stream left out: named, counted and logged in one place, for whoever keeps the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Market

_LOG = get_logger(__name__)

Outcome = Literal["filled", "lost"]
"""`filled`: the exchange's history had them; `lost`: they will never be in Kafka."""


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    """The ids from `first_id` to `last_id` (both included) that a stream did not carry.

    Ids are trade ids, or update ids of depth diffs. `before_ms` is the exchange's time of the first event after
    the hole, 0 where it is not known; `seen_ms` is this machine's time.
    """

    market: Market
    kind: Literal["trade", "depth"]
    symbol: str
    first_id: int
    last_id: int
    outcome: Outcome
    reason: str
    before_ms: int
    seen_ms: int


OnHole = Callable[[Hole], None]


def report_hole(hole: Hole) -> None:
    """Count a hole and log it with all its fields."""
    metrics.HOLES.labels(market=hole.market, kind=hole.kind, symbol=hole.symbol, outcome=hole.outcome).inc()
    if hole.kind == "trade" and hole.outcome == "lost":
        metrics.TRADES_MISSED.labels(symbol=hole.symbol).inc(hole.last_id - hole.first_id + 1)
    log = _LOG.info if hole.outcome == "filled" else _LOG.warning
    log("hole in a stream", **msgspec.structs.asdict(hole))


def runs(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending ids as runs without a gap, first and last of each."""
    found: list[tuple[int, int]] = []
    for number in ids:
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
