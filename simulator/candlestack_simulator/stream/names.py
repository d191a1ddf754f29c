"""Names of streams, such as `btcusdt@depth@100ms`."""

from __future__ import annotations

import re
from collections.abc import Collection

from candlestack_simulator.source import INTERVAL_MS

KLINES = frozenset(f"kline_{interval}" for interval in INTERVAL_MS)

_WELL_FORMED = re.compile(r"[!\w][\w@.!-]{0,99}")


def is_well_formed(stream: str) -> bool:
    """Tell whether the exchange accepts a stream of this name, which does not mean that it sends anything."""
    return _WELL_FORMED.fullmatch(stream) is not None


def is_served(stream: str, symbols: Collection[str], kinds: Collection[str]) -> bool:
    """Tell whether anything is ever sent on a stream: one of the kinds, of a pair in lower case."""
    pair, _, kind = stream.partition("@")
    return kind in kinds and pair == pair.lower() and pair.upper() in symbols


def split_path(path: str) -> list[str]:
    """Return the streams that a URL names, joined by `/`, without doubles and in order."""
    return list(dict.fromkeys(name for name in path.split("/") if name))
