"""The checksum of a book: the CRC32 of its ten best levels a side, as the platform's own books carry it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from candlestack_simulator.wire import canonical

CHECKED_LEVELS = 10


def book_checksum(bids: Sequence[tuple[int, int]], asks: Sequence[tuple[int, int]]) -> int:
    """Return the checksum of levels `(price_e8, quantity_e8)`, best first.

    Taken over the ASCII text `bid price:bid quantity:ask price:ask quantity`, level by level, best first,
    joined by `:`; numbers are canonical (`65000.1`, `0.5`) and absent levels are left out.
    """
    amounts: list[int] = []
    for place in range(CHECKED_LEVELS):
        for side in (bids, asks):
            if place < len(side):
                amounts += side[place]
    return zlib.crc32(":".join(map(canonical, amounts)).encode())
