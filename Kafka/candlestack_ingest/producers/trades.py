"""The trade feed: trade streams into Kafka in the order of their ids, gaps refilled by REST."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Trade, decode_trade, encode
from candlestack_core.topics import TRADES
from candlestack_ingest.exchange.binance.frames import (
    FrameError,
    TradeEvent,
    decode_trade_frame,
    decode_trade_quickly,
    notice_of,
    trade_of_event,
)
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.exchange.binance.starvation import Position
from candlestack_ingest.producers.depth import DepthFeed
from candlestack_ingest.producers.feed import Context, DepthContext
from candlestack_ingest.producers.resume import resume_trades
from candlestack_ingest.producers.runtime import Feeds, run_producer
from candlestack_ingest.producers.sequence import TradeSequence, Verdict
from candlestack_ingest.producers.trade_evidence import newest_trade_ids
from candlestack_ingest.producers.trade_refill import TradeRefill

_LOG = get_logger(__name__)

MAX_HELD = 5_000
"""Live trades of one pair that wait for a gap before them to be filled; then its connection is not read."""
HELD_WAIT_S = 0.05
EVIDENCE_WITHIN_S = 5.0
STREAM_SUFFIX = "trade"
ORIGIN = f"stream:{STREAM_SUFFIX}"


@dataclass(slots=True)
class _Stream:
    """One pair's stream: its order, and the time of its newest event, in ms."""

    symbol: str
    sequence: TradeSequence
    event_time: int = 0


class TradeFeed:
    """Takes trade frames; each pair's trades leave in the order of their ids, each once."""

    name = STREAM_SUFFIX

    def __init__(self, context: Context) -> None:
        self._context = context
        self._market = context.market
        self._source = context.market.source
        self._outbox = context.outbox
        self._streams = {
            f"{symbol.lower()}@{STREAM_SUFFIX}": _Stream(symbol, TradeSequence(MAX_HELD))
            for symbol in self._market.symbols
        }
        self._sequences = {stream.symbol: stream.sequence for stream in self._streams.values()}
        self._refill = TradeRefill(context, self._sequences, self._send)
        self._frames = self._doubles = 0
        self._frames_total = metrics.FRAMES_RECEIVED.labels(kind=STREAM_SUFFIX)
        self._doubles_total = metrics.DOUBLES_DROPPED.labels(kind=STREAM_SUFFIX)
        self._last_events = {name: metrics.STREAM_LAST_EVENT.labels(stream=name) for name in self._streams}
        self._outbox.refusals.listen(TRADES, self._refused)

    @property
    def streams(self) -> Sequence[str]:
        return list(self._streams)

    def resume(self, stopping: threading.Event) -> None:
        newest = resume_trades(
            self._context.kafka,
            TRADES,
            frozenset(self._market.symbols),
            self._market.source,
            self._context.clock_ms(),
            stopping=stopping,
        )
        for symbol, trade_id in newest.items():
            self._sequences[symbol].last_id = trade_id
        _LOG.info("resumed from Kafka", pairs=len(newest))

    async def on_connected(self, streams: Collection[str]) -> None:
        """Learn where pairs stand of which Kafka holds nothing; of others the next trade's id tells what is missing.

        Where REST does not answer, a first id is believed when a second one is near it.
        """
        unknown = {
            name: self._streams[name].symbol
            for name in streams
            if self._streams[name].sequence.last_id is None
        }
        try:
            async with asyncio.timeout(EVIDENCE_WITHIN_S):
                newest = await newest_trade_ids(self._context.rest, unknown)
        except (TimeoutError, RestError) as error:
            _LOG.warning("no evidence of first trade ids", reason=str(error) or type(error).__name__)
            return
        for name, trade_id in newest.items():
            sequence = self._streams[name].sequence
            sequence.begin_after(trade_id)
            if sequence.held:
                self._refill.ask(self._streams[name].symbol)

    def on_frame(self, frame: bytes, received_ms: int) -> Awaitable[None] | None:
        """Take one frame: at once where its trade continues the sequence and Kafka has room, as nearly all do."""
        self._frames += 1
        try:
            decoded = decode_trade_quickly(frame)
            event = decoded.data
            stream = self._streams[decoded.stream]
            sequence = stream.sequence
            if event.t - 1 != sequence.last_id or sequence.filling or event.s != stream.symbol:
                return self._take(frame, received_ms)
            trade = trade_of_event(event, source=self._source)
        except (FrameError, KeyError, msgspec.DecodeError, UnicodeDecodeError):
            return self._take(frame, received_ms)
        stream.event_time = event.E
        sequence.last_id = event.t
        value = encode(trade)
        if self._outbox.offer(TRADES, stream.symbol, value, received_ms):
            return None
        return self._outbox.send(TRADES, stream.symbol, value, received_ms=received_ms)

    async def _take(self, frame: bytes, received_ms: int) -> None:
        """Take a frame that is not simply the next trade."""
        try:
            trade = self._trade(frame)
            await self._offer(trade, received_ms)
        except FrameError as error:
            if (notice := notice_of(frame)) is not None:
                _LOG.info("notice from the exchange", notice=notice)
                return
            await self._outbox.dead_letter(frame, origin=ORIGIN, reason=str(error), received_ms=received_ms)

    def _trade(self, frame: bytes) -> Trade:
        decoded = decode_trade_frame(frame)
        event: TradeEvent = decoded.data
        stream = self._streams.get(decoded.stream)
        if stream is None:
            raise FrameError(f"{decoded.stream[:60]!r} was not asked for")
        if stream.symbol != event.s:
            raise FrameError(f"stream {decoded.stream[:60]!r} carries a trade event of {event.s[:40]!r}")
        trade = trade_of_event(event, source=self._source)
        stream.event_time = event.E
        return trade

    async def _offer(self, trade: Trade, received_ms: int) -> None:
        sequence = self._sequences[trade.symbol]
        while True:
            match sequence.judge(trade):
                case Verdict.CONTINUES:
                    sequence.take(trade)
                    await self._send(trade, received_ms)
                    return
                case Verdict.DOUBLE:
                    self._doubles += 1
                    return
                case Verdict.UNPROVEN:
                    await self._prove(trade, received_ms)
                    return
                case Verdict.ABSURD:
                    sequence.disbelieve(trade)
                    raise FrameError(f"trade id {trade.trade_id} is absurdly far ahead of {sequence.last_id}")
                case Verdict.GAP:
                    if not sequence.filling:
                        _LOG.info(
                            "gap in trades",
                            symbol=trade.symbol,
                            after=sequence.last_id,
                            before=trade.trade_id,
                        )
                        self._refill.ask(trade.symbol)
                    if sequence.hold(trade):
                        return
            # No more can be held: the connection is left unread, and meanwhile the gap may be closed.
            await asyncio.sleep(HELD_WAIT_S)

    async def _prove(self, trade: Trade, received_ms: int) -> None:
        sequence = self._sequences[trade.symbol]
        if (disproved := sequence.prove(trade)) is not None:
            await self._outbox.dead_letter(
                encode(disproved),
                origin=ORIGIN,
                reason=f"first trade id {disproved.trade_id} is absurdly far from {trade.trade_id}",
                received_ms=received_ms,
            )
        if sequence.held:
            self._refill.ask(trade.symbol)

    async def _send(self, trade: Trade, received_ms: int) -> None:
        await self._outbox.send(TRADES, trade.symbol, encode(trade), received_ms=received_ms)

    def _refused(self, value: bytes) -> None:
        trade = decode_trade(value)
        self._refill.report(trade.symbol, (trade.trade_id, trade.trade_id), "lost", "refused by Kafka")

    async def run(self) -> None:
        """Fill gaps, until cancelled."""
        await self._refill.run()

    def positions(self) -> Mapping[str, Position]:
        return {name: stream.sequence.newest() for name, stream in self._streams.items()}

    async def evidence(self, streams: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest trades, as the tickers name them."""
        return await newest_trade_ids(
            self._context.rest, {name: self._streams[name].symbol for name in streams}
        )

    def measure(self) -> None:
        self._frames_total.inc(self._frames)
        self._doubles_total.inc(self._doubles)
        self._frames = self._doubles = 0
        for name, stream in self._streams.items():
            if stream.event_time:
                self._last_events[name].set(stream.event_time / 1000)


def _spot(context: Context) -> Sequence[TradeFeed | DepthFeed]:
    depth = DepthContext(context.market, context.rest, context.outbox, context.clock_ms, context.on_hole)
    return TradeFeed(context), DepthFeed(depth)


def _usdm(context: DepthContext) -> Sequence[DepthFeed]:
    return (DepthFeed(context),)


def main() -> None:
    """Run the producer of trades and depth."""
    run_producer("trade-producer", Feeds(_spot, _usdm))
