"""The candle store: closed candles of every interval, read from MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
import pymongo
from bson.codec_options import CodecOptions, DatetimeConversion
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from app.candles.schemas import OhlcCandle
from app.health.schemas import Component
from app.stores.watch import Store
from candlestack_core.intervals import Interval
from candlestack_core.logging import get_logger
from candlestack_core.names import KLINE_COLLECTIONS
from candlestack_core.settings import MongoSettings

_LOG = get_logger(__name__)

CONNECTIONS = 32

Document = dict[str, Any]


class CandleStore(Store):
    """What the candle writer and the roll-ups keep; a document that is no candle is left out and logged.

    Without an answer in `timeout_s` MongoDB is away.
    """

    name: ClassVar[Component] = "mongodb"
    errors = (PyMongoError, OSError)

    def __init__(self, settings: MongoSettings, timeout_s: float) -> None:
        super().__init__()
        timeout_ms = round(timeout_s * 1000)
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(
            settings.mongo_uri,
            serverSelectionTimeoutMS=timeout_ms,
            connectTimeoutMS=timeout_ms,
            timeoutMS=timeout_ms,
            maxPoolSize=CONNECTIONS,
            appname="candlestack-api",
        )
        # Dates come as numbers of milliseconds: no object of a calendar is made for them.
        options: CodecOptions[Document] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
        self._database = self._client.get_database(settings.mongo_db, codec_options=options)

    async def candles(
        self, symbol: str, interval: Interval, start: int | None, end: int | None, limit: int
    ) -> list[OhlcCandle]:
        """Return candles ascending by open time: the first `limit` from `start`, or, without it, the newest.

        `start` and `end` are open times in ms, both inclusive.

        Raises:
            StoreAwayError: when MongoDB does not answer; so do all methods.
        """
        wanted: Document = {"symbol": symbol}
        bounds = {"$gte": start, "$lte": end}
        if times := {operator: date(time) for operator, time in bounds.items() if time is not None}:
            wanted["open_time"] = times
        order = pymongo.DESCENDING if start is None else pymongo.ASCENDING
        collection = self._database[KLINE_COLLECTIONS[interval.value]]
        with self._asked():
            cursor = collection.find(wanted, {"_id": False}).sort("open_time", order).limit(limit)
            documents = await cursor.to_list()
        candles = [candle for document in documents if (candle := _candle(document)) is not None]
        return candles if start is not None else candles[::-1]

    async def find_minutes(
        self, wanted: Document, order: Sequence[tuple[str, int]], limit: int, fields: Document
    ) -> list[Document]:
        """Return some fields of the documents of 1m candles, in an order; dates are numbers of milliseconds."""
        with self._asked():
            cursor = self._database[KLINE_COLLECTIONS["1m"]].find(wanted, fields).sort(order).limit(limit)
            return await cursor.to_list()

    async def symbols(self) -> set[str]:
        """Return the pairs that have a 1m candle."""
        with self._asked():
            return set(await self._database[KLINE_COLLECTIONS["1m"]].distinct("symbol"))

    async def aggregate(self, collection: str, pipeline: Sequence[Document]) -> list[Document]:
        """Return what an aggregation over a collection gives."""
        with self._asked():
            cursor = await self._database[collection].aggregate(pipeline)
            return await cursor.to_list()

    async def close(self) -> None:
        await self._client.close()

    async def _ping(self) -> None:
        await self._client.admin.command("ping")


_LATEST_DATE_MS = 253_402_300_799_999
"""The end of the year 9999: no date is later."""


def date(time_ms: int) -> datetime:
    """Return an epoch time in ms as MongoDB stores it; one after the last date is the last date."""
    seconds, milliseconds = divmod(min(time_ms, _LATEST_DATE_MS), 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)


def _candle(document: Document) -> OhlcCandle | None:
    try:
        if document["completeness"] != "partial":
            # They say nothing that the interval does not.
            document.pop("children", None)
            document.pop("expected_children", None)
        document["open_time"] = int(document["open_time"])
        document["close_time"] = int(document["close_time"])
        return msgspec.convert(document, OhlcCandle)
    except (KeyError, TypeError, ValueError) as error:
        _LOG.warning("document left out", store="mongodb", document=repr(document)[:300], reason=str(error))
        return None
