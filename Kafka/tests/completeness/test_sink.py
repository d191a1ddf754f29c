"""The ledger's store: what records tell, kept in a real MongoDB, whatever the order and however often it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pymongo
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pymongo.errors import WriteError

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Record
from candlestack_core.names import COMPLETENESS, completeness_id
from candlestack_core.settings import MongoSettings
from candlestack_core.topics import KLINE_1M
from candlestack_ingest.completeness.schema import EXPIRY, ensure_completeness_collection
from candlestack_ingest.completeness.sightings import readers
from candlestack_ingest.completeness.sink import CompletenessSink
from candlestack_ingest.consumers.sink import NotUnderstoodError, StoreAwayError
from candlestack_ingest.stores.candles import connect
from candlestack_ingest.stores.schema import Document
from candlestack_local.servers import MongoServer
from ledger_records import a_book, a_candle, a_diff, a_trade, record_of
from records import START

pytestmark = pytest.mark.usefixtures("patient_stores")

Database = pymongo.database.Database[Document]
S = "BTCUSDT"
SOON_S = 1.0
KEEP_DAYS = 10_000
"""What is recorded here arrived years ago: the store must not forget it while a test looks on."""


@pytest.fixture(scope="module")
def client(mongo_server: MongoServer) -> Iterator[pymongo.MongoClient[Document]]:
    with connect(MongoSettings.model_validate({"mongo_uri": mongo_server.uri})) as client:
        yield client


@pytest.fixture(scope="module")
def database(client: pymongo.MongoClient[Document]) -> Iterator[Database]:
    client.drop_database("LEDGER_SINK")
    ensure_completeness_collection(client["LEDGER_SINK"], KEEP_DAYS)
    yield client["LEDGER_SINK"]
    client.drop_database("LEDGER_SINK")


@pytest.fixture
def empty(database: Database) -> Database:
    database[COMPLETENESS].delete_many({})
    return database


def a_sink(database: Database) -> CompletenessSink:
    return CompletenessSink(
        database, readers(KLINE_1M), keep_days=KEEP_DAYS, clock_ms=lambda: START + 10 * MINUTE_MS
    )


def tell(sink: CompletenessSink, records: Sequence[Record]) -> None:
    """Add records and flush them."""
    for record in records:
        sink.add(record)
    assert sink.flush() == []
    assert sink.size() == 0


def documents(database: Database) -> dict[str, Document]:
    """Return what is stored by `_id`, without how often it was written."""
    found = database[COMPLETENESS].find({}, {"revision": False})
    return {document["_id"]: document for document in found}


def minute(database: Database, stream: str, number: int, *, market: str = "spot", symbol: str = S) -> Any:
    """Return the document of a minute, its holes as (first, last, how, filled after so many ms)."""
    key = completeness_id(market, stream, symbol, START + number * MINUTE_MS)
    document = database[COMPLETENESS].find_one({"_id": key})
    assert document is not None, key
    document["holes"] = [
        (
            hole["first_id"],
            hole["last_id"],
            hole["how"],
            hole["filled_at"] and round(hole["filled_at"].timestamp() * 1000) - START,
        )
        for hole in document["holes"]
    ]
    return document


def figures(document: Document) -> tuple[int, int, int, int]:
    expected, received, filled, missing = (
        document[name] for name in ("expected", "received", "filled", "missing")
    )
    return expected, received, filled, missing


trades = st.builds(
    lambda number, by_rest, at: record_of(a_trade(number, number // 7, S, by_rest=by_rest), at),
    st.integers(0, 40),
    st.booleans(),
    st.integers(1, 5),
)
candles = st.builds(
    lambda minute, by_rest, at: record_of(a_candle(minute, S, by_rest=by_rest), at),
    st.integers(0, 12),
    st.booleans(),
    st.integers(1, 5),
)
diffs = st.builds(
    lambda first, length: record_of(a_diff(first, first + length, first // 10, S)),
    st.integers(0, 60),
    st.integers(0, 4),
)
BOOKS = [record_of(a_book(number, S), at=100 + number) for number in range(5, 60, 5)]


@settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    records=st.lists(trades | candles | diffs, min_size=1, max_size=25),
    again=st.integers(0, 25),
    cuts=st.lists(st.integers(0, 50), max_size=4),
    random=st.randoms(),
)
def test_any_order_any_repetition_and_any_batches_leave_the_same_documents(
    database: Database, records: list[Record], again: int, cuts: list[int], random: Random
) -> None:
    database[COMPLETENESS].delete_many({})
    tell(a_sink(database), records)
    tell(a_sink(database), BOOKS)
    expected = documents(database)

    database[COMPLETENESS].delete_many({})
    shuffled = [*records, *records[again:]]
    random.shuffle(shuffled)
    bounds = [0, *sorted(cuts), len(shuffled)]
    sink = a_sink(database)
    for first, last in pairwise(bounds):
        tell(sink, shuffled[first:last])
        if random.random() < 0.3:
            sink = a_sink(database)  # a process that was killed, and knows nothing
    tell(sink, BOOKS)
    assert documents(database) == expected


def test_a_gap_in_trades_is_named_and_goes_to_the_minute_that_rest_finds_it_in(empty: Database) -> None:
    sink = a_sink(empty)
    holes_before = holes_counted("trade")
    tell(sink, [record_of(a_trade(number, 0, S)) for number in range(10, 15)])
    tell(sink, [record_of(a_trade(number, 1, S)) for number in (18, 19, 20)])
    assert minute(empty, "trade", 1)["holes"] == [(15, 17, None, None)]
    assert figures(minute(empty, "trade", 1)) == (6, 3, 0, 3)

    tell(sink, [record_of(a_trade(15, 0, S, by_rest=True), at=400)])
    tell(a_sink(empty), [record_of(a_trade(17, 1, S, by_rest=True), at=500)])
    assert minute(empty, "trade", 0)["holes"] == [(15, 15, "rest", 400)]
    assert minute(empty, "trade", 1)["holes"] == [(16, 16, None, None), (17, 17, "rest", 500)]
    assert figures(minute(empty, "trade", 1)) == (5, 3, 1, 1)
    assert holes_counted("trade") == holes_before + 1


def test_a_late_trade_shortens_the_hole_before_the_next_minute_that_is_known(empty: Database) -> None:
    sink = a_sink(empty)
    tell(sink, [record_of(a_trade(1, 0, S)), record_of(a_trade(9, 5, S))])
    assert minute(empty, "trade", 5)["holes"] == [(2, 8, None, None)]
    tell(sink, [record_of(a_trade(4, 0, S, by_rest=True), at=30)])
    assert minute(empty, "trade", 0)["holes"] == [(2, 3, None, None), (4, 4, "rest", 30)]
    assert minute(empty, "trade", 5)["holes"] == [(5, 8, None, None)]
    tell(a_sink(empty), [record_of(a_trade(6, 2, S, by_rest=True), at=40)])
    assert minute(empty, "trade", 2)["holes"] == [(5, 5, None, None), (6, 6, "rest", 40)]
    assert minute(empty, "trade", 5)["holes"] == [(7, 8, None, None)]


def holes_counted(stream: str) -> float:
    labels = {"market": "spot", "stream": stream, "symbol": S}
    return REGISTRY.get_sample_value("candlestack_completeness_holes_total", labels) or 0.0


def test_a_futures_chain_without_a_gap_is_one_run_and_a_broken_one_names_what_is_missing(
    empty: Database,
) -> None:
    chain = [a_diff(u - 5, u, 0, S, market="usdm", previous=u - 10) for u in (110, 120, 130)]
    tell(a_sink(empty), [record_of(diff) for diff in chain])
    document = minute(empty, "depth", 0, market="usdm")
    assert document["streamed"] == [{"first_id": 101, "last_id": 130}]
    assert document["holes"] == []
    tell(a_sink(empty), [record_of(a_diff(155, 160, 1, S, market="usdm", previous=150))])
    document = minute(empty, "depth", 1, market="usdm")
    assert document["holes"] == [(131, 150, None, None)]
    assert figures(document) == (30, 10, 0, 20)


def test_spot_and_futures_of_one_pair_are_two_books(empty: Database) -> None:
    sink = a_sink(empty)
    tell(sink, [record_of(a_diff(1, 5, 0, S)), record_of(a_diff(9, 12, 0, S))])
    tell(sink, [record_of(a_diff(900, 912, 0, S, market="usdm", previous=890))])
    tell(sink, [record_of(a_book(912, S, market="usdm"), at=50)])
    assert minute(empty, "depth", 0)["holes"] == [(6, 8, None, None)]
    assert minute(empty, "depth", 0, market="usdm")["holes"] == []


def test_a_hole_in_a_book_is_healed_by_the_first_state_in_sequence_beyond_it(empty: Database) -> None:
    sink = a_sink(empty)
    tell(sink, [record_of(a_diff(1, 5, 0, S)), record_of(a_book(5, S), at=10)])
    tell(sink, [record_of(a_diff(9, 12, 0, S)), record_of(a_book(5, S, state="resyncing"), at=20)])
    assert minute(empty, "depth", 0)["holes"] == [(6, 8, None, None)]
    # The process is killed; the next one finds the open hole in the store.
    again = a_sink(empty)
    tell(again, [record_of(a_book(7, S), at=25), record_of(a_book(9, S, state="resyncing"), at=28)])
    assert minute(empty, "depth", 0)["holes"] == [(6, 8, None, None)]
    tell(again, [record_of(a_book(14, S), at=30), record_of(a_book(15, S), at=40)])
    assert minute(empty, "depth", 0)["holes"] == [(6, 8, "snapshot", 30)]
    assert figures(minute(empty, "depth", 0)) == (12, 9, 3, 0)


def test_minutes_without_a_candle_are_known_and_filled_when_it_comes(empty: Database) -> None:
    sink = a_sink(empty)
    tell(sink, [record_of(a_candle(0, S))])
    tell(sink, [record_of(a_candle(3, S))])
    assert [figures(minute(empty, "kline_1m", number)) for number in range(4)] == [
        (1, 1, 0, 0),
        (1, 0, 0, 1),
        (1, 0, 0, 1),
        (1, 1, 0, 0),
    ]
    tell(sink, [record_of(a_candle(2, S, by_rest=True), at=700), record_of(a_candle(3, S, by_rest=True))])
    opened = START + 2 * MINUTE_MS
    assert minute(empty, "kline_1m", 2)["holes"] == [(opened, opened, "rest", 700)]
    assert figures(minute(empty, "kline_1m", 1)) == (1, 0, 0, 1)
    assert figures(minute(empty, "kline_1m", 3)) == (1, 1, 0, 0)


def test_a_forming_candle_and_a_book_out_of_sequence_tell_nothing(empty: Database) -> None:
    sink = a_sink(empty)
    forming = record_of(a_candle(0, S))
    forming_value = forming.value.replace(b'"closed":true', b'"closed":false')
    sink.add(Record(KLINE_1M, 0, 0, START, b"", forming_value, ()))
    sink.add(record_of(a_book(5, S, state="stale")))
    assert sink.size() == 0


def test_another_source_or_smaller_ids_begin_a_new_chain(empty: Database) -> None:
    sink = a_sink(empty)
    tell(sink, [record_of(a_trade(1_000, 0, S))])
    tell(sink, [record_of(a_trade(10, 1, S)), record_of(a_trade(11, 1, S))])
    tell(sink, [record_of(a_trade(500, 2, S, source="replay"))])
    assert [minute(empty, "trade", number)["holes"] for number in range(3)] == [[], [], []]


def test_two_members_that_hold_the_same_minutes_lose_nothing_of_each_other(empty: Database) -> None:
    members, trades_each = 4, 30

    def work(number: int) -> None:
        sink = a_sink(empty)
        for count in range(trades_each):
            made = record_of(a_trade(1 + number + count * members, count // 10, S))
            sink.add(made)
            while True:
                try:
                    sink.flush()
                    break
                except StoreAwayError:
                    continue  # as the loop does: it is offered again

    threads = [threading.Thread(target=work, args=(number,)) for number in range(members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [minute(empty, "trade", number)["streamed"] for number in range(3)]
    assert ids == [
        [{"first_id": 1, "last_id": 40}],
        [{"first_id": 41, "last_id": 80}],
        [{"first_id": 81, "last_id": 120}],
    ]


def test_what_did_not_change_is_not_written(empty: Database) -> None:
    records = [record_of(a_trade(number, 0, S)) for number in (1, 2, 5)]
    tell(a_sink(empty), records)
    tell(a_sink(empty), records)
    assert minute(empty, "trade", 0)["revision"] == 1


def test_the_last_hour_is_on_the_metrics_and_minutes_beyond_it_are_not(empty: Database) -> None:
    symbol = "METRICUSDT"
    tell(a_sink(empty), [record_of(a_trade(number, 0, symbol)) for number in (1, 2)])
    sink = a_sink(empty)
    tell(sink, [record_of(a_trade(5, 1, symbol)), record_of(a_trade(4, 1, symbol, by_rest=True))])
    tell(sink, [record_of(a_trade(1_000, -51, symbol)), record_of(a_trade(2_000, 200, symbol))])

    def gauge(name: str) -> float | None:
        labels = {"market": "spot", "stream": "trade", "symbol": symbol}
        return REGISTRY.get_sample_value(f"candlestack_completeness_{name}", labels)

    names = ("expected", "received", "filled", "missing")
    assert [gauge(name) for name in names] == [5.0, 3.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (Record("crypto_trades", 0, 0, 0, b"", b"{", ()), "truncated"),
        (Record("orderbook_update", 0, 0, 0, b"", b'{"market":"spot"}', ()), "missing required field"),
        (Record("crypto_orderbook", 0, 0, 0, b"", b"\xff", ()), "malformed"),
        (record_of(a_diff(9, 5, 0, S)), "update ids from 9 to 5"),
        (record_of(a_diff(1, 5, 0, S, market="usdm")), "without the id of the one before"),
        (record_of(a_trade(1, 5_000_000_000, S)), "year 9999"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_record_of_its_topic_is_refused_with_the_reason(
    empty: Database, record: Record, words: str
) -> None:
    sink = a_sink(empty)
    with pytest.raises(NotUnderstoodError, match=words):
        sink.add(record)
    assert sink.size() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"_id": "other"},
        {"missing": -1},
        {"stream": "ticker"},
        {"open_time": 5},
        {"extra": 1},
        {"holes": [{}]},
    ],
    ids=str,
)
def test_the_validator_refuses_what_is_no_minute(empty: Database, change: Document) -> None:
    tell(a_sink(empty), [record_of(a_trade(1, 0, S))])
    [document] = empty[COMPLETENESS].find()
    empty[COMPLETENESS].delete_many({})
    with pytest.raises(WriteError, match="failed validation"):
        empty[COMPLETENESS].insert_one(document | change)


def test_the_collection_is_prepared_once_and_a_new_number_of_days_is_taken_over(
    client: pymongo.MongoClient[Document],
) -> None:
    client.drop_database("LEDGER_PREPARED")
    database = client["LEDGER_PREPARED"]
    assert len(ensure_completeness_collection(database, 30)) == 4
    assert ensure_completeness_collection(database, 30) == []
    assert database[COMPLETENESS].index_information()[EXPIRY]["expireAfterSeconds"] == 30 * 86_400
    assert ensure_completeness_collection(database, 7) == ["changed the index expiry of completeness: 7 days"]
    assert database[COMPLETENESS].index_information()[EXPIRY]["expireAfterSeconds"] == 7 * 86_400
    client.drop_database("LEDGER_PREPARED")


def test_a_store_that_is_away_keeps_the_batch_for_later(own_mongo_server: MongoServer) -> None:
    with connect(MongoSettings.model_validate({"mongo_uri": own_mongo_server.uri})) as client:
        sink = a_sink(client["LEDGER_AWAY"])
        sink.open()
        tell(sink, [record_of(a_trade(1, 0, S))])
        own_mongo_server.kill()
        sink.add(record_of(a_trade(2, 0, S)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("candlestack_ingest.completeness.sink.TIMEOUT_S", SOON_S)
            with pytest.raises(StoreAwayError):
                sink.flush()
        assert sink.size() == 1
        own_mongo_server.restart()
        sink.open()
        assert sink.flush() == []
        assert minute(client["LEDGER_AWAY"], "trade", 0)["streamed"] == [{"first_id": 1, "last_id": 2}]
