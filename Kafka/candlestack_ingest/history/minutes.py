"""The 1m candles that MongoDB holds, and which minutes are missing among them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import msgspec
from pymongo.database import Database

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle
from candlestack_core.names import KLINE_1M
from candlestack_ingest.stores.candles import EPOCH
from candlestack_ingest.stores.schema import Document

_LOG = get_logger(__name__)
_MILLISECOND = timedelta(milliseconds=1)

Run = tuple[int, int]
"""Minutes in a row: the open times of the first and the last, in ms."""


def missing_runs(present: Collection[int], first: int, last: int) -> list[Run]:
    """Return the minutes from `first` to `last` (open times in ms, both included) that are not present, as runs."""
    runs: list[Run] = []
    for open_time in range(first, last + 1, MINUTE_MS):
        if open_time in present:
            continue
        if runs and runs[-1][1] == open_time - MINUTE_MS:
            runs[-1] = (runs[-1][0], open_time)
        else:
            runs.append((open_time, open_time))
    return runs


def count(runs: Collection[Run]) -> int:
    """Return how many minutes runs hold."""
    return sum((last - first) // MINUTE_MS + 1 for first, last in runs)


class Minutes:
    """`1m_kline`, read by pair and time; every method raises PyMongoError while MongoDB is away."""

    def __init__(self, database: Database[Document]) -> None:
        self._candles = database[KLINE_1M]

    def present(self, symbol: str, first: int, last: int) -> set[int]:
        """Return the open times in ms of the candles from `first` to `last`, both included."""
        # Answered from the index alone.
        found = self._candles.find(_wanted(symbol, first, last), {"_id": False, "open_time": True})
        return {_ms(document["open_time"]) for document in found}

    def newest(self, symbol: str) -> int | None:
        """Return the open time in ms of a pair's newest candle."""
        found = self._candles.find_one(
            {"symbol": symbol}, {"_id": False, "open_time": True}, sort=[("open_time", -1)]
        )
        return None if found is None else _ms(found["open_time"])

    def candles(self, symbol: str, first: int, last: int) -> list[Candle]:
        """Return the candles from `first` to `last`, both included, ascending; what is none is left out."""
        found = self._candles.find(_wanted(symbol, first, last), {"_id": False}).sort("open_time", 1)
        return [candle for document in found if (candle := _candle(document)) is not None]


def _wanted(symbol: str, first: int, last: int) -> Document:
    return {
        "symbol": symbol,
        "open_time": {"$gte": EPOCH + first * _MILLISECOND, "$lte": EPOCH + last * _MILLISECOND},
    }


def _candle(document: Document) -> Candle | None:
    try:
        times = {name: _ms(document[name]) for name in ("open_time", "close_time")}
        return msgspec.convert(document | times, Candle)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        _LOG.warning("document left out", store="mongodb", document=repr(document)[:300], reason=str(error))
        return None


def _ms(date: Any) -> int:
    return int((date - EPOCH) // _MILLISECOND)
