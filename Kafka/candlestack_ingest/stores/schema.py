"""Validators and indexes of the candle collections: made once, mended when they differ, never in the way."""

from __future__ import annotations

from typing import Any

import pymongo
from candlestack_core.decimals import AMOUNT_PATTERN
from candlestack_core.names import KLINE_COLLECTIONS
from pymongo.errors import CollectionInvalid

Document = dict[str, Any]

PAIR_AND_TIME = "pair_and_time"

_AMOUNT = {"bsonType": "string", "pattern": AMOUNT_PATTERN}
_AMOUNTS = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quote_volume",
    "taker_buy_volume",
    "taker_buy_quote_volume",
)


def candle_validator(interval: str) -> Document:
    """Return the JSON schema of an interval's collection: every field of a candle, and no other."""
    properties: Document = {
        "_id": {"bsonType": "string"},
        "symbol": {"bsonType": "string"},
        "interval": {"enum": [interval]},
        "open_time": {"bsonType": "date"},
        "close_time": {"bsonType": "date"},
        **dict.fromkeys(_AMOUNTS, _AMOUNT),
        "trades": {"bsonType": "long", "minimum": 0},
        "closed": {"enum": [True]},
        "version": {"bsonType": "long", "minimum": 0},
        "source": {"bsonType": "string"},
        "completeness": {"enum": ["complete", "backfilled", "partial"]},
    }
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": sorted(properties),
            "additionalProperties": False,
            "properties": properties,
        }
    }


def ensure_candle_collections(database: pymongo.database.Database[Document]) -> list[str]:
    """Make every candle collection be as it should; return what was done, a line each. Idempotent.

    Raises:
        pymongo.errors.PyMongoError: when MongoDB does not answer or refuses.
    """
    done: list[str] = []
    present = {info["name"]: info["options"] for info in database.list_collections()}
    for interval, name in KLINE_COLLECTIONS.items():
        validator = candle_validator(interval)
        if name not in present:
            try:
                database.create_collection(name, validator=validator)
                done.append(f"created {name}")
            except CollectionInvalid:
                # Another process made it between our look and our request.
                done.append(f"found {name}")
        elif present[name].get("validator") != validator:
            database.command("collMod", name, validator=validator)
            done.append(f"changed the validator of {name}")
        if PAIR_AND_TIME not in database[name].index_information():
            keys = [("symbol", pymongo.ASCENDING), ("open_time", pymongo.ASCENDING)]
            database[name].create_index(keys, name=PAIR_AND_TIME, unique=True)
            done.append(f"created the index {PAIR_AND_TIME} of {name}")
    return done
