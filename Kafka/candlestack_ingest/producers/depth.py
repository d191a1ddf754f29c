"""Depth diffs of one market into Kafka, as the exchange sent them, each once and in the order of their ids."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Collection, Mapping, Sequence

from candlestack_core import metrics
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import DepthDiff, encode
from candlestack_core.topics import ORDERBOOK_UPDATE
from candlestack_ingest.exchange.binance.depth_frames import DEPTH_SUFFIX, decode_depth, diff_of_event
from candlestack_ingest.exchange.binance.frames import FrameError, notice_of
from candlestack_ingest.exchange.binance.rest import DepthSnapshot
from candlestack_ingest.exchange.binance.starvation import Position
from candlestack_ingest.producers.depth_sequence import REORDER_S, DepthSequence, Verdict
from candlestack_ingest.producers.feed import DepthContext
from candlestack_ingest.producers.holes import Hole

_LOG = get_logger(__name__)

ABSURD_AHEAD_MS = 60 * MINUTE_MS
"""An event so far ahead of the exchange's own clock is not believed."""
EVIDENCE_LEVELS = 5


class DepthFeed:
    """Takes depth frames of one market's symbols."""

    def __init__(self, context: DepthContext) -> None:
        self._context = context
        self._market = context.market
        self.name = f"{self._market.name}-depth"
        self._origin = f"stream:{self._market.name}:{DEPTH_SUFFIX}"
        self._streams = {
            f"{symbol.lower()}@{DEPTH_SUFFIX}": DepthSequence() for symbol in self._market.symbols
        }
        self._symbols = {f"{symbol.lower()}@{DEPTH_SUFFIX}": symbol for symbol in self._market.symbols}
        self._looked: dict[str, tuple[Position, DepthSnapshot]] = {}
        self._now_ms = 0
        """The newest exchange time known."""
        self._frames = self._doubles = 0
        self._frames_total = metrics.FRAMES_RECEIVED.labels(kind=self.name)
        self._doubles_total = metrics.DOUBLES_DROPPED.labels(kind=self.name)

    @property
    def streams(self) -> Sequence[str]:
        return list(self._streams)

    def resume(self, stopping: threading.Event) -> None:
        """Nothing is read back: a book begins with a snapshot, not with the diffs before."""

    async def on_connected(self, _streams: Collection[str]) -> None:
        # No frame can be judged before the exchange's own time is known.
        self._now_ms = max(self._now_ms, await self._context.rest.server_time())

    def on_frame(self, frame: bytes, received_ms: int) -> Awaitable[None] | None:
        self._frames += 1
        try:
            stream, diff = self._diff(frame)
        except FrameError as error:
            if notice_of(frame) is not None:
                return None
            return self._context.outbox.dead_letter(
                frame, origin=self._origin, reason=str(error), received_ms=received_ms
            )
        self._now_ms = max(self._now_ms, diff.event_time)
        sequence = self._streams[stream]
        match sequence.judge(diff):
            case Verdict.DOUBLE:
                self._doubles += 1
                return None
            case Verdict.AHEAD:
                sequence.hold(diff, time.monotonic())
                return None
            case Verdict.WENT_BACK:
                self._went_back(sequence, diff)
        sequence.take(diff)
        if sequence.held:
            return self._send_all([diff, *sequence.release()], received_ms)
        return self._send(diff, received_ms)

    def _diff(self, frame: bytes) -> tuple[str, DepthDiff]:
        decoded = decode_depth(frame)
        event = decoded.data
        if self._symbols.get(decoded.stream) != event.s:
            raise FrameError(
                f"stream {decoded.stream[:60]!r} carries a depth event of {event.s[:40]!r}, or was not asked for"
            )
        if self._now_ms + ABSURD_AHEAD_MS < event.E:
            raise FrameError(f"event time {event.E} is over an hour ahead of the exchange's clock")
        if event.E < 0:
            raise FrameError(f"event time {event.E}")
        return decoded.stream, diff_of_event(event, market=self._market.name, source=self._market.source)

    def _send(self, diff: DepthDiff, received_ms: int) -> Awaitable[None] | None:
        value = encode(diff)
        if self._context.outbox.offer(ORDERBOOK_UPDATE, diff.symbol, value, received_ms):
            return None
        return self._context.outbox.send(ORDERBOOK_UPDATE, diff.symbol, value, received_ms=received_ms)

    async def _send_all(self, diffs: Sequence[DepthDiff], received_ms: int) -> None:
        for diff in diffs:
            waiting = self._send(diff, received_ms)
            if waiting is not None:
                await waiting

    def _went_back(self, sequence: DepthSequence, diff: DepthDiff) -> None:
        first = diff.first_update_id
        self._lost(
            diff, (first, first), f"ids went back from {sequence.last_update_id}: the exchange began anew"
        )
        sequence.held.clear()

    def _lost(self, before: DepthDiff, ids: tuple[int, int], reason: str) -> None:
        self._context.on_hole(
            Hole(
                market=self._market.name,
                kind="depth",
                symbol=before.symbol,
                first_id=ids[0],
                last_id=ids[1],
                outcome="lost",
                reason=reason,
                before_ms=before.event_time,
                seen_ms=self._context.clock_ms(),
            )
        )

    async def run(self) -> None:
        """Give up waiting, again and again, for diffs that others are held for."""
        while True:
            await asyncio.sleep(REORDER_S / 3)
            for sequence in self._streams.values():
                while sequence.due(time.monotonic()):
                    await self._give_up(sequence)

    async def _give_up(self, sequence: DepthSequence) -> None:
        oldest = sequence.held[min(sequence.held)]
        self._lost(oldest, sequence.skip(), "the stream left them out")
        await self._send_all(sequence.release(), self._context.clock_ms())

    def positions(self) -> Mapping[str, Position]:
        return {
            stream: max(sequence.held, default=sequence.last_update_id)
            for stream, sequence in self._streams.items()
        }

    async def evidence(self, streams: Sequence[str]) -> Mapping[str, Position]:
        """Return how far REST's books are; a book whose best levels did not change since the last look is left out.

        An id that is ahead does not suffice on USD-M, where ids also grow between the events of a symbol.
        """
        found: dict[str, Position] = {}
        for stream in streams:
            position = self._streams[stream].last_update_id
            snapshot = await self._context.rest.depth(self._symbols[stream], EVIDENCE_LEVELS)
            looked_at, before = self._looked.get(stream, (-1, None))
            self._looked[stream] = position, snapshot
            changed = before is not None and (snapshot.bids, snapshot.asks) != (before.bids, before.asks)
            if looked_at == position and changed:
                found[stream] = snapshot.lastUpdateId
        return found

    def measure(self) -> None:
        self._frames_total.inc(self._frames)
        self._doubles_total.inc(self._doubles)
        self._frames = self._doubles = 0
        for stream, sequence in self._streams.items():
            if sequence.last_event_time >= 0:
                metrics.STREAM_LAST_EVENT.labels(stream=f"{self._market.name}:{stream}").set(
                    sequence.last_event_time / 1000
                )
