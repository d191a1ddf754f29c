"""One ranking at work: candles in, days kept, rankings out. Safe to use from several threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Candle
from candlestack_spark.ranking.days import Days
from candlestack_spark.ranking.history import History
from candlestack_spark.ranking.keeping import KeptFile
from candlestack_spark.ranking.outlet import RankingOutlet
from candlestack_spark.ranking.rule import Rankings, census, rank
from candlestack_spark.ranking.supply import Supply

_LOG = get_logger(__name__)
_REASONS = 5


class Ranker:
    """Holds the days of all pairs, and writes who gained and who lost most whenever that changes."""

    def __init__(self, kept: KeptFile, history: History, outlet: RankingOutlet, supply: Supply) -> None:
        self._kept = kept
        self._history = history
        self._outlet = outlet
        self._supply = supply
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """One writes at a time: two rankings of the same minute must not overtake each other."""
        self._days = Days()
        self._unwritten: Rankings | None = None
        """What Redis has not been given yet."""
        self._written: Rankings | None = None

    def restore(self) -> None:
        """Take what was kept when the process before ended.

        Raises:
            OSError: it cannot be read.
        """
        with self._lock:
            self._days = self._kept.load()
            self._rank()

    def start(self) -> int | None:
        """Return the open time in ms of the first of the 1,440 minutes; None where nothing is known yet."""
        with self._lock:
            return self._days.start

    def look(self) -> None:
        """Take what the candle store has that is not known yet.

        Raises:
            PyMongoError: MongoDB is away.
        """
        with self._lock:
            look = self._history.read(self._days)
            if look.refused:
                _LOG.warning(
                    "documents that are no candles", count=len(look.refused), first=look.refused[:_REASONS]
                )
            if look.taken:
                _LOG.info("taken from the candle store", candles=look.taken)
            self._rank()

    def take(self, candles: Iterable[Candle]) -> None:
        """Take candles of a batch; when this returns what they say is kept.

        Raises:
            OSError: it cannot be kept.
        """
        with self._lock:
            if sum(self._days.take(candle) for candle in candles):
                self._kept.save(self._days)
                self._rank()

    def write(self) -> None:
        """Give Redis the ranking that it does not have yet, or has lost.

        Raises:
            RedisAwayError: Redis is away.
        """
        with self._writing:
            with self._lock:
                rankings = self._unwritten
            if rankings is None and self._written is not None and self._outlet.has_lost():
                rankings = self._written
            if rankings is None:
                return
            written = self._outlet.write(rankings)
            with self._lock:
                self._written = rankings
                if self._unwritten is rankings:
                    self._unwritten = None
        if not written:
            _LOG.warning("a later ranking is there already", time=rankings.gainers.time)

    def _rank(self) -> None:
        rankings = rank(self._days, self._supply)
        if rankings is None:
            return
        self._unwritten = None if rankings == self._written else rankings
        whole = census(self._days)
        metrics.RANKING_TIME.set(rankings.gainers.time / 1000)
        metrics.RANKING_PAIRS.labels(state="ranked").set(whole.ranked)
        metrics.RANKING_PAIRS.labels(state="without_a_day").set(whole.without_a_day)
        metrics.RANKING_MINUTES_MISSING.set(whole.minutes_missing)
