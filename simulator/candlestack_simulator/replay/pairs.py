"""What a recording tells of a pair: its assets, price step and amount step."""

from __future__ import annotations

from collections.abc import Iterable

from candlestack_simulator.source import E8, Pair

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


def describe_pair(symbol: str, prices_e8: Iterable[int], quantities_e8: Iterable[int]) -> Pair:
    """Return the pair of a symbol with the coarsest steps that all prices and quantities fit."""
    quote = next((name for name in QUOTES if symbol.endswith(name) and symbol != name), symbol[-4:])
    return Pair(
        symbol, symbol.removesuffix(quote), quote, decimal_step(prices_e8), decimal_step(quantities_e8)
    )


def decimal_step(amounts_e8: Iterable[int]) -> int:
    """Return the largest power of ten, at most one whole unit, that divides all amounts."""
    step = E8
    for amount in amounts_e8:
        while amount % step:
            step //= 10
    return step
