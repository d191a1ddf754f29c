"""Which minutes are missing, and whether what was sent has arrived."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.settings import MongoSettings
from candlestack_ingest.history.filling import until_stored
from candlestack_ingest.history.minutes import Minutes, count, missing_runs
from candlestack_ingest.stores.candles import CandleSink, connect
from candlestack_local.servers import MongoServer
from records import START, candle, record

pytestmark = pytest.mark.usefixtures("patient_stores")

MINUTES = 12


@given(present=st.sets(st.integers(0, MINUTES - 1)))
def test_the_runs_are_exactly_the_minutes_that_are_not_present_and_none_touches_the_next(
    present: set[int],
) -> None:
    runs = missing_runs({START + n * MINUTE_MS for n in present}, START, START + (MINUTES - 1) * MINUTE_MS)
    named = [
        (time - START) // MINUTE_MS for first, last in runs for time in range(first, last + 1, MINUTE_MS)
    ]
    assert named == sorted(set(range(MINUTES)) - present)
    assert count(runs) == len(named)
    assert all(after[0] > before[1] + MINUTE_MS for before, after in pairwise(runs))


async def test_what_has_not_arrived_is_said_by_pair(mongo_server: MongoServer) -> None:
    settings = MongoSettings(mongo_uri=mongo_server.uri, mongo_db="history-minutes")
    with connect(settings) as client:
        database = client[settings.mongo_db]
        sink = CandleSink(database)
        sink.open()
        stored = [candle(minute, 1) for minute in (0, 1, 3)]
        for each in stored:
            sink.add(record(each))
        sink.flush()
        minutes = Minutes(database)
        times = {each.open_time for each in stored}
        assert minutes.present("BTCUSDT", START, START + 9 * MINUTE_MS) == times
        assert minutes.candles("BTCUSDT", START, START + 9 * MINUTE_MS) == stored
        assert minutes.newest("BTCUSDT") == START + 3 * MINUTE_MS
        assert minutes.newest("ETHUSDT") is None
        missing = {START + 2 * MINUTE_MS, START + 4 * MINUTE_MS}
        assert await until_stored(minutes, {"BTCUSDT": times | missing}, 0) == {"BTCUSDT": 2}
        assert await until_stored(minutes, {"BTCUSDT": times, "ETHUSDT": set()}, 0) == {}
