"""One market's recording: its connections, its snapshots and its files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from candlestack_core import metrics
from candlestack_core.messages import Market
from candlestack_core.settings import ExchangeSettings
from candlestack_ingest.exchange.binance.budgets import EventBudget
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.pool import StreamPool
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.routes import kind_of
from candlestack_ingest.exchange.binance.shard import Wiring
from candlestack_ingest.recorder.files import RecordingFiles
from candlestack_ingest.recorder.lines import connection_line, frame_line, header_line
from candlestack_ingest.recorder.snapshots import InlineSnapshots
from candlestack_ingest.recorder.tape import Tape

LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Listed:
    """What is recorded of a market: the streams of each of its pairs, by kind (`depth@100ms`)."""

    market: Market
    source: str
    symbols: tuple[str, ...]
    kinds: tuple[str, ...]

    def streams(self, kind: str) -> list[str]:
        return [f"{symbol.lower()}@{kind}" for symbol in self.symbols]


class MarketRecording:
    """Records a market until it is cancelled."""

    def __init__(
        self,
        listed: Listed,
        *,
        endpoints: Endpoints,
        rest: SpotRest | UsdmRest,
        files: RecordingFiles,
        exchange: ExchangeSettings,
        connections: EventBudget,
    ) -> None:
        self.listed = listed
        self.files = files
        self.frames = 0
        """Frames recorded so far."""
        self.tape = Tape(listed.market, files, header=self._header, on_new_file=self._on_new_file)
        self._snapshots = InlineSnapshots(listed.market, rest, self.tape.add)
        self._symbols = {
            stream: stream.partition("@")[0].upper()
            for kind in listed.kinds
            for stream in listed.streams(kind)
        }
        self._depth = {stream for stream in self._symbols if kind_of(stream) == "depth"}
        self._counter = metrics.FRAMES_RECEIVED.labels(kind=f"recorded {listed.market}")
        wiring = Wiring(
            market=listed.market,
            url_of=endpoints.combined,
            connections=connections,
            lifetime_s=exchange.connection_lifetime_s,
            on_frame=self._on_frame,
            on_connected=self._on_connected,
        )
        self._pools = [
            StreamPool(
                f"{listed.market}-{kind}", listed.streams(kind), exchange.streams_per_connection, wiring
            )
            for kind in listed.kinds
        ]

    @property
    def connections(self) -> tuple[int, int]:
        """How many connections are open, and how many there should be."""
        wanted = sum(pool.connections for pool in self._pools)
        return wanted - sum(pool.down() for pool in self._pools), wanted

    def _header(self) -> tuple[int, bytes]:
        now = time.time_ns()
        return now, header_line(now, self.listed.market, self.listed.source)

    def _on_new_file(self) -> None:
        self._snapshots.want(self._symbols[stream] for stream in self._depth)

    def _on_frame(self, frame: bytes, _received_ms: int) -> Awaitable[None] | None:
        line, stream = frame_line(time.time_ns(), frame)
        self.frames += 1
        self._counter.inc()
        self.tape.add(line)
        if stream in self._depth:
            self._snapshots.on_diff(self._symbols[stream], frame)
        return self.tape.room()

    async def _on_connected(self, streams: Sequence[str]) -> None:
        self.tape.add(connection_line(time.time_ns(), "opened", streams))
        self._snapshots.want(self._symbols[stream] for stream in streams if stream in self._depth)

    async def _watch(self) -> None:
        heard: set[str] = set()
        while True:
            now = {stream for pool in self._pools for stream in pool.connected_streams()}
            if lost := heard - now:
                self.tape.add(connection_line(time.time_ns(), "lost", lost))
            heard = now
            await asyncio.sleep(LOOK_EVERY_S)

    async def run(self) -> None:
        """Record until cancelled; the last file is finished then.

        Raises:
            ExceptionGroup: with a `RecordingWriteError` when the disk takes no more.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.tape.run())
                tasks.create_task(self._snapshots.run())
                tasks.create_task(self._watch())
                for pool in self._pools:
                    tasks.create_task(pool.run())
        finally:
            await self.tape.close()
