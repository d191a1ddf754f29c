"""Canonical decimals: how every price and amount is written on the wire and in the stores.

Plain notation, no superfluous zeros, at most 8 decimals: `65000.1`, `0.5`, `0`. Two equal numbers are
written alike, so equality of text is equality of value; the order of text is not the order of value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

MAX_DECIMALS: Final = 8
MAX_INTEGER_DIGITS: Final = 20

_AMOUNT: Final = r"(0|[1-9][0-9]{0,19})(\.[0-9]{0,7}[1-9])?"
AMOUNT_PATTERN: Final = rf"^{_AMOUNT}$(?!\n)"
"""A canonical price or amount, never negative; used by the message types and MongoDB's validators.

Both search with engines in which `$` also matches before a last newline: the look-ahead refuses that."""

Amount = Annotated[str, Meta(pattern=AMOUNT_PATTERN)]
"""A price, or an amount of base or quote currency, as a canonical decimal."""

SIGNED_PATTERN: Final = rf"^(?!-0$)-?{AMOUNT_PATTERN.removeprefix('^')}"

Signed = Annotated[str, Meta(pattern=SIGNED_PATTERN)]
"""A canonical decimal that may be negative, as a change is; zero has no sign."""

_MAX_WRITTEN_DIGITS: Final = 40
_TOO_LARGE: Final = 10 ** (MAX_INTEGER_DIGITS + MAX_DECIMALS)
_AMOUNTS = re.compile(rf"(?:{_AMOUNT}\n)*")
_WRITTEN = re.compile(r"([0-9]{1,40})(?:\.([0-9]{1,40}))?", re.ASCII)


class NotCanonicalError(ValueError):
    """A number that cannot be written as a canonical decimal."""


def are_amounts(texts: Sequence[str]) -> bool:
    """Tell whether each text is an `Amount`; thousands are judged together much sooner than one by one."""
    text = "".join(f"{text}\n" for text in texts)
    return text.count("\n") == len(texts) and _AMOUNTS.fullmatch(text) is not None


def canonical(text: str) -> str:
    """Return a non-negative decimal in plain notation (as the exchange writes it) in canonical form.

    Raises:
        NotCanonicalError: for a sign, an exponent, NaN, more than 8 decimals that are not zero, or more than
            20 digits before the point.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise NotCanonicalError(f"{text[:40]!r} is not a plain decimal")
    whole, fraction = match.groups()
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0") if fraction else ""
    if len(fraction) > MAX_DECIMALS:
        raise NotCanonicalError(f"{text[:40]!r} has more than {MAX_DECIMALS} decimals")
    if len(whole) > MAX_INTEGER_DIGITS:
        raise NotCanonicalError(f"{text[:40]!r} is absurdly large")
    return f"{whole}.{fraction}" if fraction else whole


def canonical_decimal(value: Decimal) -> str:
    """Return a non-negative Decimal in canonical form.

    Raises:
        NotCanonicalError: as `canonical` does.
    """
    if not value.is_finite():
        raise NotCanonicalError(f"{value} is not a number")
    if abs(value.adjusted()) > _MAX_WRITTEN_DIGITS:
        # Written out it could fill the memory.
        raise NotCanonicalError(f"{value:.3e} is absurdly large or small")
    return canonical(format(value, "f"))


def scaled(amount: str) -> int:
    """Return a canonical decimal as an integer of 10^-8."""
    whole, _, fraction = amount.partition(".")
    return int(whole + fraction.ljust(MAX_DECIMALS, "0"))


def from_scaled(units: int) -> str:
    """Return an integer of 10^-8 as a canonical decimal.

    Raises:
        NotCanonicalError: when it is negative, or has more than 20 digits before the point.
    """
    if units < 0:
        raise NotCanonicalError(f"{units} is negative")
    if units >= _TOO_LARGE:
        raise NotCanonicalError(f"{units} units of 10^-8 are absurdly large")
    whole, fraction = divmod(units, 10**MAX_DECIMALS)
    return f"{whole}.{fraction:08d}".rstrip("0").rstrip(".")


def product(price: str, quantity: str) -> str:
    """Return price times quantity, the quote amount, exact to 8 decimals and cut off there.

    The tick and the lot of the platform's pairs have at most 8 decimals together, so nothing is cut off there.
    Some other pairs have more (ETHBTC 10): theirs keep the 8 decimals that Binance gives quote amounts too.

    Raises:
        NotCanonicalError: when it has more than 20 digits before the point.
    """
    return from_scaled(scaled(price) * scaled(quantity) // 10**MAX_DECIMALS)
