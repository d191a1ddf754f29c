"""MongoDB: closed candles, each under one `_id`, the better version in place of the worse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
from bson import Int64, Timestamp
from msgspec.structs import asdict
from pymongo import InsertOne, ReplaceOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, ConfigurationError, PyMongoError
from pymongo.write_concern import WriteConcern

from candlestack_core.kafka import Record, TopicPartition
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle
from candlestack_core.names import KLINE_1M, candle_id
from candlestack_core.settings import BadSettingError, MongoSettings, variable_name
from candlestack_core.versions import supersedes
from candlestack_ingest.consumers.records import minute_candle
from candlestack_ingest.consumers.sink import Refusal, StoreAwayError
from candlestack_ingest.stores.schema import WRITTEN_AT, Document, ensure_candle_collections

_LOG = get_logger(__name__)

DUPLICATE_KEY = 11000
FAILED_VALIDATION = 121
TIMEOUT_S = 4.0
"""For all that one flush does; longer, and a process that waits could not stop within ten seconds."""
CONNECT_TIMEOUT_MS = 1_500
GOODBYE_TIMEOUT_S = 1.0
ACKNOWLEDGED = WriteConcern(w="majority", j=True)
"""Offsets are committed after this: what MongoDB has acknowledged survives its being killed."""
WRITTEN_NOW = Timestamp(0, 0)
"""What MongoDB replaces by its own time, in a document it inserts or puts in another's place."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Operation = InsertOne[Document] | ReplaceOne[Document]


def connect(settings: MongoSettings) -> pymongo.MongoClient[Document]:
    """Return a client that answers within seconds or fails; the consumer loop does the trying again.

    Raises:
        BadSettingError: the connection string cannot be understood.
    """
    try:
        return pymongo.MongoClient(
            settings.mongo_uri,
            tz_aware=True,
            timeoutMS=int(TIMEOUT_S * 1000),
            # Neither is bounded by the one above while a server accepts and does not answer.
            connectTimeoutMS=CONNECT_TIMEOUT_MS,
            serverSelectionTimeoutMS=CONNECT_TIMEOUT_MS,
            appname="candlestack",
        )
    except (ConfigurationError, ValueError) as error:
        raise BadSettingError(variable_name(MongoSettings, "mongo_uri"), str(error)) from error


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


def minute_document(candle: Candle) -> Document:
    """Return a 1m candle as it is sent to MongoDB, which puts the time of the write into it."""
    return {**document_of(candle), WRITTEN_AT: WRITTEN_NOW}


def _date(time_ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=time_ms)


class CandleSink:
    """Writes closed 1m candles into `1m_kline`.

    A flush looks which versions are there, inserts what is missing, and replaces what is worse. An insert costs
    a quarter of an upsert and nearly all candles are new; candles that come again cost one read.
    """

    name = "mongodb"

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._candles = database.get_collection(KLINE_1M, write_concern=ACKNOWLEDGED)
        self._batch: dict[str, tuple[Candle, Record]] = {}

    def open(self) -> None:
        try:
            with pymongo.timeout(TIMEOUT_S):
                done = ensure_candle_collections(self._database)
        except PyMongoError as error:
            raise _away(error) from error
        for line in done:
            _LOG.info("store prepared", done=line)

    def add(self, record: Record) -> None:
        candle = minute_candle(record)
        if not candle.closed:
            return
        key = candle_id(candle.symbol, candle.open_time)
        if key not in self._batch or supersedes(candle, self._batch[key][0]):
            self._batch[key] = (candle, record)

    def size(self) -> int:
        return len(self._batch)

    def flush(self) -> list[Refusal]:
        if not self._batch:
            return []
        documents = {key: minute_document(candle) for key, (candle, _) in self._batch.items()}
        try:
            with pymongo.timeout(TIMEOUT_S):
                refused = self._put(documents)
        except PyMongoError as error:
            raise _away(error) from error
        refusals = [Refusal(self._batch[key][1], reason) for key, reason in refused.items()]
        self._batch.clear()
        return refusals

    def lost(self, assigned: frozenset[TopicPartition]) -> Mapping[TopicPartition, int]:  # noqa: ARG002
        try:
            self._database.command("ping")
        except PyMongoError as error:
            raise _away(error) from error
        return {}

    def regain(self, partitions: frozenset[TopicPartition]) -> None:
        """Nothing is ever lost here: MongoDB keeps what it has acknowledged."""

    def close(self) -> None:
        # The client says goodbye to the server, which may be frozen.
        with pymongo.timeout(GOODBYE_TIMEOUT_S):
            self._database.client.close()

    def _put(self, documents: Mapping[str, Document]) -> dict[str, str]:
        """Write what is better than what is there; return what the validator refuses, with its reason."""
        stored = self._stored_versions(list(documents))
        missing = [documents[key] for key in documents if key not in stored]
        # Another writer may have inserted some of them since we looked.
        present, refused = self._write(InsertOne(document) for document in missing)
        worse = [key for key, version in stored.items() if version < documents[key]["version"]]
        _, refused_later = self._write(_replace_if_worse(documents[key]) for key in [*worse, *present])
        return refused | refused_later

    def _stored_versions(self, keys: Sequence[str]) -> dict[str, int]:
        found = self._candles.find({"_id": {"$in": keys}}, {"version": True})
        return {document["_id"]: document.get("version", -1) for document in found}

    def _write(self, operations: Iterable[_Operation]) -> tuple[list[str], dict[str, str]]:
        """Write all; return the keys that were there already, and those that are refused with the reason.

        Raises:
            PyMongoError: the store is away, or refuses for a reason that may pass.
        """
        wanted = list(operations)
        if not wanted:
            return [], {}
        try:
            self._candles.bulk_write(wanted, ordered=False)
        except BulkWriteError as error:
            details: Mapping[str, Any] = error.details or {}
            if details["writeConcernErrors"]:
                raise
            present: list[str] = []
            refused: dict[str, str] = {}
            for failure in details["writeErrors"]:
                key = _key_of(wanted[failure["index"]])
                if failure["code"] == DUPLICATE_KEY:
                    present.append(key)
                elif failure["code"] == FAILED_VALIDATION:
                    why = failure.get("errInfo", failure["errmsg"])
                    refused[key] = f"MongoDB's validator refuses it: {why}"
                else:
                    raise
            return present, refused
        return [], {}


def _replace_if_worse(document: Document) -> ReplaceOne[Document]:
    """Return what replaces the stored candle by the rule of `versions.supersedes`: all stored ones are closed."""
    return ReplaceOne({"_id": document["_id"], "version": {"$not": {"$gte": document["version"]}}}, document)


def _key_of(operation: _Operation) -> str:
    return str(operation._doc["_id"])


def _away(error: PyMongoError) -> StoreAwayError:
    return StoreAwayError(str(error)[:300] or type(error).__name__)
