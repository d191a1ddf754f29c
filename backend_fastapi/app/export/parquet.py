"""Candles as Parquet: exact decimals, times as UTC timestamps in ms, a row group for each page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from app.export.csv import COLUMNS
from candlestack_core.messages import Candle

_TIME = pa.timestamp("ms", tz="UTC")
_AMOUNT = pa.decimal128(28, 8)
_SUM = pa.decimal128(38, 8)
_TYPES: Final = {
    **dict.fromkeys(("open_time", "close_time"), _TIME),
    **dict.fromkeys(("open", "high", "low", "close"), _AMOUNT),
    **dict.fromkeys(("volume", "quote_volume", "taker_buy_volume", "taker_buy_quote_volume"), _SUM),
    **dict.fromkeys(("trades", "version"), pa.int64()),
}
SCHEMA: Final = pa.schema([(column, _TYPES.get(column, pa.string())) for column in COLUMNS])


class ParquetFile:
    """Writes into memory, from which each part is taken."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._writer = pq.ParquetWriter(pa.PythonFile(_Appended(self), mode="w"), SCHEMA, compression="zstd")

    def begin(self) -> bytes:
        return self._take()

    def add(self, candles: Sequence[Candle]) -> bytes:
        if candles:
            self._writer.write_table(_table(candles))
        return self._take()

    def end(self) -> bytes:
        self._writer.close()
        return self._take()

    def write(self, data: bytes) -> int:
        return self._buffer.write(data)

    def _take(self) -> bytes:
        part = self._buffer.getvalue()
        self._buffer = io.BytesIO()
        return part


class _Appended(io.RawIOBase):
    """What Arrow writes to: it is only ever added to."""

    def __init__(self, file: ParquetFile) -> None:
        self._file = file
        self._length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._length += len(data)
        return self._file.write(data)


def _table(candles: Sequence[Candle]) -> pa.Table:
    columns = []
    for field in SCHEMA:
        values = [getattr(candle, field.name) for candle in candles]
        if pa.types.is_decimal(field.type):
            values = list(map(Decimal, values))
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=SCHEMA)
