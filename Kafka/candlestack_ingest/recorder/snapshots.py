"""Depth snapshots for a recording: one of each pair after the first diff of a file and of a connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

import msgspec

from candlestack_core.logging import get_logger
from candlestack_core.messages import Market
from candlestack_ingest.exchange.binance.rest import DEPTH_PATHS, SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.recorder.lines import snapshot_line

_LOG = get_logger(__name__)

LIMIT = 1_000
LOOK_EVERY_S = 0.1
TRIES = 5
TRY_AGAIN_S = 1.0
"""A snapshot may be older than the first diff: it is fetched again, so often and so much later each time."""


class _FirstId(msgspec.Struct):
    U: int


class _Diff(msgspec.Struct):
    data: _FirstId


class _LastId(msgspec.Struct):
    lastUpdateId: int  # noqa: N815 - Binance's name


_diffs = msgspec.json.Decoder(_Diff)
_snapshots = msgspec.json.Decoder(_LastId)


class InlineSnapshots:
    """Fetches the snapshots that a market's recording wants, and adds their lines."""

    def __init__(self, market: Market, rest: SpotRest | UsdmRest, add: Callable[[bytes], object]) -> None:
        self._path = DEPTH_PATHS[market]
        self._rest = rest
        self._add = add
        self._waiting: set[str] = set()
        """Pairs of which a snapshot is wanted as soon as a diff was heard."""
        self._wanted: dict[str, int] = {}
        """The first update id that the snapshot of a pair must reach."""

    def want(self, symbols: Iterable[str]) -> None:
        """Ask for a snapshot of pairs, after the next diff of each."""
        self._waiting.update(symbols)

    def on_diff(self, symbol: str, frame: bytes) -> None:
        """Take note of a diff that was recorded."""
        if symbol not in self._waiting:
            return
        try:
            first_id = _diffs.decode(frame).data.U
        except msgspec.DecodeError:
            return
        self._waiting.discard(symbol)
        self._wanted[symbol] = first_id

    async def run(self) -> None:
        """Fetch what is wanted, one after the other, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            while self._wanted:
                symbol = next(iter(self._wanted))
                await self._fetch(symbol, self._wanted.pop(symbol))

    async def _fetch(self, symbol: str, first_id: int) -> None:
        for attempt in range(TRIES):
            await asyncio.sleep(attempt * TRY_AGAIN_S)
            try:
                body = await self._rest.depth_body(symbol, LIMIT)
            except RestError as error:
                _LOG.warning("no snapshot", symbol=symbol, reason=str(error))
                return
            self._add(snapshot_line(time.time_ns(), self._path, symbol, LIMIT, body))
            if _snapshots.decode(body).lastUpdateId >= first_id:
                return
        _LOG.warning("the snapshots are older than the diffs", symbol=symbol, tries=TRIES)
