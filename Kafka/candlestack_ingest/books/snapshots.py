"""Fetching snapshots: from the right market, many at once, within the weight that the clients keep to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from candlestack_core.logging import get_logger
from candlestack_core.messages import Market
from candlestack_ingest.books.local import SNAPSHOT_LIMIT, BadSnapshotError, Snapshot
from candlestack_ingest.books.tracked import TrackedBook
from candlestack_ingest.exchange.binance.rest import DepthSnapshot
from candlestack_ingest.exchange.binance.rest_client import RestError

_LOG = get_logger(__name__)


class DepthSource(Protocol):
    """The REST client of one market; it waits for weight, and tries again what may pass."""

    async def depth(self, symbol: str, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels a side.

        Raises:
            RestError: when the exchange refuses the request.
        """
        ...


class Snapshots:
    """Fetches what books want; one request for a book at a time."""

    def __init__(self, sources: Mapping[Market, DepthSource], monotonic: Callable[[], float]) -> None:
        self._sources = sources
        self._monotonic = monotonic
        self._tasks: set[asyncio.Task[None]] = set()

    def start_wanted(self, books: Iterable[TrackedBook]) -> None:
        """Begin to fetch for every book that wants a snapshot now."""
        now = self._monotonic()
        for book in books:
            if book.wants_snapshot(now):
                book.fetch_begins()
                task = asyncio.create_task(self._fetch(book))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _fetch(self, book: TrackedBook) -> None:
        try:
            answer = await self._sources[book.market].depth(book.symbol, SNAPSHOT_LIMIT)
            snapshot = Snapshot.of(answer.lastUpdateId, answer.bids, answer.asks)
        except (RestError, BadSnapshotError) as error:
            _LOG.warning(
                "no usable snapshot", market=book.market, symbol=book.symbol, reason=str(error) or repr(error)
            )
            book.fetch_failed(self._monotonic())
        else:
            book.offer(snapshot, self._monotonic())

    async def close(self) -> None:
        """Give up what is being fetched."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
