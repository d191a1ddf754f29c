"""All streams of one kind, divided among connections; a starved stream is moved to one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_ingest.exchange.binance.shard import Shard, Wiring

_LOG = get_logger(__name__)


class StreamPool:
    """Keeps streams flowing over as many connections as they need."""

    def __init__(self, name: str, streams: Sequence[str], per_connection: int, wiring: Wiring) -> None:
        self._name = name
        self._wiring = wiring
        self._number = 0
        self._tasks: asyncio.TaskGroup | None = None
        self._shards = [
            self._shard(streams[first : first + per_connection])
            for first in range(0, len(streams), per_connection)
        ]

    def _shard(self, streams: Sequence[str]) -> Shard:
        shard = Shard(f"{self._name}-{self._number}", streams, self._wiring)
        self._number += 1
        return shard

    @property
    def connections(self) -> int:
        """How many connections there should be."""
        return len(self._shards)

    def down(self) -> int:
        """Return how many connections are not there now."""
        return sum(not shard.connected for shard in self._shards)

    def connected_streams(self) -> set[str]:
        """Return the streams whose connection is open."""
        return {stream for shard in self._shards if shard.connected for stream in shard.streams}

    async def run(self) -> None:
        """Keep all streams flowing until cancelled.

        Raises:
            ExceptionGroup: with what a frame's taker raised.
        """
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for shard in self._shards:
                tasks.create_task(shard.run())
            await asyncio.Event().wait()

    async def move(self, streams: Sequence[str]) -> None:
        """Give streams a new connection, and take them off the one they are on.

        A new one, because an acknowledged `SUBSCRIBE` on one that is there proves nothing.
        """
        if self._tasks is None:
            raise RuntimeError("run the pool before streams are moved")
        moved = set(streams)
        leaving = [(shard, [*moved & shard.streams.keys()]) for shard in self._shards]
        new = self._shard(streams)
        self._shards = [shard for shard, left in leaving if len(left) < len(shard.streams)] + [new]
        for stream in streams:
            metrics.STREAMS_MOVED.labels(stream=stream).inc()
        _LOG.warning("moving starved streams", streams=list(streams), connection=new.name)
        self._tasks.create_task(new.run())
        for shard, left in leaving:
            if left:
                await shard.drop(left)
