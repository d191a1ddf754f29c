"""Holes of the 1m history, filled by REST on the one way that candles take: through Kafka into every store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle, encode
from candlestack_core.names import backfill_source
from candlestack_ingest.exchange.binance.frames import FrameError, candle_of_row
from candlestack_ingest.exchange.binance.rest import KLINES_LIMIT, SpotRest
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.history.minutes import Minutes, Run, count, missing_runs
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox

_LOG = get_logger(__name__)

ORIGIN = "rest:klines"
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which minutes of which pairs shall be whole; `server_time` is the exchange's, in ms."""

    symbols: tuple[str, ...]
    span: Run
    server_time: int


class Filling:
    """Asks the exchange for minutes that are missing, sends what it has, and waits until it is in MongoDB."""

    def __init__(
        self, market: Market, rest: SpotRest, outbox: Outbox, topic: str, clock_ms: Callable[[], int]
    ) -> None:
        self._market = market
        self._rest = rest
        self._outbox = outbox
        self._topic = topic
        self._clock_ms = clock_ms

    async def fill(self, symbol: str, holes: Sequence[Run], server_time: int) -> set[int]:
        """Send the candles that the exchange has of some minutes; return their open times in ms.

        `server_time` is the exchange's, in ms: it says which candles are closed.

        Raises:
            RestError: the exchange refuses.
        """
        sent: set[int] = set()
        for first, last in holes:
            for start in range(first, last + 1, KLINES_LIMIT * MINUTE_MS):
                end = min(last, start + (KLINES_LIMIT - 1) * MINUTE_MS)
                for candle in await self._fetch(symbol, start, end, server_time):
                    value = encode(candle)
                    await self._outbox.send(self._topic, symbol, value, received_ms=self._clock_ms())
                    sent.add(candle.open_time)
        return sent

    async def _fetch(self, symbol: str, start: int, end: int, server_time: int) -> list[Candle]:
        candles = []
        for row in await self._rest.klines(symbol, start, end):
            try:
                candle = candle_of_row(
                    row,
                    symbol,
                    server_time=server_time,
                    source=backfill_source(self._market.source),
                    completeness="backfilled",
                )
            except FrameError as error:
                now = self._clock_ms()
                await self._outbox.dead_letter(encode(row), origin=ORIGIN, reason=str(error), received_ms=now)
                continue
            completeness = self._market.completeness(symbol, candle.open_time, "backfilled")
            if candle.closed:
                candles.append(msgspec.structs.replace(candle, completeness=completeness))
        return candles


async def until_stored(minutes: Minutes, sent: Mapping[str, set[int]], timeout_s: float) -> dict[str, int]:
    """Wait until MongoDB has what was sent of each pair; return how many it has not after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    waiting = {symbol: open_times for symbol, open_times in sent.items() if open_times}
    while True:
        missing = {}
        for symbol, open_times in waiting.items():
            present = await asyncio.to_thread(minutes.present, symbol, min(open_times), max(open_times))
            if left := open_times - present:
                missing[symbol] = left
        waiting = missing
        if not waiting or time.monotonic() > deadline:
            return {symbol: len(left) for symbol, left in waiting.items()}
        await asyncio.sleep(LOOK_EVERY_S)


async def fill_holes(filling: Filling, minutes: Minutes, wanted: Wanted) -> tuple[dict[str, set[int]], bool]:
    """Fill what MongoDB misses of what is wanted.

    Returns what was sent, by pair, and whether the exchange answered for every pair.
    """
    sent: dict[str, set[int]] = {}
    whole = True
    for symbol in wanted.symbols:
        present = await asyncio.to_thread(minutes.present, symbol, *wanted.span)
        holes = missing_runs(present, *wanted.span)
        if not holes:
            continue
        try:
            sent[symbol] = await filling.fill(symbol, holes, wanted.server_time)
        except RestError as error:
            whole = False
            _LOG.error("the exchange refused candles", symbol=symbol, reason=str(error))
            continue
        _LOG.info(
            "holes filled",
            symbol=symbol,
            minutes=len(sent[symbol]),
            not_to_be_had=count(holes) - len(sent[symbol]),
        )
    return sent, whole
