"""What the symbol route answers, and how a pair is named in every query."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import Field

from candlestack_core.messages import Market

SymbolParameter = Annotated[
    str,
    Field(min_length=2, max_length=40, description="A pair, as `BTCUSDT`", examples=["BTCUSDT"]),
]

Origin = Literal["binance", "simulator", "replay"]
"""Where data comes from; for what REST filled, where it was filled from."""


class SymbolInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One pair, as its data shows it; null is what no data has shown yet.

    `markets` are those it is in: `spot`, and `usdm` where there are futures of it. `price_decimals` and
    `quantity_decimals` are the most decimals seen in its prices, and in its base amounts.
    """

    symbol: str
    markets: list[Market]
    source: Origin | None
    simulated: bool | None
    price_decimals: int | None
    quantity_decimals: int | None


class Symbols(msgspec.Struct, frozen=True, kw_only=True):
    """Every known pair in the order of the alphabet, and where the newest data comes from.

    `simulated` is true where that is not a real exchange as it trades now: a simulator, or a replayed recording.
    """

    source: Origin | None
    simulated: bool | None
    symbols: list[SymbolInfo]
