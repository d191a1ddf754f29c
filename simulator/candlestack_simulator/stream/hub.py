"""Who is subscribed to what, and the pump that sends it.

Each market has its hub. One pump serves all its connections: every few milliseconds it takes from the source
what the subscribed streams have emitted since, serialises each message once and gives every connection its
frames in one write. What a client has not read stays in its transport's buffer, which is bounded
(`Connection.write`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

from aiohttp import WSCloseCode

from candlestack_core.logging import get_logger
from candlestack_simulator import usdm_wire, wire
from candlestack_simulator.config import SimulatorConfig
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.faults.frames import Frame
from candlestack_simulator.metrics import SimulatorMetrics
from candlestack_simulator.source import Emission, Market, Source
from candlestack_simulator.stream.connection import Connection
from candlestack_simulator.stream.frames import text_frame
from candlestack_simulator.stream.names import is_served

log = get_logger("simulator.stream")

SLICE_MS = 1_000
"""Exchange time that is emitted at once; a fast replay goes through many slices in one round."""
SLICE_WAIT_S = 1.0
"""How long a fast replay waits between two slices for clients that are behind."""
OUTAGE_MS = 600_000
"""A live market that was frozen for longer drops its clients and goes on at the present."""


class Hub:
    """The connections of a market, their subscriptions, and what is sent to them."""

    def __init__(
        self,
        market: Market,
        source: Source,
        *,
        config: SimulatorConfig,
        metrics: SimulatorMetrics,
        faults: FaultBoard,
        connections: dict[Connection, None],
        on_subscription: Callable[[], None],
    ) -> None:
        """`connections` are filled; `on_subscription` is called when a client subscribes to a served stream."""
        self.market = market
        self._source = source
        self._payload = (
            wire.stream_payload if market == "spot" else usdm_wire.UsdmWire(source.pairs()).payload
        )
        self._config = config
        self._metrics = metrics
        self._faults = faults
        self._on_subscription = on_subscription
        self._symbols = frozenset(pair.symbol for pair in source.pairs())
        self._subscribers: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._sent_until = source.now_ms()
        self.connections = connections

    def opened(self, connection: Connection) -> None:
        self.connections[connection] = None
        self._metrics.connections.inc()
        self._faults.opened(self.market, connection)

    def closed(self, connection: Connection) -> None:
        del self.connections[connection]
        self._metrics.connections.dec()

    def changed(self, connection: Connection, added: list[str], removed: list[str]) -> None:
        """Note what a connection wants and no longer wants; streams that are never sent on are ignored."""
        for name in removed:
            if subscribers := self._subscribers.get(name):
                subscribers.pop(connection, None)
                if not subscribers:
                    del self._subscribers[name]
        served = [name for name in added if is_served(name, self._symbols, connection.kinds)]
        for name in served:
            self._subscribers[name][connection] = None
        if served:
            self._faults.subscribed(self.market, connection, served)
            self._on_subscription()

    def streams(self) -> int:
        """Return how many streams are sent to somebody."""
        return len(self._subscribers)

    def cut_all(self) -> None:
        """Drop every connection without a word."""
        for connection in list(self.connections):
            connection.cut()

    async def shut_down(self, reason: str) -> None:
        """Announce the end to every connection, and close it."""
        connections = list(self.connections)
        for connection in connections:
            connection.announce_shutdown()
        await asyncio.gather(
            *(connection.close(WSCloseCode.GOING_AWAY, reason) for connection in connections),
            return_exceptions=True,
        )

    async def pump(self, beat: Callable[[], None]) -> None:
        """Send for ever what the source emits; at the end of a recording announce it and close."""
        end_announced = False
        while True:
            await asyncio.sleep(self._config.pump_interval_s)
            beat()
            ended = self._source.ended()
            await self._catch_up(self._source.now_ms())
            if ended and not end_announced:
                end_announced = True
                log.info("the recording has ended")
                await self.shut_down("End of the recording")

    async def _catch_up(self, now: int) -> None:
        if self._source.name == "simulator" and now - self._sent_until > OUTAGE_MS:
            log.warning("the market was frozen, clients are dropped", behind_ms=now - self._sent_until)
            self._sent_until = now
            self.cut_all()
        while self._sent_until < now:
            until = min(now, self._sent_until + SLICE_MS)
            self._publish(self._source.emissions(list(self._subscribers), self._sent_until, until))
            self._sent_until = until
            if until < now:
                await self._let_clients_read()

    async def _let_clients_read(self) -> None:
        """Give way to the sockets, and wait a little while a client is half way to being dropped."""
        loop = asyncio.get_running_loop()
        patience_ends = loop.time() + SLICE_WAIT_S
        high_water = self._config.client_backlog_bytes // 2
        await asyncio.sleep(0)
        while loop.time() < patience_ends and any(
            connection.backlog_bytes() > high_water for connection in self.connections
        ):
            await asyncio.sleep(0.002)

    def _publish(self, emissions: Iterable[Emission]) -> None:
        outgoing: defaultdict[Connection, list[bytes]] = defaultdict(list)
        messages = 0
        for emission in emissions:
            subscribers = self._subscribers.get(emission.stream)
            if not subscribers:
                continue
            messages += 1
            stream = emission.stream
            frames = self._faults.frames(self.market, Frame(stream, self._payload(emission), stream))
            raw = enveloped = b""
            for connection in subscribers:
                if self._faults.starves(connection, stream):
                    continue
                if connection.session.combined:
                    enveloped = enveloped or _encoded(frames, combined=True)
                    outgoing[connection].append(enveloped)
                else:
                    raw = raw or _encoded(frames, combined=False)
                    outgoing[connection].append(raw)
        for connection, written in outgoing.items():
            connection.write(b"".join(written))
            self._metrics.frames.inc(len(written))
        self._metrics.messages.inc(messages)


def _encoded(frames: Iterable[Frame], *, combined: bool) -> bytes:
    return b"".join(text_frame(frame.text(combined=combined)) for frame in frames)
