"""Candles as CSV (RFC 4180), with a line of column names; times are epoch ms, amounts have their exact digits."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from candlestack_core.messages import Candle

COLUMNS: Final = (
    "symbol",
    "interval",
    "open_time",
    "close_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quote_volume",
    "trades",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "completeness",
    "source",
    "version",
)
MEDIA_TYPE: Final = "text/csv"
_END: Final = "\r\n"
_values = attrgetter(*COLUMNS)


class CsvFile:
    """No value of a candle holds a comma, a quote or a line's end, so none is quoted."""

    def begin(self) -> bytes:
        return (",".join(COLUMNS) + _END).encode()

    def add(self, candles: Sequence[Candle]) -> bytes:
        return "".join(",".join(map(str, _values(candle))) + _END for candle in candles).encode()

    def end(self) -> bytes:
        return b""
