"""What a recording tells of a pair: its assets, price step and amount step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from candlestack_simulator.source import E8, Market, Pair

QUOTES = (
    "FDUSD",
    "USDT",
    "USDC",
    "BUSD",
    "TUSD",
    "BTC",
    "ETH",
    "BNB",
    "EUR",
    "TRY",
    "GBP",
    "BRL",
    "JPY",
    "USD",
)


def describe_pair(
    symbol: str, market: Market, prices_e8: Iterable[int], quantities_e8: Iterable[int]
) -> Pair:
    """Return the pair of a symbol with the coarsest steps that all prices and quantities fit.

    Futures write as many decimals as the steps have; the recording may have had more, all of them zeros.
    """
    quote = next((name for name in QUOTES if symbol.endswith(name) and symbol != name), symbol[-4:])
    tick_e8, lot_e8 = decimal_step(prices_e8), decimal_step(quantities_e8)
    pair = Pair(symbol, symbol.removesuffix(quote), quote, tick_e8, lot_e8)
    if market == "spot":
        return pair
    return replace(pair, price_decimals=decimals_of(tick_e8), quantity_decimals=decimals_of(lot_e8))


def decimals_of(step_e8: int) -> int:
    """Return how many decimals a power of ten, at most one whole unit, needs."""
    return len(str(E8 // step_e8)) - 1


def decimal_step(amounts_e8: Iterable[int]) -> int:
    """Return the largest power of ten, at most one whole unit, that divides all amounts."""
    step = E8
    for amount in amounts_e8:
        while amount % step:
            step //= 10
    return step
