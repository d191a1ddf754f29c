"""What the candle routes take and answer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, UnsetType
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.symbols.schemas import SymbolParameter
from candlestack_core.intervals import Interval
from candlestack_core.messages import Candle, Id

LIMIT_DEFAULT = 500
LIMIT_LARGEST = 1500
"""More than the 1,440 minutes of a day, so that one answer can hold a day."""
REALTIME_LIMIT_DEFAULT = 1440

TimeParameter = Annotated[int, Field(ge=0, lt=2**53)]


class OhlcCandle(Candle, frozen=True, kw_only=True):
    """A candle of any interval. One longer than 1m is made of the 1m candles of its window.

    Where such a one is `partial`, `children` is the number of 1m candles that it is made of, and
    `expected_children` the number that there should be: of a forming one, up to the newest minute.
    """

    children: Id | UnsetType = UNSET
    expected_children: Id | UnsetType = UNSET


class Ohlc(msgspec.Struct, frozen=True, kw_only=True):
    """Candles of one pair, ascending by open time; the forming one, where it belongs to them, comes last."""

    symbol: str
    interval: Literal["1m", "5m", "1h", "4h", "1d"]
    candles: list[OhlcCandle]


class LatestQuery(BaseModel):
    """The query of `/latest`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter


class RealtimeQuery(BaseModel):
    """The query of `/ohlc/realtime`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter
    limit: Annotated[
        int, Field(ge=1, le=LIMIT_LARGEST, description="The newest so many minutes of the window")
    ] = REALTIME_LIMIT_DEFAULT


class OhlcQuery(BaseModel):
    """The query of `/ohlc`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter
    interval: Annotated[Interval, Field(description="Interval of the candles")] = Interval.M1
    start_time: Annotated[
        TimeParameter | None,
        Field(alias="startTime", description="Least open time, epoch ms; the answer begins there"),
    ] = None
    end_time: Annotated[
        TimeParameter | None, Field(alias="endTime", description="Greatest open time, epoch ms, inclusive")
    ] = None
    limit: Annotated[
        int,
        Field(
            ge=1,
            le=LIMIT_LARGEST,
            description="Most candles: the first ones from startTime, or, without it, the newest ones",
        ),
    ] = LIMIT_DEFAULT

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start_time is not None and self.end_time is not None and self.end_time < self.start_time:
            raise ValueError("endTime is before startTime")
        return self
