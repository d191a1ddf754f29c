"""Candles between MongoDB's documents and Arrow's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from bson import Int64

from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.names import candle_id
from candlestack_spark.columns import (
    AMOUNTS,
    MINUTES,
    PRICES,
    TIMES,
    canonical_texts,
    decimals_of,
    single_chunk,
)

Document = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DECIMALS = (*PRICES, *AMOUNTS)
_TEXTS = ("source", "completeness")


class Read(NamedTuple):
    """What was read: the candles, and of each document that is none the reason."""

    candles: pa.Table
    set_aside: list[str]


def date_of(time_ms: int) -> datetime:
    """Return an epoch time as MongoDB stores it."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def time_of(stored: datetime) -> int:
    """Return a stored date as an epoch time in ms."""
    return (stored - _EPOCH) // _MILLISECOND


def minutes_of(documents: Sequence[Document]) -> Read:
    """Return stored 1m candles as `columns.MINUTES`, in the order given.

    A document that is no candle is set aside.
    """
    try:
        return Read(_table(documents), [])
    except (pa.ArrowInvalid, pa.ArrowTypeError, KeyError, TypeError, ValueError, OverflowError):
        # One of them: look at each, which is slow and rare.
        faults = [(document, _fault(document)) for document in documents]
        sound = [document for document, fault in faults if fault is None]
        return Read(_table(sound), [f"{document.get('_id')}: {fault}" for document, fault in faults if fault])


def _table(documents: Sequence[Document]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        name: pa.array([document[name] for document in documents], MINUTES.field(name).type)
        for name in (*TIMES, *_TEXTS)
    }
    for name in _DECIMALS:
        columns[name] = decimals_of(pa.array([document[name] for document in documents], pa.string()))
    for name in ("trades", "version"):
        columns[name] = pa.array([int(document[name]) for document in documents], pa.int64())
    columns["children"] = pa.array([1] * len(documents), pa.int64())
    return pa.table([columns[name] for name in MINUTES.names], schema=MINUTES)


def _fault(document: Document) -> str | None:
    """Return why a document is no 1m candle, or None."""
    try:
        _table([document])
        for name in _DECIMALS:
            canonical(document[name])
        if time_of(document["open_time"]) % MINUTE_MS:
            return "it does not start on a minute"
    except KeyError as error:
        return f"it has no {error.args[0]}"
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError, OverflowError) as error:
        return str(error)
    return None


def parent_documents(parents: pa.Table, symbol: str, interval: Interval) -> Iterator[Document]:
    """Yield parent candles (`columns.PARENTS`) as they are stored."""
    expected = Int64(interval.minutes)
    for document in _documents(parents, symbol, interval):
        document["children"] = Int64(document["children"])
        document["expected_children"] = expected
        yield document


def minute_documents(minutes: pa.Table, symbol: str) -> Iterator[Document]:
    """Yield 1m candles (`columns.MINUTES`) as they are stored, but for the time of the write."""
    for document in _documents(minutes, symbol, Interval.M1):
        del document["children"]
        yield document


def _documents(candles: pa.Table, symbol: str, interval: Interval) -> Iterator[Document]:
    columns = {name: single_chunk(candles[name]) for name in candles.column_names}
    lists: dict[str, list[Any]] = {
        name: canonical_texts(column).to_pylist() if name in _DECIMALS else column.to_pylist()
        for name, column in columns.items()
        if name not in TIMES
    }
    times = {name: columns[name].cast(pa.int64()).to_pylist() for name in TIMES}
    fixed = {"symbol": symbol, "interval": interval.value, "closed": True}
    names = tuple(lists)
    rows = zip(*lists.values(), strict=True)
    for open_time, close_time, values in zip(times["open_time"], times["close_time"], rows, strict=True):
        document = {
            "_id": candle_id(symbol, open_time),
            **fixed,
            "open_time": date_of(open_time),
            "close_time": date_of(close_time),
            **dict(zip(names, values, strict=True)),
        }
        document["trades"] = Int64(document["trades"])
        document["version"] = Int64(document["version"])
        yield document
