"""A recording as a source: answers on the exchange's time axis from tapes on the recorded one."""

from __future__ import annotations

import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge
from typing import Literal, TypeVar

from candlestack_simulator.replay.clock import ReplayClock
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.replay.track import Key
from candlestack_simulator.source import (
    INTERVAL_MS,
    AggTrade,
    BookTicker,
    Candle,
    Coverage,
    Depth,
    DepthDiff,
    Emission,
    Market,
    Pair,
    Record,
    Recorded,
    Trade,
)

TRADE_TIMES = re.compile(rb'("[ET]":)(\d+)')
KLINE_TIMES = re.compile(rb'("[ETt]":)(\d+)')

Dated = TypeVar("Dated", Trade, AggTrade)


class Recording:
    """Serves tapes up to the clock's present; see `Source` for what the methods answer."""

    name: Literal["simulator", "replay"] = "replay"

    def __init__(self, tapes: dict[str, PairTape], clock: ReplayClock) -> None:
        self._tapes = tapes
        self._clock = clock

    @classmethod
    def load(
        cls,
        recording: str,
        *,
        speed: float = 1.0,
        times: Literal["kept", "shifted"] = "kept",
        start_delay_s: float = 0.0,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> dict[Market, Recording]:
        """Load files or globs, separated by commas; return each market's part, all of them on one clock.

        Raises:
            RecordingError: when they are no recording.
        """
        markets = load_tapes(recording)
        tapes = [tape for market in markets.values() for tape in market.values()]
        for tape in tapes:
            tape.prepare()
        clock = ReplayClock.over(
            tapes,
            speed=speed,
            times=times,
            start_delay_s=start_delay_s,
            wall_ms=wall_ms,
            monotonic=monotonic,
        )
        return {market: cls(tapes_of_market, clock) for market, tapes_of_market in markets.items()}

    def start(self) -> None:
        """Let the clock of all markets run, after its delay; the first subscription calls this."""
        self._clock.start()

    def pairs(self) -> Sequence[Pair]:
        return [tape.pair for tape in self._tapes.values()]

    def coverage(self, symbol: str) -> Coverage:
        """Return what the recording covers, and settle the shift: a client marks its partial minutes by it."""
        covered, shift = self._tapes[symbol].coverage, self._clock.settle_shift()
        return Coverage(covered.start_ms + shift, (covered.end_ms or 0) + shift)

    def now_ms(self) -> int:
        return self._clock.recorded_ms() + self._clock.shift_ms()

    def ended(self) -> bool:
        return self._clock.ended()

    def emissions(self, streams: Collection[str], after_ms: int, until_ms: int) -> Iterable[Emission]:
        shift = self._clock.shift_ms()
        sent = (
            self._sent(stream, after_ms - shift, until_ms - shift, shift)
            for stream in sorted(streams)
            if stream.partition("@")[0].upper() in self._tapes
        )
        for (time_ms, _), stream, record in merge(*sent, key=lambda item: item[0]):
            yield Emission(stream, time_ms + shift, shifted(record, shift))

    def _sent(
        self, stream: str, after_ms: int, until_ms: int, shift: int
    ) -> Iterator[tuple[Key, str, Record]]:
        pair, _, kind = stream.partition("@")
        track = self._tapes[pair.upper()].track(kind, shift)
        for key, record in track.between(after_ms, until_ms):
            yield key, stream, record

    def trades_from_id(self, symbol: str, first_id: int, limit: int) -> Sequence[Trade]:
        return self._dated(self._tapes[symbol].trades.from_id(first_id, limit, self._clock.recorded_ms()))

    def last_trades(self, symbol: str, limit: int) -> Sequence[Trade]:
        return self._dated(self._tapes[symbol].trades.newest(limit, self._clock.recorded_ms()))

    def trades_between(self, symbol: str, start_ms: int, end_ms: int) -> Sequence[Trade]:
        shift, now = self._clock.shift_ms(), self._clock.recorded_ms()
        return self._dated(self._tapes[symbol].trades.between(start_ms - shift, end_ms - shift, now))

    def agg_trades(
        self, symbol: str, *, from_id: int | None, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[AggTrade]:
        shift = self._clock.shift_ms()
        sent = self._tapes[symbol].aggregates
        known = bisect_right(sent, self._clock.recorded_ms(), key=lambda item: item[0][0])
        first, last = 0, known
        if from_id is not None:
            first = bisect_left(sent, from_id, key=lambda item: item[1].agg_id)
        if start_ms is not None:
            first = bisect_left(sent, start_ms - shift, key=lambda item: item[1].time_ms)
        if end_ms is not None:
            last = min(known, bisect_right(sent, end_ms - shift, key=lambda item: item[1].time_ms))
        if from_id is None and start_ms is None:
            first = max(0, last - limit)
        return self._dated([trade for _, trade in sent[first : min(last, first + limit)]])

    def candles(
        self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[Candle]:
        tape, shift, length = self._tapes[symbol], self._clock.shift_ms(), INTERVAL_MS[interval]
        earliest = tape.first_candle_ms()
        if earliest is None:
            return []
        now = self.now_ms()
        first = (earliest + shift) // length
        last = min(now, now if end_ms is None else end_ms) // length
        if start_ms is None:
            first = max(first, last - limit + 1)
        else:
            first = max(first, -(-start_ms // length))
            last = min(last, first + limit - 1)
        found = (
            tape.candle(interval, number * length - shift, now - shift) for number in range(first, last + 1)
        )
        return [_moved_candle(candle, shift) for candle in found if candle]

    def depth(self, symbol: str, limit: int, age_ms: int = 0) -> Depth:
        book = self._tapes[symbol].book.depth(limit, self._clock.recorded_ms() - age_ms)
        return replace(book, event_time=book.event_time + self._clock.shift_ms())

    def depth_at(self, symbol: str, update_id: int) -> Depth | None:
        book = self._tapes[symbol].book.depth_at(update_id, self._clock.recorded_ms())
        return book and replace(book, event_time=book.event_time + self._clock.shift_ms())

    def _dated(self, trades: Sequence[Dated]) -> Sequence[Dated]:
        shift = self._clock.shift_ms()
        return [replace(trade, time_ms=trade.time_ms + shift) for trade in trades] if shift else trades


def shifted(record: Record, shift_ms: int) -> Record:
    """Move every time in a record; in a recorded payload `E` and `T`, and `t` of a kline."""
    if not shift_ms:
        return record
    match record:
        case Recorded(payload=payload):
            times = KLINE_TIMES if b'"k":' in payload else TRADE_TIMES
            return Recorded(times.sub(lambda found: b"%b%d" % (found[1], int(found[2]) + shift_ms), payload))
        case Candle():
            return _moved_candle(record, shift_ms)
        case Trade() | AggTrade():
            return replace(record, time_ms=record.time_ms + shift_ms)
        case DepthDiff():
            return replace(record, event_time=record.event_time + shift_ms)
        case BookTicker():
            return record


def _moved_candle(candle: Candle, shift_ms: int) -> Candle:
    if not shift_ms:
        return candle
    return replace(candle, open_time=candle.open_time + shift_ms, close_time=candle.close_time + shift_ms)
