"""MongoDB: closed candles, each under one `_id`, the better version in place of the worse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pymongo
from bson import Int64
from candlestack_core.kafka import Record
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle, decode_candle
from candlestack_core.names import KLINE_1M, candle_id
from candlestack_core.settings import MongoSettings
from candlestack_core.versions import supersedes
from msgspec import DecodeError
from msgspec.structs import asdict
from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.write_concern import WriteConcern

from candlestack_ingest.consumers.sink import NotUnderstoodError, Refusal, StoreAwayError
from candlestack_ingest.stores.schema import ensure_candle_collections

_LOG = get_logger(__name__)

DUPLICATE_KEY = 11000
FAILED_VALIDATION = 121
TIMEOUT_MS = 5_000

Document = dict[str, Any]


def connect(settings: MongoSettings) -> pymongo.MongoClient[Document]:
    """Return a client that answers within seconds or fails; the consumer loop does the trying again."""
    return pymongo.MongoClient(
        settings.mongo_uri,
        tz_aware=True,
        serverSelectionTimeoutMS=TIMEOUT_MS,
        connectTimeoutMS=TIMEOUT_MS,
        socketTimeoutMS=TIMEOUT_MS * 2,
        appname="candlestack",
    )


def document_of(candle: Candle) -> Document:
    """Return a candle as it is stored: times as dates, counts as 64-bit integers, decimals as they are."""
    return {
        "_id": candle_id(candle.symbol, candle.open_time),
        **asdict(candle),
        "open_time": _date(candle.open_time),
        "close_time": _date(candle.close_time),
        "trades": Int64(candle.trades),
        "version": Int64(candle.version),
    }


def _date(time_ms: int) -> datetime:
    seconds, milliseconds = divmod(time_ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)


class CandleSink:
    """Writes closed 1m candles into `1m_kline`.

    A batch is inserted; what is there already is replaced where the stored version is older. An insert costs
    a quarter of an upsert, and nearly all candles are new.
    """

    name = "mongodb"

    def __init__(self, database: pymongo.database.Database[Document]) -> None:
        self._database = database
        self._candles = database.get_collection(KLINE_1M, write_concern=WriteConcern(w=1, j=True))
        self._batch: dict[str, tuple[Candle, Record]] = {}

    def open(self) -> None:
        try:
            done = ensure_candle_collections(self._database)
        except PyMongoError as error:
            raise _away(error) from error
        for line in done:
            _LOG.info("store prepared", done=line)

    def add(self, record: Record) -> None:
        try:
            candle = decode_candle(record.value)
        except (DecodeError, UnicodeDecodeError) as error:
            raise NotUnderstoodError(str(error)) from None
        if not candle.closed or candle.interval != "1m":
            return
        key = candle_id(candle.symbol, candle.open_time)
        if key not in self._batch or supersedes(candle, self._batch[key][0]):
            self._batch[key] = (candle, record)

    def size(self) -> int:
        return len(self._batch)

    def flush(self) -> list[Refusal]:
        if not self._batch:
            return []
        documents = {key: document_of(candle) for key, (candle, _) in self._batch.items()}
        try:
            refused = self._insert(documents)
        except PyMongoError as error:
            raise _away(error) from error
        refusals = [Refusal(self._batch[key][1], reason) for key, reason in refused.items()]
        self._batch.clear()
        return refusals

    def _insert(self, documents: Mapping[str, Document]) -> dict[str, str]:
        present, refused = self._write(InsertOne(document) for document in documents.values())
        if present:
            # The filter is `versions.supersedes`: all that is stored here is closed, so the version decides.
            _, refused_later = self._write(
                ReplaceOne({"_id": key, "version": {"$lt": documents[key]["version"]}}, documents[key])
                for key in present
            )
            refused |= refused_later
        return refused

    def _write(
        self, operations: Iterable[InsertOne[Document] | ReplaceOne[Document]]
    ) -> tuple[list[str], dict[str, str]]:
        """Write all; return the keys that were there already, and those that are refused with the reason.

        Raises:
            PyMongoError: the store is away, or refuses for a reason that may pass.
        """
        wanted = list(operations)
        try:
            self._candles.bulk_write(wanted, ordered=False)
        except BulkWriteError as error:
            present: list[str] = []
            refused: dict[str, str] = {}
            for failure in error.details["writeErrors"]:
                key = _key_of(wanted[failure["index"]])
                if failure["code"] == DUPLICATE_KEY:
                    present.append(key)
                elif failure["code"] == FAILED_VALIDATION:
                    refused[key] = (
                        f"MongoDB's validator refuses it: {failure.get('errInfo', failure['errmsg'])}"
                    )
                else:
                    raise
            if error.details["writeConcernErrors"]:
                raise
            return present, refused
        return [], {}


def _away(error: PyMongoError) -> StoreAwayError:
    return StoreAwayError(str(error)[:300] or type(error).__name__)


def _key_of(operation: InsertOne[Document] | ReplaceOne[Document]) -> str:
    document = operation._doc
    return str(document["_id"])
