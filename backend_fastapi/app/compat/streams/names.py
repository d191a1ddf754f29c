"""Names of streams, such as `btcusdt@depth@100ms`."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

ALL_MINI_TICKERS = ("!miniTicker@arr", "!miniTicker@arr@1000ms")
"""Of all pairs: as it is documented, and as python-binance asks for it."""

_WELL_FORMED = re.compile(r"[!\w][\w@.!+:-]{0,99}")


class StreamName(NamedTuple):
    """A pair, and what is told of it."""

    symbol: str
    kind: str


def is_well_formed(name: str) -> bool:
    """Tell whether Binance accepts a stream of this name, which does not mean that it sends anything."""
    return _WELL_FORMED.fullmatch(name) is not None


def parsed(name: str) -> StreamName | None:
    """Return what a name stands for; None where nothing is ever sent: a pair is written in lower case."""
    pair, _, kind = name.partition("@")
    return StreamName(pair.upper(), kind) if kind and pair == pair.lower() else None


def listed(streams: str) -> list[str]:
    """Return the streams that an address names, without doubles and in order."""
    return list(dict.fromkeys(name for name in unquote(streams).split("/") if is_well_formed(name)))
