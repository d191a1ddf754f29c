"""Roll-ups of a lake: 1m candles to 5m, 1h, 4h and 1d, Parquet to Parquet, by Spark and by Polars.

    .venv/bin/python benchmarks/rollups.py [--pairs 15] [--years 3] [--rounds 3]

The candles are the seeded market's, by pair and month, drawn once into the cache (minutes for all of them). Spark's
side is what the backfill does with a month of the lake (`roll_up_month`); its start is told apart. Polars, in a
process of its own, does the same per pair in a cascade (1h from 5m and so on), by the same rule. The best of the rounds
counts; both sides must end with the same candles. Then Spark has twice the rows.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _platform import machine

from candlestack_core.intervals import DAY_MS, MINUTE_MS, Interval
from candlestack_core.settings import DEFAULT_SYMBOLS, RunnerSettings, SparkSettings, load
from candlestack_simulator.market import SeededMarket
from candlestack_spark.columns import AMOUNTS, DECIMAL, MINUTES, PRICES, TIME, single_chunk
from candlestack_spark.history.fetch import PairMonth
from candlestack_spark.history.fill import roll_up_month
from candlestack_spark.lake.files import Lake, Manifest
from candlestack_spark.lake.months import Month, months_between
from candlestack_spark.rollups.spans import PARENT_INTERVALS
from candlestack_spark.session import Spark

SEED = 7
LAST_YEAR = 2025
"""The seeded market begins six years before its end."""
TARGET_TIMES_POLARS = 3.0
TARGET_TWICE = 2.2
POLARS = Path(__file__).with_name("_rollups_polars.py")


def draw(lake: Lake, unit: PairMonth) -> int:
    """Put a month of the seeded market into a lake where it is not there yet; return its rows."""
    if lake.manifest(*unit) is not None:
        candles = lake.read(Interval.M1, *unit, ["open_time"])
        return 0 if candles is None else int(candles.num_rows)
    symbol, month = unit
    first, end = month.start_ms // DAY_MS, month.end_ms // DAY_MS
    rows = SeededMarket(SEED).candles_of_days(symbol, first, end - first)
    columns: dict[str, pa.Array] = {
        "open_time": pa.array(rows["open_time"]).cast(TIME),
        "close_time": pa.array(rows["open_time"] + MINUTE_MS - 1).cast(TIME),
        **{name: _decimals(rows[f"{name}_e8"]) for name in (*PRICES, *AMOUNTS)},
        "trades": pa.array(rows["trades"]),
        "version": pa.repeat(pa.scalar(month.end_ms), len(rows)),
        "source": pa.repeat("backfill:simulator", len(rows)),
        "completeness": pa.repeat("backfilled", len(rows)),
        "children": pa.repeat(pa.scalar(1), len(rows)),
    }
    table = pa.table([columns[name] for name in MINUTES.names], schema=MINUTES)
    lake.write(Interval.M1, symbol, month, table, Manifest(origin="archive", version=month.end_ms))
    return len(rows)


def _decimals(units: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """Return non-negative integers of 10^-8 as decimals."""
    words = np.zeros((len(units), 2), dtype=np.int64)
    words[:, 0] = units
    return pa.Array.from_buffers(DECIMAL, len(units), [None, pa.py_buffer(words)])


def roll_up(lake: Lake, units: Iterable[PairMonth]) -> Iterator[int]:
    """Roll up months as the backfill's tasks do; yield the rows read of each."""
    for unit in units:
        rolled = roll_up_month(lake, unit, now_ms=Month(LAST_YEAR + 1, 1).start_ms)
        yield 0 if rolled is None else rolled[0].num_rows


@dataclass(frozen=True)
class Sides:
    """Both sides over the same months."""

    lake: Lake
    spark: Spark
    rounds: int

    def by_spark(self, units: Sequence[PairMonth]) -> float:
        """Return the seconds of the best round."""
        work = partial(roll_up, self.lake)
        best = float("inf")
        for _ in range(self.rounds):
            began = time.perf_counter()
            self.spark.each(units, work, tasks=self.spark.parallelism * 8)
            best = min(best, time.perf_counter() - began)
        return best

    def by_polars(self, pairs: Sequence[str], months: Sequence[Month], target: Path) -> float:
        """Return the seconds of the best round of a process of its own."""
        files = {pair: [self.lake.path(Interval.M1, pair, month) for month in months] for pair in pairs}
        asked = json.dumps({"files": files, "target": str(target), "rounds": self.rounds})
        done = subprocess.run(
            [sys.executable, str(POLARS)], input=asked, capture_output=True, text=True, check=True
        )
        return float(json.loads(done.stdout)["seconds"])

    def differences(self, pairs: Sequence[str], months: Sequence[Month], target: Path) -> list[str]:
        """Return where the two sides do not have the same candles."""
        figures = ["open_time", *PRICES, *AMOUNTS, "trades"]
        found = []
        for pair in pairs:
            for interval in PARENT_INTERVALS:
                tables = [self.lake.read(interval, pair, month, figures) for month in months]
                ours = pa.concat_tables([table for table in tables if table is not None]).select(figures)
                theirs = pq.read_table(target / f"{pair}-{interval.value}.parquet", columns=figures)
                equal = ours.num_rows == theirs.num_rows and all(
                    single_chunk(ours[name]).to_pylist() == single_chunk(theirs[name]).to_pylist()
                    for name in figures
                )
                if not equal:
                    found.append(f"{pair} {interval.value}")
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=len(DEFAULT_SYMBOLS))
    parser.add_argument("--years", type=int, default=3, choices=range(1, 4))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pairs = DEFAULT_SYMBOLS[: options.pairs]
    print(machine("pyspark", "pyarrow", "polars"))

    lake = Lake(str(load(RunnerSettings).cache / "benchmarks" / f"rollups-{SEED}"))
    end = Month(LAST_YEAR + 1, 1)
    months = list(months_between(end.plus(-12 * options.years).start_ms, end.start_ms))
    twice = list(months_between(end.plus(-24 * options.years).start_ms, end.start_ms))
    units = [PairMonth(pair, month) for pair in pairs for month in months]
    units_twice = [PairMonth(pair, month) for pair in pairs for month in twice]
    began = time.perf_counter()
    with ProcessPoolExecutor() as pool:
        rows = dict(zip(units_twice, pool.map(partial(draw, lake), units_twice), strict=True))
    print(f"{sum(rows.values()):,} rows of 1m are in {lake.uri} ({time.perf_counter() - began:.0f} s)")

    target = Path(tempfile.mkdtemp(prefix="candlestack-rollups-"))
    try:
        began = time.perf_counter()
        with Spark(load(SparkSettings), "candlestack benchmark") as spark:
            # One month each on every core: the workers are there, with all they import.
            spark.each(units[: spark.parallelism], partial(roll_up, lake), tasks=spark.parallelism)
            print(f"Spark started and warm after {time.perf_counter() - began:.1f} s")
            sides = Sides(lake, spark, options.rounds)
            polars = sides.by_polars(pairs, months, target)
            ours = sides.by_spark(units)
            ours_twice = sides.by_spark(units_twice)
        count = sum(rows[unit] for unit in units)
        print(f"Polars        {polars:7.2f} s  {count / polars / 1e6:5.2f} M rows/s")
        print(f"Spark         {ours:7.2f} s  {count / ours / 1e6:5.2f} M rows/s   {count:,} rows")
        print(f"Spark, twice  {ours_twice:7.2f} s  {sum(rows.values()) / ours_twice / 1e6:5.2f} M rows/s")
        print(f"Spark / Polars: {ours / polars:.2f} (target: at most {TARGET_TIMES_POLARS})")
        print(f"twice the rows: {ours_twice / ours:.2f} times the time (target: at most {TARGET_TWICE})")
        wrong = sides.differences(pairs, months, target)
        print(f"the same candles on both sides: {'yes' if not wrong else 'NO: ' + ', '.join(wrong)}")
    finally:
        shutil.rmtree(target)
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
