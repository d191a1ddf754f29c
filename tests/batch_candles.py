"""Candles for the tests: as columns, as documents of the store, as messages, and as they were recorded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from bson import Int64, Timestamp
from pyarrow.feather import read_table

from candlestack_core.intervals import MINUTE_MS, Bar
from candlestack_core.messages import Candle
from candlestack_core.names import candle_id
from candlestack_spark.columns import AMOUNTS, DECIMAL, MINUTES, PRICES, TIME
from candlestack_spark.stores.documents import Document, date_of

FIGURES = ("open", "high", "low", "close", "volume")
"""What the recordings without trade counts have."""
DAY = 1_700_006_400_000
"""A midnight UTC."""


def minutes(
    bars: Sequence[Bar],
    *,
    versions: Sequence[int] | None = None,
    children: int = 1,
    source: str = "simulator",
) -> pa.Table:
    """Return bars as a table of 1m candles (or of candles that stand for more)."""
    count = len(bars)
    columns: dict[str, pa.Array] = {
        "open_time": pa.array([bar.open_time for bar in bars], pa.int64()).cast(TIME),
        "close_time": pa.array([bar.open_time + MINUTE_MS * children - 1 for bar in bars], pa.int64()).cast(
            TIME
        ),
        **{name: pa.array([getattr(bar, name) for bar in bars], DECIMAL) for name in (*PRICES, *AMOUNTS)},
        "trades": pa.array([bar.trades for bar in bars], pa.int64()),
        "version": pa.array(list(versions) if versions is not None else [1] * count, pa.int64()),
        "source": pa.array([source] * count, pa.string()),
        "completeness": pa.array(["complete"] * count, pa.string()),
        "children": pa.array([children] * count, pa.int64()),
    }
    return pa.table([columns[name] for name in MINUTES.names], schema=MINUTES)


def bars_of(table: pa.Table) -> list[Bar]:
    """Return the figures of a table of candles."""
    return [
        Bar(
            open_time=int(row["open_time"].timestamp() * 1000),
            **{name: row[name] for name in (*PRICES, *AMOUNTS, "trades")},
        )
        for row in table.to_pylist()
    ]


def document(symbol: str, open_time: int, **changes: Any) -> Document:
    """Return a 1m candle as the candle writer stores it."""
    return {
        "_id": candle_id(symbol, open_time),
        "symbol": symbol,
        "interval": "1m",
        "open_time": date_of(open_time),
        "close_time": date_of(open_time + MINUTE_MS - 1),
        "open": "10",
        "high": "12.5",
        "low": "9",
        "close": "11",
        "volume": "3",
        "quote_volume": "33",
        "trades": Int64(4),
        "taker_buy_volume": "1",
        "taker_buy_quote_volume": "11",
        "closed": True,
        "version": Int64(open_time + MINUTE_MS),
        "source": "simulator",
        "completeness": "complete",
        "written_at": Timestamp(0, 0),
        **changes,
    }


def candle(symbol: str, minute: int, **fields: Any) -> Candle:
    """Return a closed candle of a pair, so many minutes after `DAY`."""
    open_time = DAY + minute * MINUTE_MS
    made: dict[str, Any] = {
        "symbol": symbol,
        "interval": "1m",
        "open_time": open_time,
        "close_time": open_time + MINUTE_MS - 1,
        "open": "10",
        "high": "12.5",
        "low": "9",
        "close": "11",
        "volume": "3",
        "quote_volume": "33",
        "trades": 4,
        "taker_buy_volume": "1",
        "taker_buy_quote_volume": "11",
        "closed": True,
        "version": open_time + MINUTE_MS,
        "source": "simulator",
        "completeness": "complete",
    }
    return Candle(**made | fields)


def exact(figure: float) -> Decimal:
    """Return the decimal that was recorded: the shortest one that reads back as this float."""
    return Decimal(repr(figure))


def thin(recordings: Path, interval: str) -> dict[int, tuple[Decimal, ...]]:
    """Return ADABTC of 2023 by open time: a thin pair, with empty minutes and a halt."""
    text = gzip.decompress((recordings / "klines" / "thin" / f"ADA_BTC-{interval}.json.gz").read_bytes())
    return {row[0]: tuple(map(exact, row[1:])) for row in json.loads(text)}


def feather(recordings: Path, pair: str, interval: str) -> dict[int, tuple[Decimal, ...]]:
    """Return a busy pair of 2026 by open time."""
    table = read_table(recordings / "klines" / "spot_1m" / f"{pair}-{interval}.feather")
    times = [int(nanoseconds) // 1_000_000 for nanoseconds in table["date"].cast("int64").to_pylist()]
    columns = [table[name].to_pylist() for name in FIGURES]
    rows = zip(times, zip(*columns, strict=True), strict=True)
    return {time: tuple(map(exact, row)) for time, row in rows}


def bar(
    open_time: int, figures: Sequence[Decimal], trades: int, others: Sequence[Decimal] | None = None
) -> Bar:
    """Return a bar of open, high, low, close, volume; `others` are quote volume and what takers bought of both."""
    open_, high, low, close, volume = figures
    quote_volume, taker_buy_volume, taker_buy_quote_volume = others or (Decimal(0),) * 3
    return Bar(
        open_time=open_time,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        quote_volume=quote_volume,
        trades=trades,
        taker_buy_volume=taker_buy_volume,
        taker_buy_quote_volume=taker_buy_quote_volume,
    )


def priced(rows: Mapping[int, tuple[Decimal, ...]]) -> list[Bar]:
    """Return the bars of a recording that counts no trades: volume 0 stands for none."""
    return [bar(time, row, 1 if row[4] else 0) for time, row in sorted(rows.items())]


def rest(recordings: Path, pair: str, interval: str) -> dict[int, Bar]:
    """Return the closed candles of recorded REST answers by open time, with all their figures."""
    rows: dict[int, list[Any]] = {}
    for path in sorted((recordings / "klines" / "rest" / pair / interval).glob("20*.json.gz")):
        rows.update({row[0]: row for row in json.loads(gzip.decompress(path.read_bytes()))})
    del rows[max(rows)]  # unfinished
    return {
        time: bar(
            time,
            [Decimal(text) for text in row[1:6]],
            int(row[8]),
            [Decimal(text) for text in (row[7], row[9], row[10])],
        )
        for time, row in sorted(rows.items())
    }
