"""Where each market's streams are served, and which kinds of them are sent there.

Every endpoint has `/ws` (raw) and `/stream` (combined). A stream of a kind that its endpoint does not carry is
acknowledged and silent, as it is at the exchange; on the futures' old path, left behind by the routed ones in
2026-04, that is every stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from candlestack_simulator.source import Market
from candlestack_simulator.stream.names import KLINES


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint: the path before `/ws` and `/stream`, and the kinds of streams that it sends."""

    path: str
    kinds: frozenset[str]


ROUTES: Mapping[Market, tuple[Route, ...]] = {
    "spot": (Route("", frozenset({"trade", "aggTrade", "bookTicker", "depth", "depth@100ms"}) | KLINES),),
    "usdm": (
        Route("/usdm/public", frozenset({"depth@100ms", "bookTicker"})),
        Route("/usdm/market", frozenset({"aggTrade"}) | KLINES),
        Route("/usdm", frozenset()),
    ),
}
