"""The candle store as the roll-ups see it: what there is, what is new, and how a candle gets into its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

import pymongo
from bson import Timestamp
from pymongo import InsertOne, ReplaceOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, ConfigurationError
from pymongo.write_concern import WriteConcern

from candlestack_core.intervals import Interval
from candlestack_core.names import KLINE_1M, KLINE_COLLECTIONS
from candlestack_core.settings import BadSettingError, MongoSettings, variable_name
from candlestack_spark.columns import AMOUNTS, PRICES
from candlestack_spark.stores.documents import Document, date_of, time_of

ACKNOWLEDGED: Final = WriteConcern(w="majority", j=True)
"""What MongoDB has acknowledged survives its being killed."""
DUPLICATE_KEY: Final = 11000
CONNECT_TIMEOUT_MS: Final = 10_000
WRITTEN_AT: Final = "written_at"
MARGIN_S: Final = 60
"""A write may be seen later than its time says, by less than this."""
_READ_AT_ONCE: Final = 10_000
_FIGURES: Final = ("close_time", *PRICES, *AMOUNTS, "trades")
_NOW: Final = {WRITTEN_AT: Timestamp(0, 0)}
"""What MongoDB replaces by its own time."""


class Coverage(NamedTuple):
    """The open times in ms of a pair's oldest and newest 1m candle."""

    oldest: int
    newest: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the parent candles that were to be written."""

    inserted: int = 0
    replaced: int = 0
    unchanged: int = 0
    kept: int = 0
    """Those in whose place a fuller one stays: its 1m candles are no longer all in the store."""
    conflicts: int = 0
    """Those that another process changed meanwhile; they are to be made anew."""


@contextmanager
def connected(settings: MongoSettings) -> Iterator[CandleStore]:
    """Give the store over one client.

    Raises:
        BadSettingError: the connection string cannot be understood.
    """
    try:
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(
            settings.mongo_uri,
            tz_aware=True,
            connectTimeoutMS=CONNECT_TIMEOUT_MS,
            serverSelectionTimeoutMS=CONNECT_TIMEOUT_MS,
            appname="candlestack-spark",
        )
    except (ConfigurationError, ValueError) as error:
        raise BadSettingError(variable_name(MongoSettings, "mongo_uri"), str(error)) from error
    with client:
        yield CandleStore(client[settings.mongo_db])


class CandleStore:
    """The collections of candles of one database. Every method raises `PyMongoError` when MongoDB is away."""

    def __init__(self, database: Database[Document]) -> None:
        self.database = database
        self._minutes = database.get_collection(KLINE_1M, write_concern=ACKNOWLEDGED)

    def coverage(self) -> dict[str, Coverage]:
        """Return of each pair that has a 1m candle the oldest and the newest."""
        found = {}
        for symbol in sorted(self._minutes.distinct("symbol")):
            ends = [self._end(KLINE_1M, {"symbol": symbol}, order) for order in (1, -1)]
            if ends[0] is not None and ends[1] is not None:
                found[symbol] = Coverage(ends[0], ends[1])
        return found

    def last_complete(self, symbol: str, interval: Interval) -> int | None:
        """Return the open time in ms of the newest complete parent of a pair."""
        wanted = {"symbol": symbol, "completeness": "complete"}
        return self._end(KLINE_COLLECTIONS[interval.value], wanted, -1)

    def _end(self, collection: str, wanted: Document, order: int) -> int | None:
        document = self.database[collection].find_one(
            wanted, {"_id": False, "open_time": True}, sort=[("symbol", order), ("open_time", order)]
        )
        return None if document is None else time_of(document["open_time"])

    def newest_write(self) -> Timestamp | None:
        """Return when a 1m candle was last written, by MongoDB's clock."""
        document = self._minutes.find_one(
            {WRITTEN_AT: {"$exists": True}}, {"_id": False, WRITTEN_AT: True}, sort=[(WRITTEN_AT, -1)]
        )
        return None if document is None else document[WRITTEN_AT]

    def parents_written_since(self, since: Timestamp, interval: Interval) -> Iterator[tuple[str, int]]:
        """Yield pair and open time in ms of each parent of which a 1m candle was written since, or just before."""
        yield from self._parents_written({"$gte": _just_before(since)}, interval)

    def parents_written_after(self, write: Timestamp, interval: Interval) -> Iterator[tuple[str, int]]:
        """Yield pair and open time in ms of each parent of which a 1m candle was written after another write."""
        yield from self._parents_written({"$gt": write}, interval)

    def _parents_written(self, when: Document, interval: Interval) -> Iterator[tuple[str, int]]:
        parent = {"$dateTrunc": {"date": "$open_time", "unit": "minute", "binSize": interval.minutes}}
        for group in self._minutes.aggregate(
            [
                {"$match": {WRITTEN_AT: when}},
                {"$group": {"_id": {"symbol": "$symbol", "parent": parent}}},
            ]
        ):
            yield group["_id"]["symbol"], time_of(group["_id"]["parent"])

    def newest(self, symbol: str, interval: Interval, latest: int | None = None) -> int | None:
        """Return the open time in ms of a pair's newest candle, of those that do not open after `latest`."""
        wanted: Document = {"symbol": symbol}
        if latest is not None:
            wanted["open_time"] = {"$lte": date_of(latest)}
        return self._end(KLINE_COLLECTIONS[interval.value], wanted, -1)

    def minutes_written_since(self, since: Timestamp, start: int, latest: int | None) -> list[Document]:
        """Return the 1m candles that were written since, or just before, and open in `[start, latest]` (ms)."""
        opens: Document = {"$gte": date_of(start)}
        if latest is not None:
            opens["$lte"] = date_of(latest)
        wanted = {WRITTEN_AT: {"$gte": _just_before(since)}, "open_time": opens}
        return list(
            self._minutes.find(wanted, {WRITTEN_AT: False, "closed": False}).batch_size(_READ_AT_ONCE)
        )

    def minutes(self, symbol: str, start: int, end: int) -> list[Document]:
        """Return a pair's 1m candles that open in `[start, end)`, ascending; times in ms."""
        found = self._minutes.find(_within(symbol, start, end), {WRITTEN_AT: False, "closed": False})
        return list(found.sort("open_time", 1).batch_size(_READ_AT_ONCE))

    def parents(self, symbol: str, interval: Interval, start: int, end: int) -> dict[str, Document]:
        """Return by `_id` the parent candles of a pair that open in `[start, end)`; times in ms."""
        collection = self.database[KLINE_COLLECTIONS[interval.value]]
        return {document["_id"]: document for document in collection.find(_within(symbol, start, end))}

    def put_parents(
        self, interval: Interval, documents: Iterable[Document], stored: Mapping[str, Document]
    ) -> Written:
        """Put parents in their places, unless another process has changed what `stored` says is there.

        What is the same is not written. One made of more 1m candles than are in the store now is kept.
        """
        operations: list[InsertOne[Document] | ReplaceOne[Document]] = []
        unchanged = kept = 0
        for document in documents:
            there = stored.get(document["_id"])
            if there is None:
                operations.append(InsertOne(document))
            elif there == document:
                unchanged += 1
            elif there.get("children", 0) > document["children"]:
                kept += 1
            else:
                # An upsert: where the document is no longer as it was, its `_id` is in the way and says so.
                operations.append(ReplaceOne(there, document, upsert=True))
        if not operations:
            return Written(unchanged=unchanged, kept=kept)
        collection = self.database.get_collection(
            KLINE_COLLECTIONS[interval.value], write_concern=ACKNOWLEDGED
        )
        try:
            result = collection.bulk_write(operations, ordered=False)
            inserted, replaced, conflicts = result.inserted_count, result.matched_count, 0
        except BulkWriteError as error:
            details = error.details
            failures = details["writeErrors"]
            if details["writeConcernErrors"] or any(each["code"] != DUPLICATE_KEY for each in failures):
                raise
            inserted, replaced, conflicts = details["nInserted"], details["nMatched"], len(failures)
        return Written(inserted, replaced, unchanged, kept, conflicts)

    def put_minutes(self, symbol: str, start: int, end: int, documents: Iterable[Document]) -> Written:
        """Put closed 1m candles of a pair that open in `[start, end)` in their places.

        Where a candle has the same figures nothing is written, so that it goes on to say how it came; where they
        differ the higher version wins, as in `candlestack_core.versions`.
        """
        stored = {document["_id"]: document for document in self._minutes.find(_within(symbol, start, end))}
        operations: list[InsertOne[Document] | ReplaceOne[Document]] = []
        unchanged = kept = 0
        for document in documents:
            there = stored.get(document["_id"])
            if there is None:
                operations.append(InsertOne(document | _NOW))
            elif all(there.get(name) == document[name] for name in _FIGURES):
                unchanged += 1
            elif there.get("version", -1) >= document["version"]:
                kept += 1
            else:
                worse = {"_id": document["_id"], "version": {"$not": {"$gte": document["version"]}}}
                operations.append(ReplaceOne(worse, document | _NOW))
        if not operations:
            return Written(unchanged=unchanged, kept=kept)
        try:
            result = self._minutes.bulk_write(operations, ordered=False)
            inserted, replaced, others = result.inserted_count, result.matched_count, 0
        except BulkWriteError as error:
            details = error.details
            failures = details["writeErrors"]
            if details["writeConcernErrors"] or any(each["code"] != DUPLICATE_KEY for each in failures):
                raise
            # Another process has brought them meanwhile, as new as these or newer.
            inserted, replaced, others = details["nInserted"], details["nMatched"], len(failures)
        return Written(inserted, replaced, unchanged, kept + others)

    def remove_minutes(self, symbol: str, start: int, end: int) -> int:
        """Remove a pair's 1m candles that open in `[start, end)`; return how many there were."""
        return self._minutes.delete_many(_within(symbol, start, end)).deleted_count


def _within(symbol: str, start: int, end: int) -> Document:
    return {"symbol": symbol, "open_time": {"$gte": date_of(start), "$lt": date_of(end)}}


def _just_before(write: Timestamp) -> Timestamp:
    return Timestamp(max(write.time - MARGIN_S, 0), 0)
