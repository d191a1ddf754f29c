"""What the completeness route takes and answers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.book.channel import MarketParameter
from app.candles.schemas import TimeParameter
from app.symbols.schemas import SymbolParameter
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Id, Market, Symbol, TimeMs
from candlestack_core.names import LedgerStream

SPAN_DEFAULT_MS = 60 * MINUTE_MS
SPAN_LARGEST_MS = 24 * 60 * MINUTE_MS
HOLES_DEFAULT = 100
HOLES_LARGEST = 1000

HowFilled = Literal["rest", "snapshot"]


class StreamCompleteness(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one stream over the range. Ids are trade ids, update ids of depth, and one a candle.

    `minutes_known` are the minutes accounted for, `minutes_unknown` the others of the range: nothing came in
    them, or nobody looked. `expected` is the sum of `received` (by the stream itself), `filled` (by REST or,
    for a book, by a snapshot) and `missing`.
    """

    market: Market
    stream: LedgerStream
    symbol: Symbol
    minutes_known: int
    minutes_unknown: int
    expected: int
    received: int
    filled: int
    missing: int


class HoleInStream(msgspec.Struct, frozen=True, kw_only=True):
    """A run of ids that a stream did not bring; a hole between two minutes is the later one's.

    `minute` is its open time. Of candles an id is the open time. `how` is `rest` where REST brought them,
    `snapshot` where a snapshot brought the book beyond them, and null while they are missing; `filled_at` is
    when, in ms.
    """

    market: Market
    stream: LedgerStream
    symbol: Symbol
    minute: TimeMs
    first_id: Id
    last_id: Id
    count: int
    how: HowFilled | None
    filled_at: TimeMs | None


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """The minutes with open times in `[start_time, end_time)`: sums by stream, and the holes, newest first.

    `truncated` says that there are more holes than `limit`.
    """

    start_time: TimeMs
    end_time: TimeMs
    streams: list[StreamCompleteness]
    holes: list[HoleInStream]
    truncated: bool


class CompletenessQuery(BaseModel):
    """The query of `/completeness`."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter | None = None
    market: MarketParameter | None = None
    stream: Annotated[LedgerStream | None, Field(description="One kind of stream; all without it")] = None
    start_time: Annotated[
        TimeParameter | None,
        Field(
            alias="startTime", description="Least open time, epoch ms; 60 minutes before endTime without it"
        ),
    ] = None
    end_time: Annotated[
        TimeParameter | None,
        Field(
            alias="endTime",
            description=(
                "The open times end before it, epoch ms; without it 60 minutes after startTime or, without"
                " that one too, now"
            ),
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=HOLES_LARGEST, description="Most holes, the newest ones")] = (
        HOLES_DEFAULT
    )

    @model_validator(mode="after")
    def _a_day_at_most(self) -> Self:
        if self.start_time is not None and self.end_time is not None:
            if self.end_time <= self.start_time:
                raise ValueError("endTime is not after startTime")
            if self.end_time - self.start_time > SPAN_LARGEST_MS:
                raise ValueError("startTime and endTime are more than 24 hours apart")
        return self

    def span(self, now_ms: int) -> tuple[int, int]:
        """Return where the range begins and where it ends, in ms; the end is not in it."""
        if self.start_time is not None:
            return self.start_time, self.end_time or self.start_time + SPAN_DEFAULT_MS
        end = now_ms if self.end_time is None else self.end_time
        return max(end - SPAN_DEFAULT_MS, 0), end
