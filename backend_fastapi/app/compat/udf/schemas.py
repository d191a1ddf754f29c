"""What the UDF routes take and answer.

Source: https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from candlestack_core.intervals import Interval

RESOLUTIONS = {
    "1": Interval.M1,
    "5": Interval.M5,
    "60": Interval.H1,
    "240": Interval.H4,
    "1D": Interval.D1,
}
Resolution = Literal["1", "5", "60", "240", "1D", "D"]
BARS_LARGEST = 5_000
SEARCH_LARGEST = 100

Seconds = Annotated[int, Field(ge=-(2**43), lt=2**43)]
"""An epoch time; the library asks for bars from before there was any."""


class Exchange(msgspec.Struct, frozen=True):
    """An exchange as the library's filter shows it."""

    value: str
    name: str
    desc: str


class SymbolType(msgspec.Struct, frozen=True):
    """A kind of instrument as the library's filter shows it."""

    name: str
    value: str


class UdfConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the server offers."""

    supported_resolutions: list[str]
    supports_search: bool
    supports_group_request: bool
    supports_marks: bool
    supports_timescale_marks: bool
    supports_time: bool
    exchanges: list[Exchange]
    symbols_types: list[SymbolType]


class UdfSymbol(msgspec.Struct, frozen=True, kw_only=True):
    """A pair. Its prices are multiples of `minmov / pricescale`, the exchange's tick size."""

    name: str
    ticker: str
    description: str
    type: str
    session: str
    timezone: str
    exchange: str
    listed_exchange: str
    format: str
    minmov: int
    pricescale: int
    has_intraday: bool
    has_daily: bool
    has_weekly_and_monthly: bool
    intraday_multipliers: list[str]
    supported_resolutions: list[str]
    volume_precision: int
    data_status: str
    currency_code: str


class UdfMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that a search found."""

    symbol: str
    full_name: str
    description: str
    exchange: str
    ticker: str
    type: str


class UdfBars(msgspec.Struct, frozen=True, kw_only=True):
    """Bars ascending by time, column by column; the numbers have the exact digits of their decimals."""

    s: Literal["ok"] = "ok"
    t: list[int]
    o: list[msgspec.Raw]
    h: list[msgspec.Raw]
    l: list[msgspec.Raw]  # noqa: E741 - the protocol's name
    c: list[msgspec.Raw]
    v: list[msgspec.Raw]


class UdfNoData(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """There are no bars in the range; `nextTime` is that of the newest one before it, where there is one."""

    s: str
    next_time: int | None = None


class UdfError(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer."""

    s: str
    errmsg: str


UdfName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        description="A pair, as `BTCUSDT` or `BINANCE:BTCUSDT`",
        examples=["BTCUSDT"],
    ),
]


class SymbolQuery(BaseModel):
    """The query of `/udf/symbols`."""

    model_config = ConfigDict(extra="ignore")

    symbol: UdfName


class SearchQuery(BaseModel):
    """The query of `/udf/search`."""

    model_config = ConfigDict(extra="ignore")

    query: Annotated[str, Field(max_length=80, description="A part of a pair's name, in any case")] = ""
    type: Annotated[str, Field(max_length=80, description="A kind of instrument; empty: all")] = ""
    exchange: Annotated[str, Field(max_length=80, description="An exchange; empty: all")] = ""
    limit: Annotated[int, Field(ge=1, le=SEARCH_LARGEST)] = 30


class HistoryQuery(BaseModel):
    """The query of `/udf/history`: bars in `[from, to)`, or the last `countback` before `to`."""

    model_config = ConfigDict(extra="ignore")

    symbol: UdfName
    resolution: Resolution
    start: Annotated[Seconds, Field(alias="from", description="Epoch seconds, inclusive")] = 0
    end: Annotated[Seconds, Field(alias="to", description="Epoch seconds, exclusive")]
    countback: Annotated[
        int | None, Field(ge=1, le=10**9, description="So many bars before `to`, whatever `from` says")
    ] = None

    @property
    def interval(self) -> Interval:
        return RESOLUTIONS["1D" if self.resolution == "D" else self.resolution]
