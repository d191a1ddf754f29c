"""The ranking as Redis holds it, with the time that it is of."""

from __future__ import annotations

from app.problems import UnavailableError
from app.ranking.schemas import RankingList, RankingName
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from candlestack_core.names import RANKING_TOP_GAINERS, RANKING_TOP_LOSERS

_KEYS: dict[RankingName, str] = {"top_gainers": RANKING_TOP_GAINERS, "top_losers": RANKING_TOP_LOSERS}
NOT_YET = "nothing has been ranked yet"


class RankingService:
    """Answers the ranking routes."""

    def __init__(self, realtime: RealtimeStore) -> None:
        self._realtime = realtime

    async def first(self, name: RankingName, limit: int) -> RankingList:
        """Return the first `limit` pairs of a ranking, or an empty one that says that there is none yet.

        Raises:
            UnavailableError: Redis is away.
        """
        away: dict[str, str] = {}
        found = await or_away(self._realtime.ranking(_KEYS[name]), away)
        if away:
            raise UnavailableError(away)
        if found is None:
            return RankingList(
                ranking=name, time=None, source=None, supply_time=None, rows=[], reason=NOT_YET
            )
        return RankingList(
            ranking=name,
            time=found.time,
            source=found.source,
            supply_time=found.supply_time,
            rows=sorted(found.rows, key=lambda row: row.rank)[:limit],
            reason=None,
        )
