"""Roll-ups from the store into the store, on a real MongoDB and a real Spark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bson import Int64, Timestamp
from pymongo import ReplaceOne
from pymongo.collection import Collection

from batch_candles import DAY, FIGURES, document, thin
from candlestack_core.decimals import canonical_decimal
from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_core.names import JOB_RUNS, KLINE_1M, KLINE_COLLECTIONS
from candlestack_core.settings import MongoSettings
from candlestack_spark.arguments import BadArgumentError
from candlestack_spark.rollups.job import run
from candlestack_spark.rollups.spans import PARENT_INTERVALS, Span
from candlestack_spark.rollups.task import RestlessError, roll_up_span
from candlestack_spark.session import Spark
from candlestack_spark.stores.documents import Document, time_of
from candlestack_spark.stores.mongo import CandleStore

ROOT = Path(__file__).resolve().parents[3]
M5, H1, H4, D1 = PARENT_INTERVALS
DAYS = 3
"""Of candles in a job that is killed: enough for it to be half way when its first parents are seen."""


def put(store: CandleStore, documents: Iterable[Document]) -> None:
    """Write 1m candles as the candle writer does, the new ones in the place of the old."""
    store.database[KLINE_1M].bulk_write(
        [ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in documents]
    )


def minutes_of_a_day(symbol: str, count: int = 1440, **changes: Any) -> list[Document]:
    return [document(symbol, DAY + minute * MINUTE_MS, **changes) for minute in range(count)]


def parents(store: CandleStore, interval: Interval) -> dict[tuple[str, int], Document]:
    found = store.database[KLINE_COLLECTIONS[interval.value]].find({}, {"_id": False})
    return {(each["symbol"], time_of(each["open_time"])): each for each in found}


def everything(store: CandleStore) -> dict[Interval, dict[tuple[str, int], Document]]:
    return {interval: parents(store, interval) for interval in PARENT_INTERVALS}


def newest_run(store: CandleStore, interval: Interval) -> Document:
    found = store.database[JOB_RUNS].find_one(
        {"job": f"ohlc_{interval.value}_aggregator"}, sort=[("started_at", -1)]
    )
    assert found is not None
    return found


def age(store: CandleStore) -> None:
    """Let all writes and runs so far lie longer ago than a write may be seen late."""
    now = int(time.time())
    store.database[KLINE_1M].update_many({}, {"$set": {"written_at": Timestamp(now - 2_000, 1)}})
    store.database[JOB_RUNS].update_many(
        {"watermark": {"$ne": None}}, {"$set": {"watermark": Timestamp(now - 1_000, 1)}}
    )


def recorded_minutes(recordings: Path, symbol: str, rows: dict[int, tuple[Decimal, ...]]) -> list[Document]:
    return [
        document(
            symbol,
            open_time,
            **{name: canonical_decimal(figure) for name, figure in zip(FIGURES, figures, strict=True)},
            trades=Int64(1 if figures[-1] else 0),
        )
        for open_time, figures in sorted(rows.items())
    ]


def test_a_recorded_pair_with_empty_minutes_equals_binances_own_candles(
    store: CandleStore, spark: Spark, recordings: Path
) -> None:
    store.database[KLINE_1M].insert_many(recorded_minutes(recordings, "ADABTC", thin(recordings, "1m")))
    assert run([M5, H1], []) is None
    for interval, count in ((M5, 8640), (H1, 719)):
        own = {
            time: tuple(map(canonical_decimal, figures))
            for time, figures in thin(recordings, interval.value).items()
        }
        made = parents(store, interval)
        found = {time: tuple(made["ADABTC", time][name] for name in FIGURES) for time in own}
        assert found == own
        assert len(found) == count


def test_a_halt_leaves_a_hole_and_partial_parents_beside_it(store: CandleStore, spark: Spark) -> None:
    # As on 2023-03-24: no minute from 12:40 to 13:59.
    halted = range(760, 840)
    put(store, [each for n, each in enumerate(minutes_of_a_day("AUSDT")) if n not in halted])
    assert run(PARENT_INTERVALS, []) is None
    hours = parents(store, H1)
    assert [n for n in range(24) if ("AUSDT", DAY + n * H1.ms) not in hours] == [13]
    partial = {
        (interval, time_of(each["open_time"]) - DAY): (each["children"], each["expected_children"])
        for interval in PARENT_INTERVALS
        for each in parents(store, interval).values()
        if each["completeness"] == "partial"
    }
    assert partial == {
        (H1, 12 * H1.ms): (40, 60),
        (H4, 3 * H4.ms): (160, 240),
        (D1, 0): (1360, 1440),
    }


def test_a_restated_and_a_late_minute_reach_their_parents_and_no_others(
    store: CandleStore, spark: Spark
) -> None:
    late = 700
    put(
        store,
        [each for each in minutes_of_a_day("AUSDT") if time_of(each["open_time"]) != DAY + late * MINUTE_MS],
    )
    put(store, minutes_of_a_day("BUSDT"))
    assert run(PARENT_INTERVALS, []) is None
    before = everything(store)
    assert before[D1]["AUSDT", DAY]["completeness"] == "partial"
    assert before[D1]["AUSDT", DAY]["children"] == 1439
    age(store)

    put(store, [document("AUSDT", DAY + late * MINUTE_MS)])
    put(store, [document("BUSDT", DAY + 7 * MINUTE_MS, high="99.5", version=Int64(2**45))])
    assert run(PARENT_INTERVALS, []) is None
    after = everything(store)
    changed = {
        interval: {key for key, parent in after[interval].items() if parent != before[interval][key]}
        for interval in PARENT_INTERVALS
    }
    assert changed == {
        interval: {
            ("AUSDT", interval.open_time(DAY + late * MINUTE_MS)),
            ("BUSDT", interval.open_time(DAY + 7 * MINUTE_MS)),
        }
        for interval in PARENT_INTERVALS
    }
    assert after[D1]["AUSDT", DAY]["completeness"] == "complete"
    assert after[D1]["BUSDT", DAY]["high"] == "99.5"
    # Nothing else was even read.
    for interval in PARENT_INTERVALS:
        done = newest_run(store, interval)
        assert (done["rows_out"], done["rows_in"]) == (2, 2 * interval.minutes)


def test_a_second_run_changes_nothing_and_a_third_finds_nothing_due(store: CandleStore, spark: Spark) -> None:
    put(store, minutes_of_a_day("AUSDT"))
    assert run([M5], []) is None
    once = parents(store, M5)
    assert len(once) == 288
    assert run([M5], []) is None
    second = newest_run(store, M5)
    assert (second["inserted"], second["replaced"], second["unchanged"]) == (0, 0, 288)
    assert parents(store, M5) == once
    age(store)
    assert run([M5], []) is None
    assert newest_run(store, M5)["rows_in"] == 0


def test_a_parent_waits_for_its_last_minute(store: CandleStore, spark: Spark) -> None:
    put(store, minutes_of_a_day("AUSDT", 9))
    assert run([M5, H1], []) is None
    assert parents(store, M5).keys() == {("AUSDT", DAY)}
    assert parents(store, H1) == {}
    age(store)
    put(store, [document("AUSDT", DAY + 11 * MINUTE_MS)])
    # The minute at 9 is missing, and a later one is there: the parent is partial, and no longer awaited.
    assert run([M5], []) is None
    assert parents(store, M5)["AUSDT", DAY + 5 * MINUTE_MS]["children"] == 4
    age(store)
    put(store, [document("AUSDT", DAY + 9 * MINUTE_MS)])
    assert run([M5], []) is None
    assert parents(store, M5)["AUSDT", DAY + 5 * MINUTE_MS]["completeness"] == "complete"


def test_a_window_rolls_up_what_it_names_and_leaves_the_watermark(store: CandleStore, spark: Spark) -> None:
    for symbol in ("AUSDT", "BUSDT"):
        put(store, minutes_of_a_day(symbol, 120))
    hour = DAY + 3_600_000
    assert run([M5], [f"--start={DAY}", f"--end={hour}", "--symbols=AUSDT"]) is None
    assert parents(store, M5).keys() == {("AUSDT", DAY + minute * MINUTE_MS) for minute in range(0, 60, 5)}
    done = newest_run(store, M5)
    assert (done["outcome"], done["symbols"], done["watermark"]) == ("succeeded", ["AUSDT"], None)
    assert (done["rows_in"], done["rows_out"], done["partial"]) == (60, 12, 0)
    assert run([M5], ["--symbols=AUSDT"]) is None
    assert newest_run(store, M5)["watermark"] is None
    assert len(parents(store, M5)) == 24
    with pytest.raises(BadArgumentError, match="NOPEUSDT: no such pair"):
        run([M5], ["--symbols=AUSDT,NOPEUSDT"])


def test_parents_that_were_removed_come_back_the_same(store: CandleStore, spark: Spark) -> None:
    put(store, minutes_of_a_day("AUSDT", 60))
    assert run([M5], []) is None
    once = parents(store, M5)
    age(store)
    store.database[KLINE_COLLECTIONS["5m"]].delete_many({})
    assert run([M5], []) is None
    assert parents(store, M5) == once


def test_a_document_that_is_no_candle_is_set_aside_and_a_fuller_parent_stays(
    store: CandleStore, spark: Spark
) -> None:
    put(store, minutes_of_a_day("AUSDT", 10))
    assert run([M5], []) is None
    once = parents(store, M5)
    store.database.command("collMod", KLINE_1M, validationLevel="off")
    put(
        store,
        [
            document("AUSDT", DAY + 2 * MINUTE_MS, high="a lot"),
            document("AUSDT", DAY + 10 * MINUTE_MS, low=None),
        ],
    )
    put(store, minutes_of_a_day("AUSDT", 15)[11:])
    fault = run([M5], [])
    assert fault is not None
    assert "2 documents are no candles" in fault
    done = newest_run(store, M5)
    assert (done["outcome"], done["set_aside"], done["kept"], done["watermark"]) == ("failed", 2, 1, None)
    assert any("'a lot'" in reason for reason in done["reasons"])
    found = parents(store, M5)
    assert {key: found[key] for key in once} == once
    assert found["AUSDT", DAY + 10 * MINUTE_MS]["children"] == 4


def test_a_job_that_is_killed_half_way_leaves_nothing_wrong_and_the_next_one_ends_it(
    store: CandleStore, spark: Spark, mongo: MongoSettings
) -> None:
    symbols = [f"P{number}USDT" for number in range(4)]
    for symbol in symbols:
        store.database[KLINE_1M].insert_many(
            [document(symbol, DAY + minute * MINUTE_MS) for minute in range(DAYS * 1440)]
        )
    whole = len(symbols) * DAYS * 288
    collection = store.database[KLINE_COLLECTIONS["5m"]]
    while not _killed_at_work(collection, mongo) or collection.count_documents({}) == whole:
        # This process stood still meanwhile, and the job came to its end: from the beginning again.
        for written in (collection, store.database[JOB_RUNS]):
            written.delete_many({})
    assert newest_run(store, M5)["outcome"] == "running"

    assert run([M5], []) is None
    runs = [each["outcome"] for each in store.database[JOB_RUNS].find().sort("started_at")]
    assert runs == ["killed", "succeeded"]
    done = newest_run(store, M5)
    assert 0 < done["inserted"] < whole
    assert done["inserted"] + done["unchanged"] == whole
    figures = {"high": "12.5", "volume": "15", "children": 5, "completeness": "complete"}
    assert collection.count_documents(figures) == collection.count_documents({}) == whole


def _killed_at_work(collection: Collection[Document], mongo: MongoSettings) -> bool:
    """Run the job and kill it as soon as it has written something; tell whether it was still at work."""
    job = subprocess.Popen(
        [sys.executable, "Spark/batch/ohlc_5m_aggregator.py"],
        cwd=ROOT,
        env={**os.environ, "MONGO_URI": mongo.mongo_uri, "MONGO_DB": mongo.mongo_db},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 600
    ended = False
    while not collection.find_one():
        assert not ended, "it ended before it wrote anything"
        assert time.monotonic() < deadline
        ended = job.poll() is not None
        time.sleep(0.01)
    job.send_signal(signal.SIGKILL)
    return job.wait() == -signal.SIGKILL


class _Meddler(CandleStore):
    """A store in which another process changes things between the reading and the writing of a span."""

    def __init__(self, store: CandleStore, times: int) -> None:
        super().__init__(store.database)
        self._times = times

    def minutes(self, symbol: str, start: int, end: int) -> list[Document]:
        if not self._times:
            return super().minutes(symbol, start, end)
        self._times -= 1
        other = CandleStore(self.database)
        put(other, [document(symbol, start, high=f"{50 + self._times}")])
        found = super().minutes(symbol, start, end)
        put(other, [document(symbol, start, high=f"{20 + self._times}")])
        roll_up_span(other, M5, Span(symbol, start, end))
        return found


def test_a_run_that_another_one_overtakes_does_not_put_old_figures_over_new_ones(store: CandleStore) -> None:
    put(store, minutes_of_a_day("AUSDT", 10))
    span = Span("AUSDT", DAY, DAY + 10 * MINUTE_MS)
    tally = roll_up_span(_Meddler(store, times=2), M5, span)
    assert parents(store, M5)["AUSDT", DAY]["high"] == "20"
    assert (tally.inserted, tally.replaced, tally.unchanged) == (0, 0, 2)
    with pytest.raises(RestlessError):
        roll_up_span(_Meddler(store, times=100), M5, span)


def test_a_run_that_fails_says_why(store: CandleStore, spark: Spark) -> None:
    put(store, minutes_of_a_day("AUSDT", 5))
    store.database.command("collMod", KLINE_COLLECTIONS["5m"], validator={"symbol": {"$ne": "AUSDT"}})
    with pytest.raises(Exception, match="Document failed validation"):
        run([M5], [])
    done = newest_run(store, M5)
    assert done["outcome"] == "failed"
    assert "Document failed validation" in done["reason"]
    assert done["seconds"] > 0


def test_days_of_which_the_minutes_have_left_the_store_keep_their_parents(store: CandleStore) -> None:
    put(store, minutes_of_a_day("AUSDT"))
    roll_up_span(store, D1, Span("AUSDT", DAY, DAY + DAY_MS))
    assert store.remove_minutes("AUSDT", DAY, DAY + DAY_MS) == 1440
    put(store, [document("AUSDT", DAY)])
    tally = roll_up_span(store, D1, Span("AUSDT", DAY, DAY + DAY_MS))
    assert (tally.kept, tally.replaced) == (1, 0)
    assert parents(store, D1)["AUSDT", DAY]["children"] == 1440
