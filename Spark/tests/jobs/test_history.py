"""Bulk history from a running exchange into the lake and the store, held to the exchange's own candles."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bson import Int64

from archive_shelf import Shelf, archive
from batch_candles import document
from candlestack_core.decimals import from_scaled
from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_core.names import JOB_HISTORY_BACKFILL, JOB_RUNS, KLINE_1M, KLINE_COLLECTIONS
from candlestack_core.settings import BadSettingError
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Clock, running
from candlestack_spark.arguments import BadArgumentError, Window
from candlestack_spark.history.archives import archive_name
from candlestack_spark.history.job import run
from candlestack_spark.history.plan import Plan, plan_of
from candlestack_spark.lake.files import Lake
from candlestack_spark.lake.months import Month
from candlestack_spark.process import JobError
from candlestack_spark.rollups.spans import PARENT_INTERVALS
from candlestack_spark.session import Spark
from candlestack_spark.stores.documents import Document, time_of
from candlestack_spark.stores.mongo import CandleStore, Written

PAIR = "GNOUSDT"
"""A thin pair with empty minutes and a halt on every day."""
FEBRUARY, MARCH = Month(2026, 2), Month(2026, 3)
NOW = MARCH.start_ms + 2 * DAY_MS + 10 * MINUTE_MS + 30_000
KEPT_DAYS = 5
CUTOFF = MARCH.start_ms + 2 * DAY_MS - KEPT_DAYS * DAY_MS
FIGURES = {
    "open": "open_e8",
    "high": "high_e8",
    "low": "low_e8",
    "close": "close_e8",
    "volume": "volume_e8",
    "quote_volume": "quote_volume_e8",
    "taker_buy_volume": "taker_buy_volume_e8",
    "taker_buy_quote_volume": "taker_buy_quote_volume_e8",
}


class Exchange(NamedTuple):
    """A running simulator, its time and its truth."""

    port: int
    clock: Clock
    market: SeededMarket

    def own(self, interval: Interval, start: int) -> dict[int, dict[str, Any]]:
        """Return the closed candles of the exchange itself, each straight from its trades."""
        candles = self.market.candles(PAIR, interval.value, start, self.clock.ms, 10**6)
        return {
            candle.open_time: {
                **{name: from_scaled(getattr(candle, field)) for name, field in FIGURES.items()},
                "trades": candle.trades,
            }
            for candle in candles
            if candle.close_time < self.clock.ms
        }


@pytest.fixture(scope="module")
def running_exchange() -> Iterator[Exchange]:
    market = SeededMarket(7, clock=(clock := Clock(NOW)))
    ready: list[int] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with running(market) as exchange:
            ready.append(exchange.server.port)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(120)
    yield Exchange(ready[0], clock, market)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def exchange(running_exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Exchange:
    """The exchange, with a lake of this test alone; the settings say so."""
    running_exchange.clock.ms = NOW
    monkeypatch.setenv("SIMULATOR_PORT", str(running_exchange.port))
    monkeypatch.setenv("SYMBOLS", PAIR)
    monkeypatch.setenv("LAKE_URI", str(tmp_path / "lake"))
    monkeypatch.setenv("KLINE_1M_DAYS", str(KEPT_DAYS))
    monkeypatch.setenv("HISTORY_MONTHS", "1")
    return running_exchange


def stored(store: CandleStore, interval: Interval) -> dict[int, Document]:
    return {
        time_of(each["open_time"]): each for each in store.database[KLINE_COLLECTIONS[interval.value]].find()
    }


def figures(documents: dict[int, Document]) -> dict[int, dict[str, Any]]:
    return {
        time: {name: document[name] for name in (*FIGURES, "trades")} for time, document in documents.items()
    }


def newest_run(store: CandleStore) -> Document:
    found = store.database[JOB_RUNS].find_one({"job": JOB_HISTORY_BACKFILL}, sort=[("started_at", -1)])
    assert found is not None
    return found


def test_history_equals_the_exchanges_own_candles_of_every_interval(
    exchange: Exchange, store: CandleStore, spark: Spark, tmp_path: Path
) -> None:
    assert run([]) is None
    assert figures(stored(store, Interval.M1)) == exchange.own(Interval.M1, CUTOFF)
    for interval in PARENT_INTERVALS:
        made = stored(store, interval)
        assert figures(made) == exchange.own(interval, FEBRUARY.start_ms)
        whole = {each["children"] == each["expected_children"] for each in made.values()}
        assert whole == ({True, False} if interval is not Interval.D1 else {False})
    lake = Lake(str(tmp_path / "lake"))
    for month, end in ((FEBRUARY, FEBRUARY.end_ms), (MARCH, NOW)):
        minutes = lake.read(Interval.M1, PAIR, month)
        assert minutes is not None
        own = [time for time in exchange.own(Interval.M1, month.start_ms) if time < end]
        assert [int(time.timestamp()) * 1000 for time in minutes["open_time"].to_pylist()] == own

    # Again: nothing is fetched but the time, nothing is written, and all is as it was.
    before = {interval: stored(store, interval) for interval in Interval}
    assert run([]) is None
    assert {interval: stored(store, interval) for interval in Interval} == before
    again = newest_run(store)
    assert (again["months_there"], again["months_fetched"], again["rows_in"], again["rows_out"]) == (
        1,
        0,
        0,
        0,
    )

    # Two minutes later only they are fetched.
    exchange.clock.advance(2 * MINUTE_MS)
    assert run([]) is None
    assert newest_run(store)["rows_in"] == 2
    assert figures(stored(store, Interval.M1)) == exchange.own(Interval.M1, CUTOFF)


def test_a_run_goes_on_where_another_was_ended_and_what_leaves_the_store_keeps_its_parents(
    exchange: Exchange, store: CandleStore, spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["--start=2026-02-01", "--end=2026-03-01"]) is None
    parents = {interval: stored(store, interval) for interval in PARENT_INTERVALS}
    assert max(parents[Interval.D1]) == MARCH.start_ms - DAY_MS
    # As after a kill: a month half written lies aside, and nothing of it is in the store.
    aside = tmp_path / "lake" / "interval=1m" / f"symbol={PAIR}" / "month=2026-02" / ".candles.parquet.half"
    aside.write_bytes(b"PAR1")
    for interval in Interval:
        store.database[KLINE_COLLECTIONS[interval.value]].delete_many({})
    monkeypatch.setenv("ARCHIVE_URL", "http://127.0.0.1:9")  # no archive can be fetched any more
    assert run(["--start=2026-02-01", "--end=2026-03-01"]) is None
    done = newest_run(store)
    assert (done["months_there"], done["months_fetched"]) == (1, 0)
    assert {interval: stored(store, interval) for interval in PARENT_INTERVALS} == parents

    monkeypatch.setenv("KLINE_1M_DAYS", "3")
    assert run(["--start=2026-02-01", "--end=2026-03-01"]) is None
    assert newest_run(store)["pruned"] > 2 * 1430
    assert min(stored(store, Interval.M1)) == CUTOFF + 2 * DAY_MS
    assert {interval: stored(store, interval).keys() for interval in PARENT_INTERVALS} == {
        interval: documents.keys() for interval, documents in parents.items()
    }
    for interval in PARENT_INTERVALS:
        assert figures(stored(store, interval)) == figures(parents[interval])


def test_a_bad_archive_fails_the_run_with_its_reason_and_leaves_the_rest_right(
    exchange: Exchange, store: CandleStore, spark: Spark, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put(PAIR, FEBRUARY, archive("what", "ever"), checksum="0" * 64)
    monkeypatch.setenv("ARCHIVE_URL", shelf.url)
    fault = run([])
    assert fault is not None
    assert f"1 faults, the first: {PAIR} 2026-02: {archive_name(PAIR, FEBRUARY)} has the SHA-256" in fault
    done = newest_run(store)
    assert (done["outcome"], done["months_failed"], done["months_by_rest"]) == ("failed", 1, 1)
    assert figures(stored(store, Interval.M1)) == exchange.own(Interval.M1, MARCH.start_ms)
    assert figures(stored(store, Interval.H1)) == exchange.own(Interval.H1, MARCH.start_ms)


def test_a_candle_of_the_stream_keeps_its_place_and_an_older_version_gives_way(store: CandleStore) -> None:
    times = [FEBRUARY.start_ms + minute * MINUTE_MS for minute in range(4)]
    archived = [
        document(PAIR, time, version=Int64(NOW), completeness="backfilled", source="backfill:simulator")
        for time in times
    ]
    store.database[KLINE_1M].insert_many(
        [
            document(PAIR, times[0]),
            document(PAIR, times[1], high="9999", version=Int64(2**45)),
            document(PAIR, times[2], high="9999", version=Int64(1)),
        ]
    )
    before = stored(store, Interval.M1)
    written = store.put_minutes(PAIR, times[0], times[-1] + MINUTE_MS, archived)
    assert written == Written(inserted=1, replaced=1, unchanged=1, kept=1)
    found = stored(store, Interval.M1)
    assert [found[time]["completeness"] for time in times] == [
        "complete",
        "complete",
        "backfilled",
        "backfilled",
    ]
    assert [found[time]["high"] for time in times] == ["12.5", "9999", "12.5", "12.5"]
    assert found[times[0]] == before[times[0]]
    assert before[times[2]]["written_at"] < found[times[2]]["written_at"] != found[times[3]]["written_at"]


def test_an_exchange_that_is_away_is_named_in_one_line(
    exchange: Exchange, store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candlestack_spark.history.rest.PAUSES_S", ())
    monkeypatch.setenv("EXCHANGE_REST_URL", "http://127.0.0.1:9")
    with pytest.raises(JobError, match=r"the exchange gives no usable answer: http://127\.0\.0\.1:9"):
        run([])


def plan(window: Window, configured: tuple[str, ...] = (PAIR,)) -> Plan:
    return plan_of(
        window, months=2, listed={PAIR, "BTCUSDT"}, configured=configured, now_ms=NOW, kept_days=KEPT_DAYS
    )


def test_without_a_window_the_months_before_the_present_one_and_it_are_planned() -> None:
    made = plan(Window(None, None, ()))
    assert [str(unit) for unit in made.units] == [f"{PAIR} 2026-01", f"{PAIR} 2026-02", f"{PAIR} 2026-03"]
    assert (made.end, made.cutoff) == (NOW, CUTOFF)
    assert plan(Window(FEBRUARY.start_ms, FEBRUARY.end_ms, ("BTCUSDT",))).symbols == ("BTCUSDT",)
    assert plan(Window(None, NOW + DAY_MS - NOW % MINUTE_MS, ())).end == NOW


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (Window(FEBRUARY.start_ms + DAY_MS, None, ()), "is not the begin of a month"),
        (Window(FEBRUARY.start_ms, FEBRUARY.start_ms + 1, ()), "is not the begin of a minute"),
        (Window(Month(2026, 4).start_ms, None, ()), "is in the future of the exchange"),
        (Window(None, Month(2025, 12).start_ms, ()), "is not after the begin of the history"),
        (Window(None, None, ("NOPEUSDT",)), "NOPEUSDT: no such pair"),
    ],
)
def test_a_window_that_cannot_be_had_is_refused(window: Window, reason: str) -> None:
    with pytest.raises(BadArgumentError, match=reason):
        plan(window)


def test_a_setting_that_names_an_unknown_pair_is_refused() -> None:
    with pytest.raises(BadSettingError, match="SYMBOLS: the exchange does not list NOPEUSDT"):
        plan(Window(None, None, ()), configured=("NOPEUSDT",))
