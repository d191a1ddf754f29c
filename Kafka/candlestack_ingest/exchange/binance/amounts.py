"""Canonical amounts, remembered: a market writes the same prices and quantities again and again.

Each distinct text is judged once by the platform's own rule (`candlestack_core.decimals`); what was judged is
looked up. The memory is bounded: it is emptied when it is full, and fills again within a moment.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Final

from candlestack_core.decimals import MAX_DECIMALS, NotCanonicalError, canonical, product

LARGEST_MEMORY: Final = 100_000
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Two amounts have at most 28 digits each: no product is ever rounded."""


_ZERO: Final = 99
"""In place of a count of decimals: sends a 0 the general way, where it is refused."""


class _Amounts(dict[str, str]):
    """Canonical text by the text that the exchange wrote."""

    def __missing__(self, text: str) -> str:
        amount = canonical(text)
        if len(self) >= LARGEST_MEMORY:
            self.clear()
        self[text] = amount
        return amount


class _Factors(dict[str, tuple[str, Decimal, int]]):
    """Canonical text, value and count of decimals (of 0 very many) by the text that the exchange wrote."""

    def __missing__(self, text: str) -> tuple[str, Decimal, int]:
        amount = canonical(text)
        factor = amount, Decimal(amount), len(amount.partition(".")[2]) if amount != "0" else _ZERO
        if len(self) >= LARGEST_MEMORY:
            self.clear()
        self[text] = factor
        return factor


_amounts = _Amounts()
_factors = _Factors()

canonical_amount = _amounts.__getitem__
"""Return what `decimals.canonical` returns, and raise what it raises."""


def trade_amounts(price: str, quantity: str) -> tuple[str, str, str]:
    """Return a price, a base quantity and their product, the quote quantity, in canonical form.

    The product is that of `decimals.product`: exact to 8 decimals, cut off there.

    Raises:
        NotCanonicalError: as `decimals.canonical` and `decimals.product` do, and for a price or quantity of 0.
    """
    price, price_value, price_decimals = _factors[price]
    quantity, quantity_value, quantity_decimals = _factors[quantity]
    decimals = price_decimals + quantity_decimals
    if decimals > MAX_DECIMALS:
        if not price_value or not quantity_value:
            raise NotCanonicalError(f"a trade of {quantity} at {price}")
        return price, quantity, product(price, quantity)
    quote = str(_EXACT.multiply(price_value, quantity_value))
    # A short product is below 10^20 and has no exponent; whatever else there is takes the general way.
    if len(quote) > MAX_DECIMALS + 12 or "E" in quote:
        return price, quantity, product(price, quantity)
    return price, quantity, quote.rstrip("0").rstrip(".") if decimals else quote


def forget() -> None:
    """Empty the memory, as if nothing had been written yet; for measurements."""
    _amounts.clear()
    _factors.clear()
