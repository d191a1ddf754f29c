"""What the ranking routes take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from candlestack_core.messages import RankedPair, Source, TimeMs

RankingName = Literal["top_gainers", "top_losers"]

LIMIT_DEFAULT = 10
LIMIT_LARGEST = 100


class RankingList(msgspec.Struct, frozen=True, kw_only=True):
    """The first pairs of a ranking, ascending by rank.

    It is of the 1,440 minutes up to the newest closed one, which opened at `time` (ms). `supply_time` is of
    when the circulating supplies are that the market caps rest on; a market cap is null where the supply is
    not known. While nothing has been ranked yet there are no rows, `time` is null and `reason` says so.
    """

    ranking: RankingName
    time: TimeMs | None
    source: Source | None
    supply_time: TimeMs | None
    rows: list[RankedPair]
    reason: str | None


class RankingQuery(BaseModel):
    """The query of the ranking routes."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=LIMIT_LARGEST, description="The first so many pairs")] = (
        LIMIT_DEFAULT
    )
