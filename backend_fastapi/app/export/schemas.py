"""What the export route takes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.candles.schemas import TimeParameter
from app.symbols.schemas import SymbolParameter
from candlestack_core.intervals import Interval

CANDLES_LARGEST = 200_000
"""Four months and a half of minutes."""

Format = Literal["csv", "parquet"]


class ExportQuery(BaseModel):
    """The query of `/export`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter
    interval: Annotated[Interval, Field(description="Interval of the candles")] = Interval.M1
    start_time: Annotated[TimeParameter, Field(alias="startTime", description="Least open time, epoch ms")]
    end_time: Annotated[
        TimeParameter, Field(alias="endTime", description="Greatest open time, epoch ms, inclusive")
    ]
    format: Annotated[Format, Field(description="`csv` (RFC 4180) or `parquet`")] = "csv"

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.end_time < self.start_time:
            raise ValueError("endTime is before startTime")
        if (self.end_time - self.start_time) // self.interval.ms >= CANDLES_LARGEST:
            raise ValueError(f"the range has more than {CANDLES_LARGEST} candles of {self.interval.value}")
        return self
