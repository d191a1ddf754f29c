"""What the status route takes and answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from app.health.schemas import Readiness
from app.symbols.schemas import SymbolParameter
from candlestack_core.messages import BookState, Market, Symbol, TimeMs
from candlestack_core.names import LedgerStream


class StreamStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One stream as its newest record shows it; null is what no record has shown yet.

    `time` is the exchange's time of that record, `age` the ms since; null in a replayed recording, whose times
    lie in the past. `lag` is how many ms after its time it arrived here: below zero where the exchange's clock is
    ahead. `state` is the trust state of a book; only `synced` ones may be believed.
    """

    market: Market
    stream: LedgerStream
    symbol: Symbol
    source: str | None
    simulated: bool | None
    time: TimeMs | None
    age: int | None
    lag: int | None
    state: BookState | None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The streams by pair, market and kind; `ready` says what can be served, and what is away and why."""

    time: TimeMs
    ready: Readiness
    streams: list[StreamStatus]


class StatusQuery(BaseModel):
    """The query of `/status`."""

    model_config = ConfigDict(extra="forbid")

    symbol: Annotated[SymbolParameter | None, Field(description="One pair; all without it")] = None
