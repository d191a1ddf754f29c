"""The checksum of a book: one number by which two accounts of its best levels are compared."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from candlestack_core.messages import Level

CHECKSUM_LEVELS: Final = 10


def checksum(bids: Sequence[Level], asks: Sequence[Level]) -> int:
    """Return the CRC32 over the best 10 levels a side; both sides are given best first.

    The text is, level by level, bid price, bid quantity, ask price, ask quantity, as canonical decimals joined
    by ":"; a level that a side does not have is left out. The empty book's checksum is 0.
    """
    parts: list[str] = []
    for bid, ask in zip_longest(bids[:CHECKSUM_LEVELS], asks[:CHECKSUM_LEVELS]):
        parts += bid or ()
        parts += ask or ()
    return zlib.crc32(":".join(parts).encode("ascii"))
