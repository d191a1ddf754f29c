"""The ranking as a process: `python Spark/ranking_coins/ranking_stream.py`.

It is right at once from what was kept and what the candle store has, and then follows the candle topic. A broker, a
store or a Redis that is away stops progress, not the process.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from pymongo.errors import PyMongoError
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from candlestack_core import metrics
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run
from candlestack_core.settings import (
    BadSettingError,
    KafkaSettings,
    MongoSettings,
    RankingSettings,
    RedisSettings,
    SparkSettings,
    load,
    variable_name,
)
from candlestack_spark.ranking import outlet
from candlestack_spark.ranking.history import History
from candlestack_spark.ranking.keeping import KeptFile
from candlestack_spark.ranking.outlet import RankingOutlet, RedisAwayError
from candlestack_spark.ranking.ranker import Ranker
from candlestack_spark.ranking.records import NotUnderstoodError, minute_candle
from candlestack_spark.ranking.session import streaming_session
from candlestack_spark.ranking.stream import (
    Batch,
    Progress,
    failure_of,
    is_idle,
    progress_of,
    start_query,
)
from candlestack_spark.ranking.supply import Supply, SupplyError, read_supply
from candlestack_spark.stores.mongo import connected

KAFKA: Final = "kafka"
MONGODB: Final = "mongodb"
BACKLOG: Final = "backlog"
CAUGHT_UP: Final = 10_000
"""Records behind the end beyond which what is ranked is not news."""
_TICK_S: Final = 1.0
_ASK_EVERY_S: Final = 2.0
"""Each question to the Java machine is some hundred small ones."""
_LOOK_EVERY_S: Final = 60.0
_WRITE_EVERY_S: Final = 5.0


class StoppedError(Exception):
    """The process was told to stop; what is not done is given again to the next."""


class RankingService:
    """Keeps one ranking up to date until it is told to stop."""

    def __init__(self, service: Service, ranker: Ranker, topic: str) -> None:
        self._service = service
        self._log = service.log
        self._health = service.health
        self._stopping = service.stopping
        self._ranker = ranker
        self._topic = topic
        self._pauses = Pauses(first=0.5, longest=15.0)
        self._look_at = self._write_at = 0.0
        self._progress: Progress | None = None

    def begin(self) -> None:
        """Rank what is known before the stream begins; waits for the candle store."""
        pauses = Pauses(first=0.25, longest=5.0)
        while not self._stopping.is_set():
            self._health.beat()
            if (reason := self._look()) is None:
                self._health.ready(MONGODB)
                self._write()
                return
            self._health.not_ready(MONGODB, reason)
            self._stopping.wait(pauses.next())

    def follow(self, session: SparkSession, kafka: KafkaSettings, ranking: RankingSettings) -> None:
        """Follow the topic until told to stop; a query that fails is started again."""
        while not self._stopping.is_set():
            start = self._ranker.start()
            since = None if start is None else start - MINUTE_MS
            query = start_query(session, kafka, ranking, self.take, since)
            self._log.info("following", topic=kafka.kafka_topic, checkpoint=str(ranking.checkpoint))
            self._watch(query)
            if self._stopping.is_set():
                self._log.info("stopping")
                query.stop()
                return
            reason = failure_of(query)
            self._health.not_ready(KAFKA, reason)
            self._log.warning("the stream is started again", reason=reason)
            self._rest(self._pauses.next())

    def take(self, batch: Batch) -> None:
        """Take a batch of records: it is done when Redis has the ranking that it makes.

        Raises:
            StoppedError: that could not be before the process was told to stop.
        """
        self._ranker.take(self._understood(batch))
        pauses = Pauses(first=0.25, longest=5.0)
        while not self._write():
            if self._stopping.wait(pauses.next()):
                raise StoppedError
        self._write_at = time.monotonic() + _WRITE_EVERY_S

    def _understood(self, batch: Batch) -> list[Candle]:
        candles = []
        for value, arrived in batch:
            try:
                candles.append(minute_candle(value, arrived))
            except NotUnderstoodError as error:
                # The writers of the stores read the same record, and set it aside as a dead letter.
                metrics.RECORDS_SKIPPED.labels(topic=self._topic).inc()
                self._log.warning("a record is left out", reason=str(error)[:300])
        return candles

    def _watch(self, query: StreamingQuery) -> None:
        """Return when the query has ended, or the process is told to stop."""
        while not self._stopping.is_set() and query.isActive:
            progress = progress_of(query)
            if progress is not None or is_idle(query):
                self._health.ready(KAFKA)
                self._pauses.reset()
            self._tell(progress)
            self._rest(_ASK_EVERY_S)

    def _rest(self, seconds: float) -> None:
        """Wait, and meanwhile do what is due whether records come or not."""
        end = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            self._health.beat()
            now = time.monotonic()
            if now >= self._look_at:
                self._look()
            if now >= self._write_at:
                self._write()
                self._write_at = now + _WRITE_EVERY_S
            self._stopping.wait(min(left, _TICK_S))

    def _tell(self, progress: Progress | None) -> None:
        if progress is None or progress == self._progress:
            return
        before = self._progress.reached if self._progress is not None else {}
        for where, offset in progress.reached.items():
            if where in before:
                metrics.RECORDS_CONSUMED.labels(topic=where[0]).inc(max(offset - before[where], 0))
        behind = progress.behind()
        for (topic, partition), records in behind.items():
            metrics.CONSUMER_LAG.labels(topic=topic, partition=str(partition)).set(records)
        metrics.STREAM_BATCH_SECONDS.set(progress.seconds)
        if sum(behind.values()) > CAUGHT_UP:
            self._health.not_ready(BACKLOG, f"{sum(behind.values())} records behind")
        else:
            self._health.ready(BACKLOG)
        self._progress = progress

    def _look(self) -> str | None:
        """Look into the candle store; return why it did not answer, None where it did.

        Once the stream is followed nothing waits for it: Kafka has what is new.
        """
        self._look_at = time.monotonic() + _LOOK_EVERY_S
        try:
            self._ranker.look()
        except PyMongoError as error:
            metrics.STORE_UP.labels(store=MONGODB).set(0)
            reason = str(error)[:300]
            self._log.warning("the store is away", store=MONGODB, reason=reason)
            self._look_at = time.monotonic() + _LOOK_EVERY_S / 6
            return reason
        metrics.STORE_UP.labels(store=MONGODB).set(1)
        return None

    def _write(self) -> bool:
        """Give Redis what it does not have; tell whether it answered."""
        try:
            self._ranker.write()
        except RedisAwayError as error:
            metrics.STORE_UP.labels(store=outlet.STORE).set(0)
            metrics.STORE_FAILURES.labels(store=outlet.STORE).inc()
            self._log.warning("the store is away", store=outlet.STORE, reason=str(error))
            self._health.not_ready(outlet.STORE, str(error))
            return False
        metrics.STORE_UP.labels(store=outlet.STORE).set(1)
        self._health.ready(outlet.STORE)
        return True


def _supply(ranking: RankingSettings) -> Supply:
    try:
        return read_supply(ranking.supply)
    except SupplyError as error:
        raise BadSettingError(variable_name(RankingSettings, "circulating_supply"), str(error)) from error


def _kept(ranking: RankingSettings) -> KeptFile:
    try:
        return KeptFile(ranking.checkpoint)
    except OSError as error:
        raise BadSettingError(variable_name(RankingSettings, "ranking_checkpoint"), str(error)) from error


def _main(service: Service) -> None:
    logging.getLogger("py4j").setLevel(logging.WARNING)
    ranking, kafka = load(RankingSettings), load(KafkaSettings)
    with connected(load(MongoSettings)) as store, outlet.connect(load(RedisSettings)) as redis:
        ranker = Ranker(_kept(ranking), History(store), RankingOutlet(redis), _supply(ranking))
        ranker.restore()
        process = RankingService(service, ranker, kafka.kafka_topic)
        process.begin()
        if service.stopping.is_set():
            return
        with streaming_session(load(SparkSettings), ranking, service.name) as session:
            process.follow(session, kafka, ranking)


def main() -> None:
    """Run the ranking; ends the process."""
    run("ranking", _main, components=(MONGODB, outlet.STORE, KAFKA))
