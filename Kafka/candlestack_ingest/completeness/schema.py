"""The collection of the completeness ledger: validator and indexes, made once, mended when they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pymongo
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from candlestack_core.names import COMPLETENESS
from candlestack_ingest.stores.schema import Document

STREAM_AND_OPEN_TIME: Final = "stream_open_time"
OPEN_TIME: Final = "open_time"
EXPIRY: Final = "expiry"
"""The index by which MongoDB deletes minutes: by the arrival of what they tell, since a replay's own times are old."""
_DAY_S: Final = 86_400
_ID_FIELDS: Final = ("market", "stream", "symbol")
_INDEXES: Final[dict[str, Sequence[str]]] = {
    STREAM_AND_OPEN_TIME: (*_ID_FIELDS, "open_time"),
    OPEN_TIME: ("open_time",),
}
_ID_OF_THE_MINUTE: Final = {
    "$eq": [
        "$_id",
        {
            "$concat": [
                *(part for name in _ID_FIELDS for part in (f"${name}", ":")),
                {
                    "$toString": {
                        "$convert": {"input": "$open_time", "to": "long", "onError": None, "onNull": None}
                    }
                },
            ]
        },
    ]
}
"""`names.completeness_id` in MongoDB's words."""
_COUNT: Final[Document] = {"bsonType": "long", "minimum": 0}
_ID: Final[Document] = {"bsonType": "long", "minimum": -1}
"""Of what precedes id 0, -1 is the one before."""
_DATE: Final[Document] = {"bsonType": "date"}


def _list_of(properties: Document) -> Document:
    return {"bsonType": "array", "items": _object_of(properties)}


def _object_of(properties: Document) -> Document:
    return {
        "bsonType": "object",
        "required": sorted(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def completeness_validator() -> Document:
    """Return the validator of the minutes of the completeness ledger: every field, no other, and the `_id`."""
    run = {"first_id": _COUNT, "last_id": _COUNT}
    properties: Document = {
        "_id": {"bsonType": "string"},
        "market": {"enum": ["spot", "usdm"]},
        "stream": {"enum": ["depth", "kline_1m", "trade"]},
        "symbol": {"bsonType": "string", "minLength": 2, "maxLength": 40},
        "open_time": _DATE,
        **dict.fromkeys(("expected", "received", "filled", "missing"), _COUNT),
        "holes": _list_of(
            {
                **run,
                "count": _COUNT | {"minimum": 1},
                "how": {"enum": ["rest", "snapshot", None]},
                "filled_at": {"bsonType": ["date", "null"]},
            }
        ),
        "streamed": _list_of(run),
        "fetched": _list_of({**run, "at": _DATE}),
        "synced": _list_of({"update_id": _COUNT, "at": _DATE}),
        "after": _ID | {"bsonType": ["long", "null"]},
        "sources": {"bsonType": "array", "items": {"bsonType": "string"}},
        "arrived_at": _DATE,
        "revision": _COUNT | {"minimum": 1},
    }
    return {"$jsonSchema": _object_of(properties), "$expr": _ID_OF_THE_MINUTE}


def ensure_completeness_collection(database: Database[Document], keep_days: int) -> list[str]:
    """Make the collection be as it should; return what was done, a line each. Idempotent.

    Raises:
        pymongo.errors.PyMongoError: when MongoDB does not answer or refuses.
    """
    return [*_ensure_validator(database), *_ensure_indexes(database, keep_days)]


def _ensure_validator(database: Database[Document]) -> list[str]:
    wanted: Document = {
        "validator": completeness_validator(),
        "validationLevel": "strict",
        "validationAction": "error",
    }
    present = next(database.list_collections(filter={"name": COMPLETENESS}), None)
    if present is None:
        try:
            database.create_collection(COMPLETENESS, **wanted)
        except CollectionInvalid:
            # Another process made it between our look and our request.
            return []
        return [f"created {COMPLETENESS}"]
    if {name: present["options"].get(name) for name in wanted} != wanted:
        database.command("collMod", COMPLETENESS, **wanted)
        return [f"changed the validator of {COMPLETENESS}"]
    return []


def _ensure_indexes(database: Database[Document], keep_days: int) -> list[str]:
    collection = database[COMPLETENESS]
    indexes = collection.index_information()
    done = []
    for name, fields in _INDEXES.items():
        if name not in indexes:
            collection.create_index([(field, pymongo.ASCENDING) for field in fields], name=name)
            done.append(f"created the index {name} of {COMPLETENESS}")
    seconds = keep_days * _DAY_S
    if EXPIRY not in indexes:
        collection.create_index("arrived_at", name=EXPIRY, expireAfterSeconds=seconds)
        done.append(f"created the index {EXPIRY} of {COMPLETENESS}")
    elif indexes[EXPIRY].get("expireAfterSeconds") != seconds:
        database.command("collMod", COMPLETENESS, index={"name": EXPIRY, "expireAfterSeconds": seconds})
        done.append(f"changed the index {EXPIRY} of {COMPLETENESS}: {keep_days} days")
    return done
