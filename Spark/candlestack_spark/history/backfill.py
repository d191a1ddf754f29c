"""The stages of the backfill: archives, REST, the lake's own roll-ups, the store, and what leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Final, TypeVar

import pyarrow as pa

from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.job_runs import Run
from candlestack_core.logging import get_logger
from candlestack_core.settings import MongoSettings
from candlestack_spark.arguments import Window, iso
from candlestack_spark.columns import single_chunk
from candlestack_spark.history.fetch import ArchiveFetch, Fetched, PairMonth
from candlestack_spark.history.fill import StoreFill
from candlestack_spark.history.plan import Plan
from candlestack_spark.history.rest import ExchangeError, RestHistory
from candlestack_spark.history.rows import candles_of
from candlestack_spark.lake.files import Manifest
from candlestack_spark.rollups.job import RollUps
from candlestack_spark.rollups.spans import PARENT_INTERVALS
from candlestack_spark.session import Spark
from candlestack_spark.stores.mongo import CandleStore

UNITS_A_CORE: Final = 4
"""Months that each core has before progress is told."""
REASONS_KEPT: Final = 20
FIGURES: Final = (
    "rows_in",
    "rows_out",
    "unchanged",
    "kept",
    "set_aside",
    "pruned",
    "months_there",
    "months_fetched",
    "months_by_rest",
    "months_failed",
)

_LOG = get_logger("job")
_Item = TypeVar("_Item")


class Backfill:
    """One run of the job."""

    def __init__(
        self,
        plan: Plan,
        *,
        fetch: ArchiveFetch,
        rest: RestHistory,
        store: CandleStore,
        mongo: MongoSettings,
        spark: Spark,
        run: Run,
    ) -> None:
        self._plan = plan
        self._fetch = fetch
        self._rest = rest
        self._lake = fetch.lake
        self._store = store
        self._mongo = mongo
        self._spark = spark
        self._run = run
        self._faults: list[str] = []
        self._counts: Counter[str] = Counter()

    def run(self) -> str | None:
        """Fetch, roll up and fill; return what is missing, None where all is there."""
        absent = self._fetch_archives()
        self._fetch_by_rest(absent)
        self._fill_store()
        self._faults += self._roll_up_newest()
        self._counts["pruned"] = self._prune()
        self._run.figures = {name: self._counts[name] for name in FIGURES}
        self._run.reasons = self._faults[:REASONS_KEPT]
        if self._faults:
            self._run.failure = f"{len(self._faults)} faults, the first: {self._faults[0]}"
        return self._run.failure

    def _fetch_archives(self) -> list[PairMonth]:
        """Fetch the months that are over; return those of which there is no archive."""
        over = [unit for unit in self._plan.units if unit.month.end_ms <= self._plan.end]
        rest = [unit for unit in self._plan.units if unit.month.end_ms > self._plan.end]
        progress = _Progress("archives fetched", len(over))
        absent: list[PairMonth] = []
        for wave in self._waves(over):
            results: list[Fetched] = self._spark.each(wave, self._fetch, tasks=len(wave))
            for result in results:
                self._counts[f"months_{result.outcome}"] += 1
                if result.outcome == "absent":
                    absent.append(result.unit)
                self._counts["rows_in"] += result.rows
                self._counts["set_aside"] += result.set_aside
                self._faults += result.reasons
            progress.tell(len(results), sum(result.rows for result in results))
        return absent + rest

    def _fetch_by_rest(self, units: Sequence[PairMonth]) -> None:
        progress = _Progress("months fetched by REST", len(units))
        for number, unit in enumerate(units):
            try:
                rows = self._fetch_month_by_rest(unit)
            except ExchangeError as error:
                self._faults.append(f"{unit}: {error}")
                self._counts["months_failed"] += len(units) - number
                return
            self._counts["rows_in"] += rows
            self._counts["months_by_rest"] += 1
            progress.tell(1, rows, quiet=(number + 1) % len(self._plan.symbols) != 0)

    def _fetch_month_by_rest(self, unit: PairMonth) -> int:
        """Fetch what the lake has not of a month; return the number of new candles."""
        symbol, month = unit
        known = self._lake.manifest(symbol, month) is not None
        there = self._lake.read(Interval.M1, symbol, month) if known else None
        start, end = month.start_ms, min(month.end_ms, self._plan.end)
        if there is not None and there.num_rows:
            start = int(there["open_time"][-1].cast(pa.int64()).as_py()) + MINUTE_MS
        if start >= end:
            return 0
        now_ms = self._rest.server_time()
        texts = self._rest.closed_rows(symbol, start, end, now_ms)
        parsed = candles_of(texts, start_ms=start, end_ms=end, version=now_ms, source=self._fetch.source)
        self._counts["set_aside"] += parsed.set_aside
        self._faults += [f"{unit}: {reason}" for reason in parsed.reasons]
        if not parsed.candles.num_rows:
            return 0
        candles = (
            parsed.candles
            if there is None
            else pa.concat_tables([there.replace_schema_metadata(None), parsed.candles])
        )
        whole = pa.table([single_chunk(column) for column in candles.columns], schema=parsed.candles.schema)
        self._lake.write(Interval.M1, symbol, month, whole, Manifest(origin="rest", version=now_ms))
        return int(parsed.candles.num_rows)

    def _fill_store(self) -> None:
        units = self._plan.units
        fill = StoreFill(self._lake, self._mongo, self._plan.cutoff, self._plan.now_ms)
        progress = _Progress("months rolled up", len(units))
        for wave in self._waves(units):
            results = self._spark.each(wave, fill, tasks=len(wave))
            for filled in results:
                self._counts["rows_out"] += filled.written
                self._counts["unchanged"] += filled.unchanged
                self._counts["kept"] += filled.kept
            progress.tell(len(wave), sum(filled.rows for filled in results))

    def _roll_up_newest(self) -> list[str]:
        """Roll up the days whose 1m candles MongoDB holds, from there; return what went wrong."""
        if self._plan.end <= self._plan.cutoff:
            return []
        window = Window(max(self._plan.cutoff, self._plan.start), None, self._plan.symbols)
        roll_ups = RollUps(self._store, self._mongo, self._spark)
        faults = [roll_ups.run(interval, window) for interval in PARENT_INTERVALS]
        return [fault for fault in faults if fault is not None]

    def _prune(self) -> int:
        """Remove from MongoDB the 1m candles of days before the newest ones, as far as the lake surely has them."""
        removed = 0
        for symbol, month in self._plan.units:
            end = min(month.end_ms, self._plan.cutoff)
            manifest = self._lake.manifest(symbol, month) if month.start_ms < end else None
            if manifest is not None and manifest.finished:
                removed += self._store.remove_minutes(symbol, month.start_ms, end)
        if removed:
            _LOG.info("days that only the lake keeps removed", candles=removed, before=iso(self._plan.cutoff))
        return removed

    def _waves(self, units: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
        if units:
            size = self._spark.parallelism * UNITS_A_CORE
            yield from (units[first : first + size] for first in range(0, len(units), size))


class _Progress:
    """Tells how far a stage is, in months, rows and rows a second."""

    def __init__(self, event: str, total: int) -> None:
        self._event = event
        self._total = total
        self._done = self._rows = 0
        self._began = monotonic()

    def tell(self, months: int, rows: int, *, quiet: bool = False) -> None:
        self._done += months
        self._rows += rows
        if quiet and self._done < self._total:
            return
        seconds = monotonic() - self._began
        _LOG.info(
            self._event,
            months=self._done,
            of=self._total,
            rows=self._rows,
            rows_per_second=round(self._rows / max(seconds, 0.001)),
        )
