"""Candles as they are asked for, and as pandas or polars frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

import msgspec

from candlestack_client.models import Candle, Interval

if TYPE_CHECKING:
    import pandas
    import polars

TIMES = ("open_time", "close_time")
COUNTS = ("trades", "version", "children", "expected_children")
AMOUNTS = tuple(field.name for field in msgspec.structs.fields(Candle) if field.type is Decimal)
COLUMNS = Candle.__struct_fields__
DIGITS, DECIMALS = 38, 8
"""Of an exact amount: the contract has no more decimals."""


@dataclass(frozen=True)
class Candles(Sequence[Candle]):
    """Candles of one pair and interval, ascending by open time; one that still forms comes last.

    A frame has a column for each field of a candle, times as datetimes in UTC; amounts are exact decimals, or
    floats where it is asked for with `exact=False`.
    """

    symbol: str
    interval: Interval
    items: tuple[Candle, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Candle]:
        return iter(self.items)

    @overload
    def __getitem__(self, index: int) -> Candle: ...
    @overload
    def __getitem__(self, index: slice) -> Candles: ...
    def __getitem__(self, index: int | slice) -> Candle | Candles:
        if isinstance(index, slice):
            return Candles(self.symbol, self.interval, self.items[index])
        return self.items[index]

    def closed(self) -> Candles:
        """Return them without the one that still forms."""
        return Candles(self.symbol, self.interval, tuple(candle for candle in self.items if candle.closed))

    def to_polars(self, *, exact: bool = True) -> polars.DataFrame:
        """Return a polars frame; exact amounts are `Decimal(38, 8)`."""
        import polars as pl  # noqa: PLC0415 - an extra, which not everyone installs

        schema: dict[str, polars.DataType] = (
            dict.fromkeys(COLUMNS, pl.String())
            | dict.fromkeys(AMOUNTS, pl.Decimal(DIGITS, DECIMALS) if exact else pl.Float64())
            | dict.fromkeys(TIMES, pl.Datetime("ms", "UTC"))
            | dict.fromkeys(COUNTS, pl.Int64())
            | {"closed": pl.Boolean()}
        )
        return pl.DataFrame(self._columns(exact=exact), schema=schema)

    def to_pandas(self, *, exact: bool = True) -> pandas.DataFrame:
        """Return a pandas frame, indexed by open time; exact amounts are `decimal.Decimal` objects."""
        import pandas as pd  # noqa: PLC0415 - an extra, which not everyone installs

        frame = pd.DataFrame(self._columns(exact=exact), columns=list(COLUMNS))
        for name in TIMES:
            frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
        types = (
            dict.fromkeys(COLUMNS, "object")
            | dict.fromkeys(COUNTS, "Int64")
            | dict.fromkeys(AMOUNTS, "object" if exact else "float64")
            | dict.fromkeys(TIMES, "datetime64[ns, UTC]")
            | {"closed": "bool"}
        )
        return frame.astype(types).set_index("open_time")

    def _columns(self, *, exact: bool) -> dict[str, list[Any]]:
        columns = {name: [getattr(candle, name) for candle in self.items] for name in COLUMNS}
        if not exact:
            columns |= {name: [float(amount) for amount in columns[name]] for name in AMOUNTS}
        return columns
