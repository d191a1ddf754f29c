"""Validators and indexes of the candle collections: made once, mended when they differ, never in the way."""

from __future__ import annotations

from typing import Any

import msgspec
import msgspec.inspect
import pymongo
from msgspec.inspect import BoolType, Field, IntType, LiteralType, StrType, StructType
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from candlestack_core.messages import Candle
from candlestack_core.names import KLINE_COLLECTIONS

Document = dict[str, Any]

SYMBOL_AND_OPEN_TIME = "symbol_open_time"

DATES = frozenset({"open_time", "close_time"})
"""Fields in ms on the wire that are stored as UTC dates."""

WRITTEN_AT = "written_at"
"""When MongoDB wrote a 1m candle, by its own clock, no two at the same time."""

_COUNTS: Document = {
    "children": {"bsonType": "long", "minimum": 1},
    "expected_children": {"bsonType": "long", "minimum": 1},
}

# `names.candle_id` in MongoDB's words. A time that is no date fails the schema; here it only may not be an error.
_ID_OF_THE_CANDLE = {
    "$eq": [
        "$_id",
        {
            "$concat": [
                "$symbol",
                ":",
                {
                    "$toString": {
                        "$convert": {"input": "$open_time", "to": "long", "onError": None, "onNull": None}
                    }
                },
            ]
        },
    ]
}


def candle_validator(interval: str) -> Document:
    """Return the validator of an interval's collection.

    Every field of `messages.Candle` with the bounds it has there, closed candles only, and the `_id` that
    follows from symbol and open time. Of 1m candles also when they were written, by which a roll-up finds what
    is new; of longer ones the number of 1m candles they were made from and should be. No other field.
    """
    described = msgspec.inspect.type_info(Candle)
    if not isinstance(described, StructType):
        raise TypeError("a candle is a struct")
    properties = {
        "_id": {"bsonType": "string"},
        **{field.encode_name: _schema_of(field) for field in described.fields},
        "interval": {"enum": [interval]},
        "closed": {"enum": [True]},
        **({WRITTEN_AT: {"bsonType": "timestamp"}} if interval == "1m" else _COUNTS),
    }
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": sorted(properties),
            "additionalProperties": False,
            "properties": properties,
        },
        "$expr": _ID_OF_THE_CANDLE,
    }


def _schema_of(field: Field) -> Document:
    """Return the JSON schema of a message's field as MongoDB stores it."""
    if field.encode_name in DATES:
        return {"bsonType": "date"}
    match field.type:
        case StrType(pattern=pattern, min_length=shortest, max_length=longest):
            bounds = {"pattern": pattern, "minLength": shortest, "maxLength": longest}
            return {"bsonType": "string"} | {name: to for name, to in bounds.items() if to is not None}
        case IntType(ge=least):
            return {"bsonType": "long"} if least is None else {"bsonType": "long", "minimum": least}
        case BoolType():
            return {"bsonType": "bool"}
        case LiteralType(values=values):
            return {"enum": sorted(values, key=str)}
        case _:
            raise TypeError(f"{field.encode_name}: no schema is known for {field.type}")


def ensure_candle_collections(database: Database[Document]) -> list[str]:
    """Make every candle collection be as it should; return what was done, a line each. Idempotent.

    Documents that are there already are not looked at: a validator judges what is written from now on.

    Raises:
        pymongo.errors.PyMongoError: when MongoDB does not answer or refuses.
    """
    done: list[str] = []
    present = {info["name"]: info["options"] for info in database.list_collections()}
    for interval, name in KLINE_COLLECTIONS.items():
        validator = candle_validator(interval)
        if name not in present:
            done += _create(database, name, validator)
        elif _differs(present[name], validator):
            database.command(
                "collMod", name, validator=validator, validationLevel="strict", validationAction="error"
            )
            done.append(f"changed the validator of {name}")
        done += _ensure_index(database, name)
    done += _ensure_written_at_index(database)
    return done


def _create(database: Database[Document], name: str, validator: Document) -> list[str]:
    try:
        database.create_collection(
            name, validator=validator, validationLevel="strict", validationAction="error"
        )
    except CollectionInvalid:
        # Another process made it between our look and our request.
        return []
    return [f"created {name}"]


def _differs(options: Document, validator: Document) -> bool:
    return (
        options.get("validator") != validator
        or options.get("validationLevel", "strict") != "strict"
        or options.get("validationAction", "error") != "error"
    )


def _ensure_index(database: Database[Document], name: str) -> list[str]:
    """Make the index by which a pair's candles are read in the order of time."""
    keys = [("symbol", pymongo.ASCENDING), ("open_time", pymongo.ASCENDING)]
    for present, about in database[name].index_information().items():
        if about["key"] == keys:
            if about.get("unique"):
                return []  # under whatever name: MongoDB refuses a second index of the same keys
            database[name].drop_index(present)
    database[name].create_index(keys, name=SYMBOL_AND_OPEN_TIME, unique=True)
    return [f"created the index {SYMBOL_AND_OPEN_TIME} of {name}"]


def _ensure_written_at_index(database: Database[Document]) -> list[str]:
    """Make the index that by itself answers which pairs and times have changed since a roll-up looked."""
    candles = database[KLINE_COLLECTIONS["1m"]]
    if WRITTEN_AT in candles.index_information():
        return []
    keys = [(field, pymongo.ASCENDING) for field in (WRITTEN_AT, "symbol", "open_time")]
    candles.create_index(keys, name=WRITTEN_AT)
    return [f"created the index {WRITTEN_AT} of {candles.name}"]
