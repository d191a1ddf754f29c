"""MongoDB holds each closed candle once, in its best version, and refuses what is no candle."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pymongo
import pytest
from bson import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import WriteError

from candlestack_core.messages import Candle
from candlestack_core.names import KLINE_1M, KLINE_COLLECTIONS
from candlestack_core.settings import BadSettingError, MongoSettings
from candlestack_core.versions import supersedes
from candlestack_ingest.consumers.sink import StoreAwayError
from candlestack_ingest.stores.candles import CandleSink, connect, document_of, minute_document
from candlestack_ingest.stores.schema import (
    SYMBOL_AND_OPEN_TIME,
    WRITTEN_AT,
    Document,
    candle_validator,
    ensure_candle_collections,
)
from candlestack_local.servers import MongoServer
from records import START, candle, record

pytestmark = pytest.mark.usefixtures("patient_stores")

Database = pymongo.database.Database[Document]
SOON_S = 1.0


def connect_to(server: MongoServer) -> pymongo.MongoClient[Document]:
    return connect(MongoSettings.model_validate({"mongo_uri": server.uri}))


@pytest.fixture(scope="module")
def client(mongo_server: MongoServer) -> Iterator[pymongo.MongoClient[Document]]:
    with connect_to(mongo_server) as client:
        yield client


@pytest.fixture(scope="module")
def database(client: pymongo.MongoClient[Document]) -> Iterator[Database]:
    client.drop_database("CANDLE_SINK")
    ensure_candle_collections(client["CANDLE_SINK"])
    yield client["CANDLE_SINK"]
    client.drop_database("CANDLE_SINK")


def write(database: Database, *candles: Candle) -> None:
    sink = CandleSink(database)
    for made in candles:
        sink.add(record(made))
    assert sink.flush() == []


candles = st.builds(
    candle,
    st.integers(0, 3),
    st.one_of(st.integers(1, 5), st.sampled_from([2**53 - 2, 2**53 - 1])),
    closed=st.booleans(),
    close=st.sampled_from(["1", "1.5", "2"]),
)


@settings(max_examples=60)
@given(batches=st.lists(st.lists(candles, min_size=1, max_size=6), max_size=4))
def test_in_whatever_order_versions_arrive_the_winner_stays(
    database: Database, batches: list[list[Candle]]
) -> None:
    database[KLINE_1M].delete_many({})
    expected: dict[int, Candle] = {}
    for batch in batches:
        write(database, *batch)
        for made in batch:
            if made.closed and (made.open_time not in expected or supersedes(made, expected[made.open_time])):
                expected[made.open_time] = made
    stored = {document["_id"]: document for document in database[KLINE_1M].find({}, {WRITTEN_AT: False})}
    assert stored == {document["_id"]: document for document in map(document_of, expected.values())}


def test_writers_that_race_leave_the_best_version_of_each_candle(database: Database) -> None:
    database[KLINE_1M].delete_many({})
    writers, minutes, rounds = 4, 20, 10

    def race(number: int) -> None:
        for turn in range(rounds):
            # Each has the best version of another part of the minutes.
            write(database, *(candle(m, 1 + turn * writers + (m + number) % writers) for m in range(minutes)))

    threads = [threading.Thread(target=race, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = [document["version"] for document in database[KLINE_1M].find()]
    assert versions == [rounds * writers] * minutes


def test_a_worse_version_never_replaces_and_a_better_one_does(database: Database) -> None:
    database[KLINE_1M].delete_many({})
    for version, close in ((5, "1.5"), (4, "1.1"), (6, "1.9"), (6, "1.2")):
        write(database, candle(0, version, close=close))
    [document] = database[KLINE_1M].find()
    assert (document["version"], document["close"]) == (6, "1.9")


def test_a_forming_candle_is_not_stored(database: Database) -> None:
    database[KLINE_1M].delete_many({})
    write(database, candle(0, 9, closed=False))
    assert database[KLINE_1M].count_documents({}) == 0


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


def test_every_write_of_a_candle_is_later_than_the_one_before_and_what_changes_nothing_writes_nothing(
    database: Database,
) -> None:
    database[KLINE_1M].delete_many({})

    def written() -> list[Timestamp]:
        return [document[WRITTEN_AT] for document in database[KLINE_1M].find().sort("open_time")]

    write(database, candle(0, 5), candle(1, 5))
    first = written()
    assert first[0] < first[1]
    write(database, candle(0, 5), candle(1, 4))
    assert written() == first
    write(database, candle(0, 6))
    assert written()[0] > first[1]
    assert written()[1] == first[1]


def test_what_was_written_since_a_time_is_answered_by_an_index_alone(database: Database) -> None:
    database[KLINE_1M].delete_many({})
    write(database, candle(0, 5), candle(1, 5))
    changed = database[KLINE_1M].find(
        {WRITTEN_AT: {"$gt": Timestamp(1, 1)}}, {"_id": False, "symbol": True, "open_time": True}
    )
    assert len(list(changed.clone())) == 2
    assert changed.explain()["executionStats"]["totalDocsExamined"] == 0


def test_the_store_is_prepared_once_and_found_as_it_should_be_the_second_time(
    client: pymongo.MongoClient[Document],
) -> None:
    client.drop_database("PREPARED")
    database = client["PREPARED"]
    assert len(ensure_candle_collections(database)) == 2 * len(KLINE_COLLECTIONS) + 1
    assert ensure_candle_collections(database) == []
    for interval, name in KLINE_COLLECTIONS.items():
        options = next(database.list_collections(filter={"name": name}))["options"]
        assert options["validator"] == candle_validator(interval)
        index = database[name].index_information()[SYMBOL_AND_OPEN_TIME]
        assert index["unique"]
        assert index["key"] == [("symbol", 1), ("open_time", 1)]
    client.drop_database("PREPARED")


def test_an_index_of_the_same_keys_is_kept_where_it_is_unique_and_made_anew_where_it_is_not(
    client: pymongo.MongoClient[Document],
) -> None:
    client.drop_database("INDEXED")
    database = client["INDEXED"]
    keys = [("symbol", 1), ("open_time", 1)]
    database[KLINE_1M].create_index(keys, name="unique_by_another_name", unique=True)
    database[KLINE_COLLECTIONS["5m"]].create_index(keys, name="not_unique")
    ensure_candle_collections(database)
    assert sorted(database[KLINE_1M].index_information()) == ["_id_", "unique_by_another_name", WRITTEN_AT]
    mended = database[KLINE_COLLECTIONS["5m"]].index_information()
    assert sorted(mended) == ["_id_", SYMBOL_AND_OPEN_TIME]
    assert mended[SYMBOL_AND_OPEN_TIME]["unique"]
    client.drop_database("INDEXED")


def test_a_collection_that_was_made_without_care_is_mended_and_keeps_its_documents(
    client: pymongo.MongoClient[Document],
) -> None:
    client.drop_database("MENDED")
    database = client["MENDED"]
    database[KLINE_1M].insert_one(document_of(candle(0, 1)))
    database.create_collection(
        KLINE_COLLECTIONS["5m"], validator=candle_validator("5m"), validationAction="warn"
    )
    done = ensure_candle_collections(database)
    assert f"changed the validator of {KLINE_1M}" in done
    assert f"changed the validator of {KLINE_COLLECTIONS['5m']}" in done
    assert ensure_candle_collections(database) == []
    assert database[KLINE_1M].count_documents({}) == 1
    client.drop_database("MENDED")


@pytest.mark.parametrize(
    "change",
    [
        {"close": 1.5},
        {"close": "1.50"},
        {"close": "1.5\n"},
        {"volume": "-1"},
        {"volume": "1e3"},
        {"open_time": START},
        {"trades": 3},
        {"trades": -1},
        {"version": 1.0},
        {"closed": False},
        {"interval": "5m"},
        {"source": "somewhere"},
        {"completeness": "maybe"},
        {"symbol": "X"},
        {"extra": 1},
        {"_id": f"ETHUSDT:{START}"},
        {"_id": f"BTCUSDT:{START + 1}"},
    ],
    ids=str,
)
def test_the_validator_refuses_what_is_no_candle(database: Database, change: Document) -> None:
    with pytest.raises(WriteError, match="failed validation"):
        database[KLINE_1M].insert_one(minute_document(candle(0, 1)) | change)


@pytest.mark.parametrize("field", sorted(minute_document(candle(0, 1)).keys() - {"_id"}))
def test_the_validator_asks_for_every_field(database: Database, field: str) -> None:
    document = minute_document(candle(0, 1))
    del document[field]
    with pytest.raises(WriteError, match="failed validation"):
        database[KLINE_1M].insert_one(document)


def test_a_killed_mongod_has_every_candle_it_acknowledged(own_mongo_server: MongoServer) -> None:
    with connect_to(own_mongo_server) as client:
        sink = CandleSink(client["KILLED"])
        sink.open()
        for minute in range(50):
            sink.add(record(candle(minute, 1)))
        sink.flush()
        own_mongo_server.kill()
        sink.add(record(candle(50, 1)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("candlestack_ingest.stores.candles.TIMEOUT_S", SOON_S)
            with pytest.raises(StoreAwayError):
                sink.flush()
        own_mongo_server.restart()
        sink.flush()
        assert client["KILLED"][KLINE_1M].count_documents({}) == 51


@pytest.mark.parametrize("uri", ["mongodb://", "mongodb://localhost:99999", "mongodb://u:p@ss@localhost"])
def test_a_connection_string_that_is_none_is_a_bad_setting(uri: str) -> None:
    with pytest.raises(BadSettingError, match="MONGO_URI"):
        connect(MongoSettings.model_validate({"mongo_uri": uri}))
