"""What the trade routes take and answer."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from app.symbols.schemas import SymbolParameter
from candlestack_core.messages import Trade

LIMIT_DEFAULT = 100
LIMIT_LARGEST = 1000


class TradeList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest trades of one pair, ascending by trade id."""

    symbol: str
    trades: list[Trade]


class TradesQuery(BaseModel):
    """The query of `/trades`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter
    limit: Annotated[int, Field(ge=1, le=LIMIT_LARGEST, description="The newest so many trades")] = (
        LIMIT_DEFAULT
    )
