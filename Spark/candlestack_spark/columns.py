"""Candles as Arrow columns: every price and amount an exact decimal, every time in ms.

A table holds candles of one pair and one interval, ascending by open time. Prices and amounts are
`decimal(28,8)`, sums `decimal(38,8)`; a text that does not fit raises and is never rounded.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from candlestack_core.decimals import MAX_DECIMALS

PRICES: Final = ("open", "high", "low", "close")
AMOUNTS: Final = ("volume", "quote_volume", "taker_buy_volume", "taker_buy_quote_volume")
TIMES: Final = ("open_time", "close_time")

TIME: Final = pa.timestamp("ms", "UTC")
DECIMAL: Final = pa.decimal128(28, MAX_DECIMALS)
SUM: Final = pa.decimal128(38, MAX_DECIMALS)


def _schema(amount: pa.DataType) -> pa.Schema:
    return pa.schema(
        [
            *((name, TIME) for name in TIMES),
            *((name, DECIMAL) for name in PRICES),
            *((name, amount) for name in AMOUNTS),
            ("trades", pa.int64()),
            ("version", pa.int64()),
            ("source", pa.string()),
            ("completeness", pa.string()),
            ("children", pa.int64()),
        ]
    )


MINUTES: Final = _schema(DECIMAL)
"""1m candles. `children` is 1: the number of 1m candles that one stands for."""
PARENTS: Final = _schema(SUM)
"""Candles of a longer interval."""

_UNITS: Final = pa.decimal128(38, 0)
_SHORTEST_UNITS: Final = MAX_DECIMALS + 1


def decimals_of(texts: pa.Array) -> pa.Array:
    """Return plain decimals written as text as `decimal(28,8)`.

    Raises:
        pyarrow.ArrowInvalid: one is no number, has more than 8 decimals, or more than 20 digits before the point.
    """
    return pc.cast(texts, DECIMAL)


def canonical_texts(amounts: pa.Array) -> pa.Array:
    """Return non-negative decimals of scale 8 in canonical form: `65000.1`, `0.5`, `0`."""
    # Arrow writes the smallest as 1E-8; without a scale it writes nothing but digits.
    units = pa.Array.from_buffers(_UNITS, len(amounts), amounts.buffers(), offset=amounts.offset)
    digits = pc.utf8_lpad(pc.cast(units, pa.string()), _SHORTEST_UNITS, "0")
    whole = pc.utf8_slice_codeunits(digits, 0, -MAX_DECIMALS)
    fraction = pc.utf8_rtrim(pc.utf8_slice_codeunits(digits, -MAX_DECIMALS), "0")
    return pc.utf8_rtrim(pc.binary_join_element_wise(whole, fraction, "."), ".")


def single_chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
