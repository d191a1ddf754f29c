"""The completeness ledger's minutes, read from MongoDB: sums and holes, made there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from app.completeness.schemas import HoleInStream
from app.stores.candles import CandleStore, Document, date
from candlestack_core.messages import Market
from candlestack_core.names import COMPLETENESS, LedgerStream

_MARKETS: tuple[Market, ...] = ("spot", "usdm")
_STREAMS: tuple[LedgerStream, ...] = ("depth", "kline_1m", "trade")
_COUNTS = ("expected", "received", "filled", "missing")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which minutes are asked for: open times in `[start, end)`, in ms; None is any."""

    start: int
    end: int
    market: Market | None
    stream: LedgerStream | None
    symbol: str | None

    def match(self) -> Document:
        times: Document = {"open_time": {"$gte": date(self.start), "$lt": date(self.end)}}
        named = {"market": self.market, "stream": self.stream, "symbol": self.symbol}
        wanted: Document = {name: value for name, value in named.items() if value is not None}
        if self.symbol is not None:
            # Named in full, however many streams are meant: the index begins with them.
            wanted = {"market": {"$in": _MARKETS}, "stream": {"$in": _STREAMS}} | wanted
        return wanted | times


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What the minutes of one stream come to."""

    minutes: int
    expected: int
    received: int
    filled: int
    missing: int


class CompletenessStore:
    """What the completeness ledger keeps; it shares the connection of the candle store."""

    def __init__(self, mongodb: CandleStore) -> None:
        self._mongodb = mongodb

    async def sums(self, wanted: Wanted) -> dict[tuple[Market, LedgerStream, str], Sums]:
        """Return the sums of each stream by market, stream and symbol.

        Raises:
            StoreAwayError: when MongoDB does not answer; so do all methods.
        """
        by_stream: Document = {"market": "$market", "stream": "$stream", "symbol": "$symbol"}
        totals = {name: {"$sum": f"${name}"} for name in _COUNTS}
        found = await self._mongodb.aggregate(
            COMPLETENESS,
            [
                {"$match": wanted.match()},
                {"$group": {"_id": by_stream, "minutes": {"$sum": 1}, **totals}},
            ],
        )
        return {
            (each["_id"]["market"], each["_id"]["stream"], each["_id"]["symbol"]): Sums(
                minutes=each["minutes"], **{name: int(each[name]) for name in _COUNTS}
            )
            for each in found
        }

    async def holes(self, wanted: Wanted, limit: int) -> list[HoleInStream]:
        """Return holes, those of the newest minutes first."""
        order = {"open_time": -1, "symbol": 1, "market": 1, "stream": 1, "holes.first_id": -1}
        found = await self._mongodb.aggregate(
            COMPLETENESS,
            [
                {"$match": wanted.match() | {"holes.0": {"$exists": True}}},
                {"$project": {"market": 1, "stream": 1, "symbol": 1, "open_time": 1, "holes": 1}},
                {"$unwind": "$holes"},
                {"$sort": order},
                {"$limit": limit},
            ],
        )
        return [_hole(each) for each in found]


def _hole(found: Document) -> HoleInStream:
    hole: dict[str, Any] = found["holes"]
    return HoleInStream(
        market=found["market"],
        stream=found["stream"],
        symbol=found["symbol"],
        minute=int(found["open_time"]),
        first_id=int(hole["first_id"]),
        last_id=int(hole["last_id"]),
        count=int(hole["count"]),
        how=hole["how"],
        filled_at=None if hole["filled_at"] is None else int(hole["filled_at"]),
    )
