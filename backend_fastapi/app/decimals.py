"""With how many decimals a pair's prices and amounts are written, as its data shows it."""

from __future__ import annotations


def most_decimals(seen: int | None, *amounts: str) -> int:
    """Return the most decimals of some amounts, and of those seen before."""
    return max(seen or 0, *(len(amount.partition(".")[2]) for amount in amounts))
