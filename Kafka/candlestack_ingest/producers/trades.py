"""The trade producer: trade streams into Kafka in the order of their ids, gaps refilled by REST."""

from __future__ import annotations

import asyncio
import threading

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Trade, encode
from candlestack_core.names import backfill_source
from candlestack_core.topics import TRADES
from candlestack_ingest.exchange.binance.frames import (
    FrameError,
    decode_trade,
    notice_of,
    trade_of_event,
    trade_of_row,
)
from candlestack_ingest.exchange.binance.rest import RestError
from candlestack_ingest.producers.resume import resume_trades
from candlestack_ingest.producers.runtime import Context, run_producer
from candlestack_ingest.producers.sequence import TradeSequence, Verdict

_LOG = get_logger(__name__)

MAX_HELD = 5_000
"""Live trades of one pair that wait for a gap before them to be filled; then its connection is not read."""
HELD_WAIT_S = 0.05
FILL_TIMEOUT_S = 180.0
"""A gap of which REST has given nothing for so long is given up, by name."""
NOT_YET_S = 0.5
"""The exchange's history may be a little behind its stream."""
NOT_YET_TRIES = 10
ORIGIN = "stream:trade"


class TradeFeed:
    """Takes trade frames; each pair's trades leave in the order of their ids, each once."""

    stream_suffix = "trade"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._market = context.market
        self._sequences = {symbol: TradeSequence(MAX_HELD) for symbol in self._market.symbols}
        self._gaps: asyncio.Queue[str] = asyncio.Queue(maxsize=len(self._sequences))

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

    async def on_connected(self) -> None:
        """The next trade of each pair tells by its id whether any was missed."""

    async def on_frame(self, frame: bytes, received_ms: int) -> None:
        metrics.FRAMES_RECEIVED.labels(kind=self.stream_suffix).inc()
        try:
            trade = self._trade(frame)
            await self._offer(trade, received_ms)
        except FrameError as error:
            if (notice := notice_of(frame)) is not None:
                _LOG.info("notice from the exchange", notice=notice)
                return
            await self._context.outbox.dead_letter(
                frame, origin=ORIGIN, reason=str(error), received_ms=received_ms
            )

    def _trade(self, frame: bytes) -> Trade:
        event = decode_trade(frame)
        if event.s not in self._sequences:
            raise FrameError(f"{event.s[:40]!r} was not asked for")
        metrics.STREAM_LAST_EVENT.labels(stream=f"{event.s.lower()}@{self.stream_suffix}").set(event.E / 1000)
        return trade_of_event(event, source=self._market.source)

    async def _offer(self, trade: Trade, received_ms: int) -> None:
        sequence = self._sequences[trade.symbol]
        while True:
            match sequence.judge(trade):
                case Verdict.CONTINUES:
                    sequence.take(trade)
                    await self._send(trade, received_ms)
                    return
                case Verdict.DOUBLE:
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
                        self._gaps.put_nowait(trade.symbol)
                    if sequence.hold(trade):
                        return
            # No more can be held: the connection is left unread, and meanwhile the gap may be closed.
            await asyncio.sleep(HELD_WAIT_S)

    async def _send(self, trade: Trade, received_ms: int) -> None:
        await self._context.outbox.send(
            TRADES,
            trade.symbol,
            encode(trade),
            received_ms=received_ms,
            on_lost=lambda: self._missed(trade.symbol, (trade.trade_id, trade.trade_id), "refused by Kafka"),
        )

    async def run(self) -> None:
        """Fill one pair's gap after the other, until cancelled."""
        while True:
            symbol = await self._gaps.get()
            sequence = self._sequences[symbol]
            while True:
                await self._fill(symbol, sequence)
                while ready := sequence.release():
                    for trade in ready:
                        await self._send(trade, self._context.clock_ms())
                if sequence.finish():
                    break

    async def _fill(self, symbol: str, sequence: TradeSequence) -> None:
        gap = sequence.gap()
        if gap is None:
            return
        first, last = gap
        limit = self._context.exchange.trades_refill_limit
        if last - first + 1 > limit:
            self._missed(symbol, (first, last - limit), "more than is refilled")
            sequence.last_id = last - limit
        reason = await self._fetch_gap(symbol, sequence)
        if (given_up := sequence.give_up()) is not None:
            self._missed(symbol, given_up, reason)

    async def _fetch_gap(self, symbol: str, sequence: TradeSequence) -> str:
        """Send what the exchange's history has of a gap; return why the rest, if any, is not to be had."""
        tries = 0
        while (gap := sequence.gap()) is not None:
            first, last = gap
            try:
                # Of the exchange only: a broker that is away is waited for, however long.
                async with asyncio.timeout(FILL_TIMEOUT_S):
                    rows = await self._context.rest.historical_trades(symbol, first, last - first + 1)
                trades = [
                    trade_of_row(row, symbol, source=backfill_source(self._market.source))
                    for row in rows
                    if first <= row.id <= last
                ]
            except TimeoutError:
                return "not filled in time"
            except (RestError, FrameError) as error:
                return str(error)
            if not trades:
                tries += 1
                if tries > NOT_YET_TRIES:
                    return "the exchange's history does not hold them"
                await asyncio.sleep(NOT_YET_S)
                continue
            for trade in sorted(trades, key=lambda trade: trade.trade_id):
                before = (sequence.last_id or 0) + 1
                if trade.trade_id > before:
                    self._missed(
                        symbol, (before, trade.trade_id - 1), "the exchange's history leaves them out"
                    )
                sequence.take(trade)
                await self._send(trade, self._context.clock_ms())
                metrics.TRADES_BACKFILLED.labels(symbol=symbol).inc()
        return ""

    def _missed(self, symbol: str, ids: tuple[int, int], reason: str) -> None:
        first, last = ids
        metrics.TRADES_MISSED.labels(symbol=symbol).inc(last - first + 1)
        _LOG.warning("trades missed", symbol=symbol, first_id=first, last_id=last, reason=reason)


def main() -> None:
    """Run the trade producer."""
    run_producer("trade-producer", TradeFeed)
