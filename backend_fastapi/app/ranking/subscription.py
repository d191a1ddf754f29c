"""Rankings on `/ws`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal

from app.ranking.schemas import RankingList, RankingName
from app.stream.clients import Connection
from app.stream.polled import OfNow, Polled, StateClient
from app.stream.subscription import Source, Subscription

if TYPE_CHECKING:
    from app.services import Services

NAME = "ranking"
LOOK_EVERY_S = 2.0
"""A ranking is of closed minutes."""
Rows = Literal[5, 10, 20, 50, 100]


class RankingSnapshot(OfNow, frozen=True, kw_only=True):
    """The first pairs of a ranking: at first, and whenever it was made anew."""

    channel: Literal["ranking"]
    type: Literal["snapshot"]
    ranking: RankingName
    limit: Rows
    data: RankingList


class RankingClient(StateClient):
    """A client of a ranking."""

    channel: ClassVar[str] = NAME


class RankingSubscription(Subscription, frozen=True, kw_only=True, tag=NAME):
    """The first `limit` pairs of a ranking."""

    ranking: RankingName
    limit: Rows = 10

    async def source(self, services: Services) -> Source:
        def look_at() -> Polled:
            envelope = {"ranking": self.ranking, "limit": self.limit}
            first = services.rankings.first
            return Polled(NAME, envelope, lambda: first(self.ranking, self.limit), LOOK_EVERY_S)

        return services.views.get(self, look_at)

    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> RankingClient:
        return RankingClient(connection, clock_ms)
