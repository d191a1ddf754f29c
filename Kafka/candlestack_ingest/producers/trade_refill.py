"""Gaps in trades, filled from the exchange's own history as far as it reaches; the rest is named."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from candlestack_core import metrics
from candlestack_core.messages import Trade
from candlestack_core.names import backfill_source
from candlestack_ingest.exchange.binance.frames import FrameError, trade_of_row
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.producers.feed import Context
from candlestack_ingest.producers.holes import Hole, Outcome, runs
from candlestack_ingest.producers.sequence import TradeSequence

REORDER_S = 0.3
"""A gap is left alone for so long: two connections may overlap, and what is missing may be on its way."""
FILL_TIMEOUT_S = 180.0
"""A gap of which REST has given nothing for so long is given up, by name."""
NOT_YET_S = 0.5
"""The exchange's history may be a little behind its stream."""
NOT_YET_TRIES = 10

Send = Callable[[Trade, int], Awaitable[None]]
"""Sends a trade that was received at a time, in ms."""


class TradeRefill:
    """Closes the gaps of some pairs' sequences, one after the other, and gives back what they held."""

    def __init__(self, context: Context, sequences: Mapping[str, TradeSequence], send: Send) -> None:
        self._context = context
        self._sequences = sequences
        self._send = send
        self._gaps: asyncio.Queue[str] = asyncio.Queue(maxsize=len(sequences))

    def ask(self, symbol: str) -> None:
        """Have a pair's gap filled; asked once for each gap."""
        self._gaps.put_nowait(symbol)

    async def run(self) -> None:
        """Fill one pair's gap after the other, until cancelled."""
        while True:
            symbol = await self._gaps.get()
            sequence = self._sequences[symbol]
            await asyncio.sleep(REORDER_S)
            while True:
                await self._send_ready(sequence)
                if sequence.finish():
                    break
                await self._fill(symbol, sequence)

    async def _send_ready(self, sequence: TradeSequence) -> None:
        while ready := sequence.release():
            for trade in ready:
                await self._send(trade, self._context.clock_ms())

    async def _fill(self, symbol: str, sequence: TradeSequence) -> None:
        gap = sequence.gap()
        if gap is None:
            return
        first, last = gap
        limit = self._context.exchange.trades_refill_limit
        if last - first + 1 > limit:
            self.report(symbol, (first, last - limit), "lost", "more than is refilled")
            sequence.last_id = last - limit
        reason = await self._fetch_gap(symbol, sequence)
        if (given_up := sequence.give_up()) is not None:
            self.report(symbol, given_up, "lost", reason)

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
                    trade_of_row(row, symbol, source=backfill_source(self._context.market.source))
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
            trades.sort(key=lambda trade: trade.trade_id)
            for trade in trades:
                before = (sequence.last_id or 0) + 1
                if trade.trade_id > before:
                    self.report(
                        symbol, (before, trade.trade_id - 1), "lost", "the exchange's history leaves them out"
                    )
                sequence.take(trade)
                await self._send(trade, self._context.clock_ms())
                metrics.TRADES_BACKFILLED.labels(symbol=symbol).inc()
            for ids in runs(trade.trade_id for trade in trades):
                self.report(symbol, ids, "filled", "the exchange's history had them")
        return ""

    def report(self, symbol: str, ids: tuple[int, int], outcome: Outcome, reason: str) -> None:
        """Tell of ids, first and last, that the stream left out."""
        sequence = self._sequences[symbol]
        after = sequence.held[min(sequence.held)].time if sequence.held else 0
        self._context.on_hole(
            Hole(
                market="spot",
                kind="trade",
                symbol=symbol,
                first_id=ids[0],
                last_id=ids[1],
                outcome=outcome,
                reason=reason,
                before_ms=after,
                seen_ms=self._context.clock_ms(),
            )
        )
