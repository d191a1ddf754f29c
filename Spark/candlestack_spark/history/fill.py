"""What one Spark task fills: from a month of 1m candles in the lake, its parents, and the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from candlestack_core.intervals import Interval
from candlestack_core.settings import MongoSettings
from candlestack_spark.columns import TIME
from candlestack_spark.history.fetch import PairMonth
from candlestack_spark.lake.files import Lake
from candlestack_spark.rollups.kernel import roll_up
from candlestack_spark.rollups.spans import PARENT_INTERVALS, closed_end
from candlestack_spark.rollups.task import ATTEMPTS, RestlessError
from candlestack_spark.stores.documents import minute_documents, parent_documents
from candlestack_spark.stores.mongo import CandleStore, Written, connected


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of a month: rows read, and candles of all intervals that were written or stood there already."""

    unit: PairMonth
    rows: int
    written: int
    unchanged: int
    kept: int


def roll_up_month(
    lake: Lake, unit: PairMonth, now_ms: int
) -> tuple[pa.Table, dict[Interval, pa.Table]] | None:
    """Roll up a month of the lake, write its parents there, and return the 1m candles and the parents.

    Of a month that is not over at the exchange's time `now_ms` only the parents that its candles reach the end of.
    None where the lake has no such month.
    """
    symbol, month = unit
    minutes = lake.read(Interval.M1, symbol, month)
    if minutes is None or not minutes.num_rows:
        return None
    newest = minutes["open_time"][-1].cast(pa.int64()).as_py()
    parents: dict[Interval, pa.Table] = {}
    children = minutes
    # Each from the one before, a fifth to a twelfth of the rows; the figures are the same as from 1m candles.
    for interval in PARENT_INTERVALS:
        children = roll_up(children, interval.ms)
        end = month.end_ms if month.end_ms <= now_ms else closed_end(newest, interval)
        parents[interval] = children.filter(pc.less(children["open_time"], _time(end)))
        lake.write(interval, symbol, month, parents[interval])
    return minutes, parents


@dataclass(frozen=True, slots=True)
class StoreFill:
    """Fills MongoDB: 1m candles from `cutoff` on, and the parents before it.

    From `cutoff` on (ms, the start of a day) the parents follow from the store's own 1m candles, which may be newer
    than the lake's; so each parent has one origin only.
    """

    lake: Lake
    mongo: MongoSettings
    cutoff: int
    now_ms: int

    def __call__(self, units: Iterable[PairMonth]) -> Iterator[Filled]:
        with connected(self.mongo) as store:
            for unit in units:
                rolled = roll_up_month(self.lake, unit, self.now_ms)
                if rolled is not None:
                    yield self._fill(store, unit, *rolled)

    def _fill(
        self, store: CandleStore, unit: PairMonth, minutes: pa.Table, parents: dict[Interval, pa.Table]
    ) -> Filled:
        symbol, month = unit
        writes = []
        newest = minutes.filter(pc.greater_equal(minutes["open_time"], _time(self.cutoff)))
        if newest.num_rows:
            documents = minute_documents(newest, symbol)
            writes.append(
                store.put_minutes(symbol, max(month.start_ms, self.cutoff), month.end_ms, documents)
            )
        for interval, candles in parents.items():
            older = candles.filter(pc.less(candles["open_time"], _time(self.cutoff)))
            if older.num_rows:
                writes += self._put_parents(store, unit, interval, older)
        return Filled(
            unit,
            minutes.num_rows,
            written=sum(write.inserted + write.replaced for write in writes),
            unchanged=sum(write.unchanged for write in writes),
            kept=sum(write.kept for write in writes),
        )

    def _put_parents(
        self, store: CandleStore, unit: PairMonth, interval: Interval, candles: pa.Table
    ) -> Iterator[Written]:
        symbol, month = unit
        for _ in range(ATTEMPTS):
            stored = store.parents(symbol, interval, month.start_ms, min(month.end_ms, self.cutoff))
            written = store.put_parents(interval, parent_documents(candles, symbol, interval), stored)
            yield written
            if not written.conflicts:
                return
        raise RestlessError(
            f"{unit} {interval.value}: the same candles were changed by others again and again"
        )


def _time(time_ms: int) -> pa.Scalar:
    return pa.scalar(time_ms, pa.int64()).cast(TIME)
