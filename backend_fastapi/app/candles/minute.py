"""A 1m candle as it is served: its bytes, and what decides whether another account of it wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from candlestack_core.messages import Candle, decode_candle, encode


@dataclass(frozen=True, slots=True, eq=False)
class Minute:
    """One account of a 1m candle; `json` is its whole JSON."""

    open_time: int
    closed: bool
    version: int
    json: bytes

    @classmethod
    def of(cls, candle: Candle) -> Minute:
        return cls(candle.open_time, candle.closed, candle.version, encode(candle))

    @property
    def candle(self) -> Candle:
        return decode_candle(self.json)

    def supersedes(self, other: Minute) -> bool:
        """Tell whether this account wins, by the rule of `candlestack_core.versions.supersedes`."""
        if self.closed != other.closed:
            return self.closed
        return self.version > other.version


class Best:
    """Minutes of one pair, of each open time the account that wins."""

    def __init__(self, settled: Iterable[Minute] = ()) -> None:
        """Take minutes of which no two are accounts of one."""
        self._by_open_time = {minute.open_time: minute for minute in settled}

    def __contains__(self, open_time: int) -> bool:
        return open_time in self._by_open_time

    def add(self, minutes: Iterable[Minute]) -> None:
        for minute in minutes:
            known = self._by_open_time.get(minute.open_time)
            if known is None or minute.supersedes(known):
                self._by_open_time[minute.open_time] = minute

    def minutes(self) -> Iterable[Minute]:
        return self._by_open_time.values()


def body_of(symbol: str, interval: str, candles: Iterable[bytes]) -> bytes:
    """Return the JSON of `Ohlc`, made of that of its candles."""
    head = b'{"symbol":%b,"interval":"%b","candles":[' % (msgspec.json.encode(symbol), interval.encode())
    return head + b",".join(candles) + b"]}"
