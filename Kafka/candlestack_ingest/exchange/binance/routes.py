"""Which endpoint carries which stream: a table, because the wrong one acknowledges and stays silent.

Spot has one endpoint for all. USD-M has two since 2026-04-23; its old path still answers `SUBSCRIBE` and sends
nothing. Source: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
"""

from __future__ import annotations

import re
from typing import Final

from candlestack_core.messages import Market

PUBLIC: Final = "/public"
MARKET: Final = "/market"

ROUTES: Final[dict[Market, dict[str, str]]] = {
    "spot": {
        "aggTrade": "",
        "bookTicker": "",
        "depth": "",
        "kline": "",
        "miniTicker": "",
        "ticker": "",
        "trade": "",
    },
    "usdm": {
        "aggTrade": MARKET,
        "bookTicker": PUBLIC,
        "continuousKline": MARKET,
        "depth": PUBLIC,
        "forceOrder": MARKET,
        "kline": MARKET,
        "markPrice": MARKET,
        "miniTicker": MARKET,
        "ticker": MARKET,
        "trade": MARKET,
    },
}
"""The path before `/stream` of each kind of stream, by market."""


class UnknownStreamError(ValueError):
    """A stream that no endpoint is known for."""


def kind_of(stream: str) -> str:
    """Return the kind of a stream: `depth` of `btcusdt@depth@100ms`, `kline` of `btcusdt@kline_1m`."""
    _, _, name = stream.partition("@")
    match = re.match(r"[a-zA-Z]+", name)
    return match[0] if match else ""


def route_of(market: Market, stream: str) -> str:
    """Return the path before `/stream` that carries a stream.

    Raises:
        UnknownStreamError: when the market has no such kind of stream.
    """
    try:
        return ROUTES[market][kind_of(stream)]
    except KeyError:
        raise UnknownStreamError(f"{market} has no stream {stream!r}") from None
