"""The kline streams of a recording: as they were recorded, or made from trades."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from candlestack_simulator.replay.messages import KlineMessage, parse_e8
from candlestack_simulator.replay.track import AFTER_ALL, BEFORE_ALL, Key, Track
from candlestack_simulator.replay.trades import TradeHistory
from candlestack_simulator.source import Candle

SECOND_MS = 1_000


def kline_track(history: TradeHistory, interval: str, length_ms: int, shift_ms: int, last_ms: int) -> Track:
    """Return what a kline stream made from trades sends until `last_ms`.

    At the end of each second with a trade the forming candle; the closed one when its window is over and its
    last trade was sent, whichever is later. Windows are aligned after `shift_ms` is added.
    """
    events: list[tuple[Key, Candle]] = []
    if not history.trades:
        return Track()

    def window(time_ms: int) -> int:
        return (time_ms + shift_ms) // length_ms * length_ms - shift_ms

    for second_end in sorted({sent // SECOND_MS * SECOND_MS + SECOND_MS for sent in history.sent_ms}):
        sent = bisect_left(history.sent_ms, second_end)
        open_time = window(history.times[sent - 1])
        candle = history.candle(interval, open_time, length_ms, second_end - 1)
        if candle and second_end < min(open_time + length_ms, last_ms + 1):
            events.append(((second_end, BEFORE_ALL), candle))
    for open_time in range(window(history.times[0]), last_ms - length_ms + 1, length_ms):
        end = open_time + length_ms
        trades = bisect_left(history.times, end)
        closes = max(end, history.sent_ms[trades - 1])
        candle = history.candle(interval, open_time, length_ms, closes)
        if candle and closes <= last_ms:
            events.append(((closes, AFTER_ALL), candle))
    track = Track()
    for key, candle in sorted(events, key=lambda event: event[0]):
        track.append(key, candle)
    return track


class RecordedKlines:
    """The candles of a recorded kline stream, by open time, each as of when it was sent."""

    def __init__(self, symbol: str, interval: str) -> None:
        self._symbol = symbol
        self._interval = interval
        self._versions: dict[int, list[tuple[int, Candle]]] = {}

    def add(self, sent_ms: int, message: KlineMessage) -> None:
        """Add an event that comes after all that are there."""
        body = message.k
        candle = Candle(
            symbol=self._symbol,
            interval=self._interval,
            open_time=body.t,
            close_time=body.T,
            open_e8=parse_e8(body.o),
            high_e8=parse_e8(body.h),
            low_e8=parse_e8(body.l),
            close_e8=parse_e8(body.c),
            volume_e8=parse_e8(body.v),
            quote_volume_e8=parse_e8(body.q),
            trades=body.n,
            taker_buy_volume_e8=parse_e8(body.V),
            taker_buy_quote_volume_e8=parse_e8(body.Q),
            first_trade_id=body.f,
            last_trade_id=body.L,
            closed=body.x,
            partial=not body.x,
        )
        self._versions.setdefault(body.t, []).append((sent_ms, candle))

    def at(self, open_time: int, now_ms: int) -> Candle | None:
        """Return the newest version of a candle that was sent until a time."""
        versions = self._versions.get(open_time, [])
        sent = bisect_right(versions, now_ms, key=lambda version: version[0])
        return versions[sent - 1][1] if sent else None

    def first_open_time(self) -> int | None:
        return min(self._versions, default=None)


def fuller(made: Candle | None, recorded: Candle | None) -> Candle | None:
    """Return the version that has seen more trades; the exchange's own where both have seen the same.

    A recorded candle knows the trades of its minute from before the recording began; one made from trades
    may be ahead of a forming one.
    """
    if made is None or (recorded is not None and recorded.trades >= made.trades):
        return recorded
    return made
