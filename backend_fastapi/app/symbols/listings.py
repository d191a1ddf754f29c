"""How the exchange lists the pairs: their assets, precisions and filters, as Redis holds them."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.problems import NotReadYetError, UnavailableError
from app.stores.realtime import RealtimeStore
from app.stores.watch import or_away
from candlestack_core.messages import Listing

LOOK_EVERY_S = 30.0


class ListingService:
    """Knows the listings; what was read once is kept while Redis is away."""

    def __init__(self, realtime: RealtimeStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._realtime = realtime
        self._monotonic = monotonic
        self._known: dict[str, Listing] = {}
        self._looked_at = float("-inf")

    async def all(self) -> dict[str, Listing]:
        """Return the listing of every pair, by symbol in the order of the alphabet.

        Raises:
            ApiError: none is known yet, or what would tell is away. No exchange lists no pair: it is not an answer.
        """
        away: dict[str, str] = {}
        if not self._known or self._monotonic() - self._looked_at > LOOK_EVERY_S:
            await self._look(away)
        if self._known:
            return self._known
        if away:
            raise UnavailableError(away)
        raise NotReadYetError("how the exchange lists its pairs has not been read yet")

    async def find(self, symbol: str) -> Listing | None:
        """Return the listing of a pair; None where the exchange lists no such pair.

        Raises:
            ApiError: as `all` does.
        """
        found = (await self.all()).get(symbol)
        if found is None:
            # It may be new.
            await self._look({})
            found = self._known.get(symbol)
        return found

    async def _look(self, away: dict[str, str]) -> None:
        found = await or_away(self._realtime.listings(), away)
        if found:
            self._known = dict(sorted(found.items()))
            self._looked_at = self._monotonic()
