"""Some streams that share a connection, kept flowing for ever: connected again, replaced before the end.

A connection that nears its end, or announces it, is replaced while it is still read. Both carry the same events
for a while; whoever takes them leaves out doubles by their ids. The old one is closed when the new one has
carried every stream that the old one carried meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Market
from candlestack_core.pauses import Pauses
from candlestack_ingest.exchange.binance.budgets import EventBudget, message_budget
from candlestack_ingest.exchange.binance.rest_client import retry_after
from candlestack_ingest.exchange.binance.socket import OnFrame, StreamSocket

_LOG = get_logger(__name__)

LASTED_S = 20.0
"""A connection that lasted so long was a good one: the next pause is a short one again."""
OVERLAP_S = 2.0
LONGEST_OVERLAP_S = 60.0
"""A stream that is not heard again within so long does not hold the old connection up."""
OVERLAP_LOOK_S = 0.2
SLOW_DOWN = frozenset({403, 418, 429})

OnConnected = Callable[[Sequence[str]], Awaitable[None]]
"""Called with the streams of a connection that was made, before its first frame is read."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What all shards of a process or a market share."""

    market: Market
    url_of: Callable[[Sequence[str]], str]
    connections: EventBudget
    lifetime_s: float
    on_frame: OnFrame
    on_connected: OnConnected
    pauses: Callable[[], Pauses] = Pauses


@dataclass(frozen=True, slots=True)
class _Line:
    socket: StreamSocket
    reading: asyncio.Task[str]


class Shard:
    """The streams of one connection at a time; `run` ends when the last stream was moved away."""

    def __init__(self, name: str, streams: Sequence[str], wiring: Wiring) -> None:
        self.name = name
        self.streams = dict.fromkeys(streams)
        self._wiring = wiring
        self._pauses = wiring.pauses()
        self._current: _Line | None = None
        self._changed = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Tell whether its streams can be heard."""
        return self._current is not None and not self._current.reading.done()

    async def run(self) -> None:
        """Keep the streams flowing until none is left, or until cancelled.

        Raises:
            ExceptionGroup: with what a frame's taker raised.
        """
        async with asyncio.TaskGroup() as tasks:
            try:
                while self.streams:
                    await self._keep_one_connection(tasks)
            finally:
                if self._current is not None:
                    await self._close(self._current)

    async def _keep_one_connection(self, tasks: asyncio.TaskGroup) -> None:
        old = self._current
        socket = await self._open()
        line = _Line(socket, tasks.create_task(socket.read()))
        self._current = line
        if old is not None:
            socket.heard = set()
            tasks.create_task(self._retire(old))
        reason = await self._until_due(line)
        if reason is not None:
            metrics.CONNECTIONS_REPLACED.labels(reason=reason).inc()
            _LOG.info("replacing a connection", connection=self.name, reason=reason)
            return
        self._current = None
        if time.monotonic() - socket.opened_at > LASTED_S:
            self._pauses.reset()
        if self.streams:
            await self._pause(line.reading.result())

    async def _open(self) -> StreamSocket:
        """Connect, trying for ever; what is still open is read meanwhile."""
        wiring = self._wiring
        while True:
            if (delay := wiring.connections.delay()) > 0:
                _LOG.warning(
                    "waiting before a connection is made", connection=self.name, seconds=round(delay, 1)
                )
            await wiring.connections.take()
            streams = list(self.streams)
            try:
                socket = await StreamSocket.open(
                    wiring.url_of(streams), self.name, wiring.on_frame, message_budget(wiring.market)
                )
            except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
                metrics.CONNECTS.labels(outcome="failed").inc()
                if isinstance(error, InvalidStatus) and error.response.status_code in SLOW_DOWN:
                    wiring.connections.block(retry_after(error.response.headers))
                await self._pause(str(error) or type(error).__name__)
                continue
            metrics.CONNECTS.labels(outcome="connected").inc()
            _LOG.info("exchange connected", connection=self.name, streams=len(streams))
            await wiring.on_connected(streams)
            return socket

    async def _pause(self, reason: str) -> None:
        pause = self._pauses.next()
        _LOG.warning(
            "no exchange connection", connection=self.name, reason=reason, connect_in_s=round(pause, 1)
        )
        await asyncio.sleep(pause)

    async def _until_due(self, line: _Line) -> str | None:
        """Wait until a connection has ended, or should be replaced; return why it should, None where it ended."""
        # Not all shards at one moment.
        lifetime = self._wiring.lifetime_s * random.uniform(0.9, 1.0)
        ending = asyncio.create_task(line.socket.ending.wait())
        changed = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait(
                {line.reading, ending, changed}, timeout=lifetime, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ending.cancel()
            changed.cancel()
        if self._changed.is_set():
            self._changed.clear()
            await self._close(line)
            return None
        if line.reading.done():
            return None
        return "serverShutdown" if line.socket.ending.is_set() else "lifetime"

    async def _retire(self, old: _Line) -> None:
        """Close an old connection as soon as a newer one carries all that it carries."""
        old.socket.heard = set()
        while not old.reading.done():
            await asyncio.sleep(OVERLAP_LOOK_S)
            new = self._current
            if new is None or new is old or new.reading.done():
                continue
            overlap_s = time.monotonic() - new.socket.opened_at
            carried = old.socket.heard <= (new.socket.heard or set())
            if overlap_s >= LONGEST_OVERLAP_S or (overlap_s >= OVERLAP_S and carried):
                new.socket.heard = None
                break
        await self._close(old)
        _LOG.info("replaced connection closed", connection=self.name)

    async def _close(self, line: _Line) -> None:
        await line.socket.close()
        await asyncio.wait({line.reading}, timeout=1.0)

    async def drop(self, streams: Sequence[str]) -> None:
        """Carry some streams no longer; they are another shard's now."""
        for stream in streams:
            self.streams.pop(stream, None)
        if not self.streams:
            self._changed.set()
        elif self._current is not None:
            await self._current.socket.unsubscribe(streams)
