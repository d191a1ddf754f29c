"""The sink of the ledger: what the records tell, minute by minute, into MongoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

import pymongo
from pymongo.database import Database
from pymongo.errors import PyMongoError

from candlestack_core import metrics
from candlestack_core.kafka import Record, TopicPartition
from candlestack_core.logging import get_logger
from candlestack_ingest.completeness.accounts import Account
from candlestack_ingest.completeness.books import Books
from candlestack_ingest.completeness.collection import MinuteCollection
from candlestack_ingest.completeness.minutes import Minute, StreamKey
from candlestack_ingest.completeness.recent import MINUTES, RecentMinutes
from candlestack_ingest.completeness.schema import ensure_completeness_collection
from candlestack_ingest.completeness.sightings import BookSighting, Told
from candlestack_ingest.consumers.sink import Refusal, StoreAwayError
from candlestack_ingest.stores.candles import GOODBYE_TIMEOUT_S, TIMEOUT_S
from candlestack_ingest.stores.schema import Document

_LOG = get_logger(__name__)

MINUTES_A_WRITE: Final = 500
ATTEMPTS: Final = 5
"""At one write, while another member of the group writes the same minutes."""


class CompletenessSink:
    """Keeps account of minutes in `completeness`.

    What came is merged into what is stored, and written only over the revision that was read: after a
    rebalance two members may hold the same minutes for a while, and neither loses what the other wrote.
    """

    name = "mongodb"

    def __init__(
        self,
        database: Database[Document],
        readers: Mapping[str, Callable[[Record], Told]],
        *,
        keep_days: int,
        clock_ms: Callable[[], int],
    ) -> None:
        """Take what reads the records of each topic; `clock_ms` is for the metrics of the last hour alone."""
        self._database = database
        self._readers = readers
        self._keep_days = keep_days
        self._collection = MinuteCollection(database)
        self._books = Books()
        self._recent = RecentMinutes(clock_ms)
        self._newest: dict[StreamKey, int | None] = {}
        """The newest minute that the store has of each stream met so far."""
        self._batch: dict[StreamKey, dict[int, Minute]] = {}

    def open(self) -> None:
        try:
            with pymongo.timeout(TIMEOUT_S):
                done = ensure_completeness_collection(self._database, self._keep_days)
        except PyMongoError as error:
            raise _away(error) from error
        for line in done:
            _LOG.info("store prepared", done=line)

    def add(self, record: Record) -> None:
        told = self._readers[record.topic](record)
        if told is None:
            return
        if isinstance(told, BookSighting):
            self._books.take(told.key, told.synced)
            return
        minute = self._minute(told.key, told.open_time)
        minute.come(told.run, source=told.source, by_rest=told.by_rest, arrived=record.timestamp)

    def _minute(self, key: StreamKey, open_time: int) -> Minute:
        minutes = self._batch.setdefault(key, {})
        if (minute := minutes.get(open_time)) is None:
            minute = minutes[open_time] = Minute(open_time)
        return minute

    def size(self) -> int:
        return sum(map(len, self._batch.values()))

    def flush(self) -> list[Refusal]:
        try:
            with pymongo.timeout(TIMEOUT_S):
                for key in self._books.seen() - self._newest.keys():
                    self._meet(key)
            for key, open_time in self._books.healed():
                self._minute(key, open_time)
            while part := list(islice(self._in_order(), MINUTES_A_WRITE)):
                with pymongo.timeout(TIMEOUT_S):
                    self._write(part)
                for key, open_time in part:
                    del self._batch[key][open_time]
        except PyMongoError as error:
            raise _away(error) from error
        self._batch.clear()
        self._recent.publish()
        return []

    def _in_order(self) -> Iterator[tuple[StreamKey, int]]:
        return ((key, open_time) for key, minutes in self._batch.items() for open_time in sorted(minutes))

    def _write(self, part: list[tuple[StreamKey, int]]) -> None:
        """Merge minutes of the batch into those that are stored.

        Raises:
            StoreAwayError: another writer was faster each time.
        """
        told: dict[StreamKey, dict[int, Minute]] = {}
        for key, open_time in part:
            told.setdefault(key, {})[open_time] = self._batch[key][open_time]
            if key not in self._newest:
                self._meet(key)
        for _ in range(ATTEMPTS):
            stored = self._collection.around(part)
            accounts = [
                Account(key, minutes, stored.get(key, {}), self._collection) for key, minutes in told.items()
            ]
            for account in accounts:
                account.settle(self._newest[account.key], self._batch[account.key], self._books)
            if self._collection.write([change for account in accounts for change in account.changes()]):
                for account in accounts:
                    self._note(account)
                return
        raise StoreAwayError("other members of the group write the same minutes")

    def _meet(self, key: StreamKey) -> None:
        """Learn what the store has of a stream of which this process has written nothing yet."""
        newest = self._collection.newest(key, MINUTES)
        for minute in newest:
            self._recent.note(key, minute.open_time, minute.figures(key.stream))
        if newest and key.stream == "depth":
            for minute in self._collection.with_open_holes(key, newest[0].open_time):
                self._books.note(key, minute)
        self._newest[key] = newest[0].open_time if newest else None

    def _note(self, account: Account) -> None:
        key = account.key
        metrics.COMPLETENESS_HOLES.labels(*key).inc(account.new_holes())
        for _, minute, _ in account.changes():
            self._recent.note(key, minute.open_time, minute.figures(key.stream))
            if key.stream == "depth":
                self._books.note(key, minute)
            self._newest[key] = max(self._newest[key] or 0, minute.open_time)

    def lost(self, assigned: frozenset[TopicPartition]) -> Mapping[TopicPartition, int]:  # noqa: ARG002
        try:
            self._database.command("ping")
        except PyMongoError as error:
            raise _away(error) from error
        self._recent.publish()
        return {}

    def regain(self, partitions: frozenset[TopicPartition]) -> None:
        """Nothing is ever lost here: MongoDB keeps what it has acknowledged."""

    def close(self) -> None:
        # The client says goodbye to the server, which may be frozen.
        with pymongo.timeout(GOODBYE_TIMEOUT_S):
            self._database.client.close()


def _away(error: PyMongoError) -> StoreAwayError:
    return StoreAwayError(str(error)[:300] or type(error).__name__)
