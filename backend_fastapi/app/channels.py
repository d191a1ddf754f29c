"""The channels there are; a further one is a file like theirs, and its name here."""

from __future__ import annotations

from typing import Final

from app.book.channel import BOOKS
from app.book.diffs import DIFFS
from app.candles.channel import CANDLES
from app.stream.channel import AnyChannel, AnyFollowed
from app.trades.channel import TRADES

CHANNELS: Final[tuple[AnyChannel, ...]] = (CANDLES, TRADES, BOOKS)
FOLLOWED: Final[tuple[AnyFollowed, ...]] = (*CHANNELS, DIFFS)
"""All whose topics are read; what has no socket of its own serves others."""
