"""The proof that the way of the data is open: a candle that moves now, as the API answers it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from candlestack_core.messages import Candle
from candlestack_core.names import backfill_source
from candlestack_local.configuration import Configuration
from candlestack_local.servers import LOOPBACK

_FRESH_MS = 60_000
_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class LiveCandles:
    """The newest candle of the first pair that has one, and how many of how many pairs have one."""

    candle: Candle
    pairs: int
    expected: int

    @property
    def all_live(self) -> bool:
        return self.pairs == self.expected


class _Pair(msgspec.Struct):
    symbol: str


class _Pairs(msgspec.Struct):
    symbols: list[_Pair]


_Answer = TypeVar("_Answer")


def live_candles(configuration: Configuration) -> LiveCandles | None:
    """Look for candles that the stream has brought within the last minute; in a replay, at any time.

    Returns None while there are none, or the API does not answer.
    """
    now_ms = time.time_ns() // 1_000_000
    oldest = now_ms - _FRESH_MS + min(configuration.simulator.simulator_clock_offset_ms, 0)
    connection = http.client.HTTPConnection(LOOPBACK, configuration.api.api_port, timeout=_TIMEOUT_S)
    try:
        symbols = configuration.symbols or _known_symbols(connection)
        answers = [_get(connection, f"/latest?{urlencode({'symbol': symbol})}", Candle) for symbol in symbols]
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    live = [
        candle
        for candle in answers
        if candle is not None
        and (configuration.replayed or (candle.version >= oldest and not _is_backfilled(candle)))
    ]
    return LiveCandles(live[0], len(live), len(symbols)) if live else None


def _known_symbols(connection: http.client.HTTPConnection) -> Sequence[str]:
    known = _get(connection, "/symbols", _Pairs)
    return [pair.symbol for pair in known.symbols] if known is not None else []


def _get(connection: http.client.HTTPConnection, path: str, kind: type[_Answer]) -> _Answer | None:
    """Return the answer, or None where it is a problem: a pair that has no candle yet, a part that is away."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    return msgspec.json.decode(body, type=kind) if answer.status == HTTPStatus.OK else None


def _is_backfilled(candle: Candle) -> bool:
    return candle.source.startswith(backfill_source(""))
