"""The candle producer: kline_1m streams into Kafka, every hole filled by REST."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Collection, Mapping, Sequence

import msgspec

from candlestack_core import metrics
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle, decode_candle, encode
from candlestack_core.names import backfill_source
from candlestack_ingest.exchange.binance.frames import (
    FrameError,
    candle_of_kline,
    candle_of_row,
    decode_kline,
    notice_of,
)
from candlestack_ingest.exchange.binance.rest import KLINES_LIMIT
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.exchange.binance.starvation import Position
from candlestack_ingest.producers.feed import Context
from candlestack_ingest.producers.ledger import CandleLedger
from candlestack_ingest.producers.resume import resume_candles
from candlestack_ingest.producers.runtime import Feeds, run_producer
from candlestack_ingest.producers.trade_evidence import newest_trade_ids

_LOG = get_logger(__name__)

HOUR_MS = 60 * MINUTE_MS
LOOK_EVERY_S = 2.0
ABSURD_AHEAD_MS = HOUR_MS
"""An event so far ahead of the exchange's own clock is not believed."""
STREAM_SUFFIX = "kline_1m"
ORIGIN = f"stream:{STREAM_SUFFIX}"
MINUTES_REMEMBERED = 4
"""Minutes of a pair in which an event is known again that comes twice."""


class CandleFeed:
    """Takes kline frames, keeps the ledger of closed minutes, and fills what the ledger misses."""

    name = "kline"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._topic = context.kafka.kafka_topic
        self._market = context.market
        self._ledger = CandleLedger(self._market.symbols, context.exchange.backfill_hours * HOUR_MS)
        self._look_now = asyncio.Event()
        self._symbols = {f"{symbol.lower()}@{STREAM_SUFFIX}": symbol for symbol in self._market.symbols}
        self._seen: dict[str, dict[int, tuple[bool, int]]] = {symbol: {} for symbol in self._market.symbols}
        """Of the newest minutes of each pair: whether the close was seen, and the newest version."""
        self._positions: dict[str, Position] = dict.fromkeys(self._symbols, -1)
        self._frames = metrics.FRAMES_RECEIVED.labels(kind=STREAM_SUFFIX)
        self._doubles = metrics.DOUBLES_DROPPED.labels(kind=STREAM_SUFFIX)
        self._last_events = {
            symbol: metrics.STREAM_LAST_EVENT.labels(stream=stream)
            for stream, symbol in self._symbols.items()
        }
        context.outbox.refusals.listen(self._topic, self._refused)

    @property
    def streams(self) -> Sequence[str]:
        return list(self._symbols)

    def resume(self, stopping: threading.Event) -> None:
        since = self._context.clock_ms() - self._context.exchange.backfill_hours * HOUR_MS
        known = resume_candles(
            self._context.kafka,
            self._ledger,
            frozenset(self._market.symbols),
            self._market.source,
            since,
            stopping=stopping,
        )
        _LOG.info("resumed from Kafka", closed_candles=known)

    async def on_connected(self, _streams: Collection[str]) -> None:
        if not self._ledger.now:
            # No frame can be judged before the exchange's own time is known.
            self._ledger.advance(await self._context.rest.server_time())
        self._look_now.set()

    def on_frame(self, frame: bytes, received_ms: int) -> Awaitable[None] | None:
        self._frames.inc()
        try:
            candle = self._candle(frame)
        except FrameError as error:
            if notice_of(frame) is not None:
                return None
            return self._context.outbox.dead_letter(
                frame, origin=ORIGIN, reason=str(error), received_ms=received_ms
            )
        if self._is_double(candle):
            self._doubles.inc()
            return None
        self._ledger.advance(candle.version)
        self._last_events[candle.symbol].set(candle.version / 1000)
        if candle.closed and self._ledger.is_sent(candle.symbol, candle.open_time):
            return None
        return self._send(candle, received_ms)

    def _is_double(self, candle: Candle) -> bool:
        """Tell whether this event of a minute, or a newer one, was seen before: connections may overlap."""
        minutes = self._seen[candle.symbol]
        version = (candle.closed, candle.version)
        if version <= minutes.get(candle.open_time, (False, -1)):
            return True
        minutes[candle.open_time] = version
        if len(minutes) > MINUTES_REMEMBERED:
            del minutes[min(minutes)]
        return False

    def _candle(self, frame: bytes) -> Candle:
        event = decode_kline(frame)
        if event.s not in self._market.symbols:
            raise FrameError(f"{event.s[:40]!r} was not asked for")
        if self._ledger.now + ABSURD_AHEAD_MS < event.E:
            raise FrameError(f"event time {event.E} is over an hour ahead of the exchange's clock")
        completeness = self._market.completeness(event.s, event.k.t, "complete")
        candle = candle_of_kline(event, source=self._market.source, completeness=completeness)
        stream = f"{event.s.lower()}@{STREAM_SUFFIX}"
        self._positions[stream] = max(self._positions[stream], event.k.L)
        return candle

    async def _send(self, candle: Candle, received_ms: int) -> None:
        if candle.closed:
            self._ledger.sent(candle.symbol, candle.open_time)
        await self._context.outbox.send(self._topic, candle.symbol, encode(candle), received_ms=received_ms)

    def _refused(self, value: bytes) -> None:
        candle = decode_candle(value)
        if candle.closed:
            self._ledger.lost(candle.symbol, candle.open_time)

    def positions(self) -> Mapping[str, Position]:
        return self._positions

    async def evidence(self, streams: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest trades: a kline names the last trade that is in it."""
        return await newest_trade_ids(self._context.rest, {name: self._symbols[name] for name in streams})

    def measure(self) -> None:
        """Klines come seldom: each frame is measured as it comes."""

    async def run(self) -> None:
        """Look for holes every other second, and at once after a connection was made."""
        as_of: int | None = None
        while True:
            self._look_now.clear()
            server_time = await self._context.rest.server_time()
            self._ledger.advance(server_time)
            await self._fill_all(server_time if as_of is None else as_of, server_time)
            as_of = self._ledger.now
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._look_now.wait()
            except TimeoutError:
                continue

    async def _fill_all(self, as_of: int, server_time: int) -> None:
        holes = {symbol: self._ledger.holes(symbol, as_of) for symbol in self._market.symbols}
        missing = {
            symbol: sum((last - first) // MINUTE_MS + 1 for first, last in ranges)
            for symbol, ranges in holes.items()
        }
        for symbol, minutes in missing.items():
            metrics.CANDLE_HOLES.labels(symbol=symbol).set(minutes)
        total = sum(missing.values())
        if not total:
            return
        _LOG.info("filling holes by REST", minutes=total, symbols=sum(1 for n in missing.values() if n))
        filled = 0
        for symbol, ranges in holes.items():
            try:
                for first, last in ranges:
                    filled += await self._fill(symbol, first, last, server_time)
            except RestError as error:
                # The holes stay holes, and are asked for again when their time comes.
                _LOG.error("the exchange refused candles", symbol=symbol, reason=str(error))
                self._put_off(symbol, ranges)
            else:
                metrics.CANDLE_HOLES.labels(symbol=symbol).set(0)
        _LOG.info("filled holes by REST", minutes=filled, not_to_be_had=total - filled)

    def _put_off(self, symbol: str, ranges: list[tuple[int, int]]) -> None:
        for first, last in ranges:
            for open_time in range(first, last + 1, MINUTE_MS):
                if not self._ledger.is_sent(symbol, open_time):
                    self._ledger.absent(symbol, open_time)

    async def _fill(self, symbol: str, first: int, last: int, server_time: int) -> int:
        """Fill the minutes from `first` to `last` (open times, inclusive); return how many candles came.

        Raises:
            RestError: when the exchange refuses the request.
        """
        filled = 0
        for start in range(first, last + 1, KLINES_LIMIT * MINUTE_MS):
            end = min(last, start + (KLINES_LIMIT - 1) * MINUTE_MS)
            for candle in await self._fetch(symbol, start, end, server_time):
                if not candle.closed or self._ledger.is_sent(symbol, candle.open_time):
                    continue
                await self._send(candle, self._context.clock_ms())
                metrics.CANDLES_BACKFILLED.labels(symbol=symbol).inc()
                filled += 1
            self._put_off(symbol, [(start, end)])
        return filled

    async def _fetch(self, symbol: str, start: int, end: int, server_time: int) -> list[Candle]:
        candles = []
        for row in await self._context.rest.klines(symbol, start, end):
            try:
                candles.append(self._candle_of_row(row, symbol, server_time))
            except FrameError as error:
                await self._context.outbox.dead_letter(
                    encode(row), origin="rest:klines", reason=str(error), received_ms=self._context.clock_ms()
                )
        return candles

    def _candle_of_row(self, row: list[object], symbol: str, server_time: int) -> Candle:
        candle = candle_of_row(
            row,
            symbol,
            server_time=server_time,
            source=backfill_source(self._market.source),
            completeness="backfilled",
        )
        completeness = self._market.completeness(symbol, candle.open_time, "backfilled")
        return msgspec.structs.replace(candle, completeness=completeness)


def main() -> None:
    """Run the candle producer."""
    run_producer("candle-producer", Feeds(lambda context: (CandleFeed(context),), listings=True))
