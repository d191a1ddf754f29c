"""How far the exchange's trades are, as its tickers say: what judges silent streams, and a first trade id."""

from __future__ import annotations

from collections.abc import Mapping

from candlestack_ingest.exchange.binance.rest import TICKERS_LIMIT, SpotRest


async def newest_trade_ids(rest: SpotRest, symbols: Mapping[str, str]) -> dict[str, int]:
    """Return the newest trade id by name, for symbols by name; those without a trade today are left out.

    Raises:
        RestError: when the exchange refuses.
    """
    wanted = list(symbols.values())
    newest: dict[str, int] = {}
    for first in range(0, len(wanted), TICKERS_LIMIT):
        newest |= await rest.newest_trade_ids(wanted[first : first + TICKERS_LIMIT])
    return {name: newest[symbol] for name, symbol in symbols.items() if symbol in newest}
