"""MongoDB holds each closed candle once, in its best version, and refuses what is no candle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import WriteError

from candlestack_core.messages import Candle
from candlestack_core.names import KLINE_1M, KLINE_COLLECTIONS
from candlestack_core.settings import MongoSettings
from candlestack_core.versions import supersedes
from candlestack_ingest.consumers.sink import StoreAwayError
from candlestack_ingest.stores.candles import CandleSink, connect, document_of
from candlestack_ingest.stores.schema import ensure_candle_collections
from candlestack_local.servers import MongoServer
from records import candle, record

Database = pymongo.database.Database[dict[str, Any]]


def connect_to(server: MongoServer) -> pymongo.MongoClient[dict[str, Any]]:
    return connect(MongoSettings.model_validate({"mongo_uri": server.uri}))


@pytest.fixture(scope="module")
def database(mongo_server: MongoServer) -> Iterator[Database]:
    with connect_to(mongo_server) as client:
        client.drop_database("CANDLE_SINK")
        ensure_candle_collections(client["CANDLE_SINK"])
        yield client["CANDLE_SINK"]
        client.drop_database("CANDLE_SINK")


candles = st.builds(
    candle,
    st.integers(0, 3),
    st.integers(1, 5),
    closed=st.booleans(),
    close=st.sampled_from(["1", "1.5", "2"]),
)


@settings(max_examples=60)
@given(batches=st.lists(st.lists(candles, min_size=1, max_size=6), max_size=4))
def test_in_whatever_order_versions_arrive_the_winner_stays(
    database: Database, batches: list[list[Candle]]
) -> None:
    database[KLINE_1M].delete_many({})
    sink = CandleSink(database)
    expected: dict[int, Candle] = {}
    for batch in batches:
        for made in batch:
            sink.add(record(made))
            if made.closed and (made.open_time not in expected or supersedes(made, expected[made.open_time])):
                expected[made.open_time] = made
        assert sink.flush() == []
    stored = {document["_id"]: document for document in database[KLINE_1M].find()}
    assert stored == {document["_id"]: document for document in map(document_of, expected.values())}


def test_a_worse_version_never_replaces_and_a_better_one_does(database: Database) -> None:
    database[KLINE_1M].delete_many({})
    sink = CandleSink(database)
    for version, close in ((5, "1.5"), (4, "1.1"), (6, "1.9"), (6, "1.2")):
        sink.add(record(candle(0, version, close=close)))
        sink.flush()
    [document] = database[KLINE_1M].find()
    assert (document["version"], document["close"]) == (6, "1.9")


def test_a_record_that_the_validator_refuses_is_given_back_and_the_others_are_written(
    database: Database,
) -> None:
    database[KLINE_1M].delete_many({})
    database.command("collMod", KLINE_1M, validator={"symbol": {"$ne": "BADUSDT"}})
    sink = CandleSink(database)
    bad = record(candle(0, 1, symbol="BADUSDT"))
    sink.add(bad)
    sink.add(record(candle(0, 1)))
    [refusal] = sink.flush()
    assert refusal.record == bad
    assert "validator" in refusal.reason
    assert [document["symbol"] for document in database[KLINE_1M].find()] == ["BTCUSDT"]
    assert ensure_candle_collections(database) == [f"changed the validator of {KLINE_1M}"]


def test_the_store_is_prepared_once_and_found_as_it_should_be_the_second_time(
    mongo_server: MongoServer,
) -> None:
    with connect_to(mongo_server) as client:
        client.drop_database("PREPARED")
        done = ensure_candle_collections(client["PREPARED"])
        assert len(done) == 2 * len(KLINE_COLLECTIONS)
        assert ensure_candle_collections(client["PREPARED"]) == []
        client.drop_database("PREPARED")


@pytest.mark.parametrize(
    "change",
    [
        {"close": 1.5},
        {"close": "1.50"},
        {"volume": "-1"},
        {"open_time": 1_700_000_040_000},
        {"closed": False},
        {"interval": "5m"},
        {"extra": 1},
    ],
)
def test_the_validator_refuses_what_is_no_candle(database: Database, change: dict[str, object]) -> None:
    database[KLINE_1M].delete_many({})
    with pytest.raises(WriteError, match="failed validation"):
        database[KLINE_1M].insert_one(document_of(candle(0, 1)) | change)


def test_a_killed_mongod_has_every_candle_it_acknowledged(own_mongo_server: MongoServer) -> None:
    with connect_to(own_mongo_server) as client:
        sink = CandleSink(client["KILLED"])
        sink.open()
        for minute in range(50):
            sink.add(record(candle(minute, 1)))
        sink.flush()
        own_mongo_server.kill()
        sink.add(record(candle(50, 1)))
        with pytest.raises(StoreAwayError):
            sink.flush()
        own_mongo_server.start()
        own_mongo_server.wait_ready()
        sink.flush()
        assert client["KILLED"][KLINE_1M].count_documents({}) == 51
