"""Rows of klines as the exchange writes them, in archives and in REST answers alike, as Arrow columns.

A row has twelve fields: open time, open, high, low, close, volume, close time, quote volume, trades, taker buy
volume, taker buy quote volume, and one to be ignored. Times are in ms or, in archives from 2025 on, in
microseconds. What is no candle is set aside, each with its reason.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import backfill_source
from candlestack_spark.columns import AMOUNTS, DECIMAL, MINUTES, PRICES, TIME, single_chunk

FIELDS: Final = (
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "quote_volume",
    "trades",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "ignored",
)
REASONS_KEPT: Final = 5

_INTEGER: Final = r"^[0-9]{1,18}$"
_PLAIN: Final = r"^[0-9]{1,20}(\.[0-9]{1,8}0*)?$"
_FIRST_MICROSECONDS: Final = 10**14
"""In ms this is the year 5138; in microseconds it is 1973."""


class Parsed(NamedTuple):
    """The candles of some rows as `columns.MINUTES`, and how many rows were none, with the first reasons."""

    candles: pa.Table
    set_aside: int
    reasons: list[str]


class _Rows:
    """Rows that become fewer: each check sets some aside."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.set_aside = 0
        self.reasons: list[str] = []

    def keep(self, good: pa.Array | pa.ChunkedArray, reason: str) -> None:
        """Set aside the rows that are not good."""
        good = pc.fill_null(good, False)
        bad = pc.invert(good)
        count = pc.sum(bad).as_py() or 0
        if not count:
            return
        self.set_aside += count
        for row in self.table.filter(bad).slice(0, REASONS_KEPT - len(self.reasons)).to_pylist():
            self.reasons.append(f"{reason}: {','.join(str(row[name]) for name in FIELDS)[:160]}")
        self.table = self.table.filter(good)

    def column(self, name: str) -> pa.ChunkedArray:
        return self.table[name]


def candles_of(texts: pa.Table, *, start_ms: int, end_ms: int, version: int, source: str) -> Parsed:
    """Return rows whose fields (`FIELDS`) are texts as 1m candles, ascending by open time.

    A candle opens in `[start_ms, end_ms)`, on a minute, and none twice. `version` is the exchange's time in ms when
    it was asked, `source` that of the exchange (`simulator`).
    """
    rows = _Rows(texts)
    for name in ("open_time", "close_time", "trades"):
        rows.keep(pc.match_substring_regex(rows.column(name), _INTEGER), f"{name} is no number")
    for name in (*PRICES, *AMOUNTS):
        rows.keep(pc.match_substring_regex(rows.column(name), _PLAIN), f"{name} is no amount")
    made = {name: rows.column(name).cast(DECIMAL) for name in (*PRICES, *AMOUNTS)}
    made["trades"] = rows.column("trades").cast(pa.int64())
    for name in ("open_time", "close_time"):
        made[f"{name}_ms"] = _milliseconds(rows.column(name).cast(pa.int64()))
    # The texts stay beside the figures: they are what a reason shows.
    shown = rows.table
    rows.table = pa.table({**{name: shown[name] for name in FIELDS}, **{f"_{k}": v for k, v in made.items()}})
    opens, closes = rows.column("_open_time_ms"), rows.column("_close_time_ms")
    rows.keep(pc.equal(_remainder(opens), 0), "it does not open on a minute")
    opens = rows.column("_open_time_ms")
    inside = pc.and_(pc.greater_equal(opens, start_ms), pc.less(opens, end_ms))
    rows.keep(inside, "it opens outside of the time it was asked for")
    opens, closes = rows.column("_open_time_ms"), rows.column("_close_time_ms")
    late = pc.and_(pc.greater_equal(closes, opens), pc.less(closes, pc.add(opens, MINUTE_MS)))
    rows.keep(late, "it closes outside of its minute")
    rows.keep(_prices_fit(rows), "its prices do not fit each other")
    rows.keep(_takers_fit(rows), "takers bought more than was traded")
    rows.table = rows.table.sort_by("_open_time_ms")
    rows.keep(_first_of_each(single_chunk(rows.column("_open_time_ms"))), "its minute was there already")
    return Parsed(_minutes(rows, version, source), rows.set_aside, rows.reasons)


def _milliseconds(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.less(times, _FIRST_MICROSECONDS), times, pc.divide(times, 1000))


def _remainder(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.subtract(times, pc.multiply(pc.divide(times, MINUTE_MS), MINUTE_MS))


def _prices_fit(rows: _Rows) -> pa.ChunkedArray:
    open_, high, low, close = (rows.column(f"_{name}") for name in PRICES)
    fits = pc.greater(low, pa.scalar(0, DECIMAL))
    for price in (open_, close):
        fits = pc.and_(fits, pc.and_(pc.less_equal(low, price), pc.less_equal(price, high)))
    return fits


def _takers_fit(rows: _Rows) -> pa.ChunkedArray:
    base = pc.less_equal(rows.column("_taker_buy_volume"), rows.column("_volume"))
    return pc.and_(base, pc.less_equal(rows.column("_taker_buy_quote_volume"), rows.column("_quote_volume")))


def _first_of_each(ascending: pa.Array) -> pa.Array:
    if not len(ascending):
        return pa.array([], pa.bool_())
    differs = pc.not_equal(ascending.slice(1), ascending.slice(0, len(ascending) - 1))
    return pa.concat_arrays([pa.array([True]), differs])


def _minutes(rows: _Rows, version: int, source: str) -> pa.Table:
    count = rows.table.num_rows
    columns = {
        "open_time": rows.column("_open_time_ms").cast(TIME),
        "close_time": rows.column("_close_time_ms").cast(TIME),
        **{name: rows.column(f"_{name}") for name in (*PRICES, *AMOUNTS, "trades")},
        "version": pa.repeat(pa.scalar(version, pa.int64()), count),
        "source": pa.repeat(backfill_source(source), count),
        "completeness": pa.repeat("backfilled", count),
        "children": pa.repeat(pa.scalar(1, pa.int64()), count),
    }
    return pa.table([single_chunk(columns[name]) for name in MINUTES.names], schema=MINUTES)
