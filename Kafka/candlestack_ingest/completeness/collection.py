"""The collection of minutes: read by key and time, written only over what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pymongo
from pymongo import InsertOne, ReplaceOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import COMPLETENESS, completeness_id
from candlestack_ingest.completeness.documents import date, document_of, minute_of
from candlestack_ingest.completeness.minutes import Minute, StreamKey
from candlestack_ingest.stores.candles import ACKNOWLEDGED, DUPLICATE_KEY
from candlestack_ingest.stores.schema import Document

LOOK_BACK_MS: Final = 24 * 60 * MINUTE_MS
"""How far before its newest minute a stream's open holes are looked for when it is met again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A minute as it is in the store; `revision` counts how often it was written."""

    minute: Minute
    revision: int


class Change(NamedTuple):
    """A minute as it is to be, and what it replaces."""

    key: StreamKey
    minute: Minute
    stored: Stored | None


class MinuteCollection:
    """Reads and writes minutes. Every method raises PyMongoError where the store does not do what it is asked."""

    def __init__(self, database: Database[Document]) -> None:
        self._minutes = database.get_collection(COMPLETENESS, write_concern=ACKNOWLEDGED)

    def around(self, wanted: Iterable[tuple[StreamKey, int]]) -> dict[StreamKey, dict[int, Stored]]:
        """Return the minutes wanted, and the one before and after each, as far as they are stored."""
        ids = {
            completeness_id(*key, open_time + near)
            for key, open_time in wanted
            for near in (-MINUTE_MS, 0, MINUTE_MS)
        }
        found: dict[StreamKey, dict[int, Stored]] = {}
        for document in self._minutes.find({"_id": {"$in": list(ids)}}):
            stored = _stored(document)
            found.setdefault(_key(document), {})[stored.minute.open_time] = stored
        return found

    def nearest(self, key: StreamKey, open_time: int, *, later: bool) -> Stored | None:
        """Return the last minute before a time, or the first after it."""
        operator, order = ("$gt", pymongo.ASCENDING) if later else ("$lt", pymongo.DESCENDING)
        wanted = key._asdict() | {"open_time": {operator: date(open_time)}}
        document = self._minutes.find_one(wanted, sort=[("open_time", order)])
        return None if document is None else _stored(document)

    def newest(self, key: StreamKey, count: int) -> list[Minute]:
        """Return the newest minutes of a stream, newest first."""
        found = self._minutes.find(key._asdict()).sort("open_time", pymongo.DESCENDING).limit(count)
        return [minute_of(document) for document in found]

    def with_open_holes(self, key: StreamKey, until: int) -> list[Minute]:
        """Return the minutes of the day before a time of which something is missing."""
        since = {"$gt": date(max(until - LOOK_BACK_MS, 0))}
        found = self._minutes.find(key._asdict() | {"open_time": since, "missing": {"$gt": 0}})
        return [minute_of(document) for document in found]

    def write(self, changes: Sequence[Change]) -> bool:
        """Write minutes over what was read of them; False where another writer was there meanwhile.

        Then some are written and some are not, and what is there now is to be read again.
        """
        operations: list[InsertOne[Document] | ReplaceOne[Document]] = []
        replaced = 0
        for key, minute, stored in changes:
            if stored is None:
                operations.append(InsertOne(document_of(key, minute, 1)))
                continue
            document = document_of(key, minute, stored.revision + 1)
            operations.append(ReplaceOne({"_id": document["_id"], "revision": stored.revision}, document))
            replaced += 1
        if not operations:
            return True
        try:
            return self._minutes.bulk_write(operations, ordered=False).matched_count == replaced
        except BulkWriteError as error:
            details: Mapping[str, Any] = error.details or {}
            if details["writeConcernErrors"] or any(
                failure["code"] != DUPLICATE_KEY for failure in details["writeErrors"]
            ):
                raise
            return False


def _key(document: Document) -> StreamKey:
    return StreamKey(document["market"], document["stream"], document["symbol"])


def _stored(document: Document) -> Stored:
    return Stored(minute_of(document), int(document["revision"]))
