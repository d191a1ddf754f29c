"""The token buckets of all processes, in Redis."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from app.access.limits import Lease
from app.stores.realtime import RealtimeStore
from candlestack_core.names import rate_limit_key

LEASE: Final = files(__package__).joinpath("lease.lua").read_text(encoding="utf-8")


class RedisLeases:
    """Leases tokens by one script, which reads Redis' own clock; it shares the realtime store's connections."""

    def __init__(self, realtime: RealtimeStore) -> None:
        self._realtime = realtime

    async def lease(self, client: str, *, wanted: int, needed: int, per_minute: int) -> Lease:
        tokens, wait_ms = await self._realtime.run(
            LEASE, [rate_limit_key(client)], [per_minute, wanted, needed]
        )
        return Lease(tokens, wait_ms / 1000)
