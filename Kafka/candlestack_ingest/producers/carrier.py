"""A feed and the connections that bring it its frames, watched for streams that starve."""

from __future__ import annotations

import asyncio
import time

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.settings import ExchangeSettings
from candlestack_ingest.exchange.binance.budgets import EventBudget
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.pool import StreamPool
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.exchange.binance.shard import Wiring
from candlestack_ingest.exchange.binance.starvation import StarvationJudge
from candlestack_ingest.producers.feed import Feed
from candlestack_ingest.producers.outbox import Outbox

_LOG = get_logger(__name__)

LOOK_EVERY_S = 0.5
EVIDENCE_WITHIN_S = 3.0
MOST_ASKED = 20
"""Silent streams that REST is asked about at once: evidence must not eat the weight of the backfill."""


class Carrier:
    """Runs a feed: its connections, its own work, and the watch over its streams."""

    def __init__(
        self,
        feed: Feed,
        endpoints: Endpoints,
        exchange: ExchangeSettings,
        connections: EventBudget,
        outbox: Outbox,
    ) -> None:
        self._feed = feed
        self._outbox = outbox
        wiring = Wiring(
            market=endpoints.market,
            url_of=endpoints.combined,
            connections=connections,
            lifetime_s=exchange.connection_lifetime_s,
            on_frame=feed.on_frame,
            on_connected=feed.on_connected,
        )
        self.pool = StreamPool(feed.name, feed.streams, exchange.streams_per_connection, wiring)
        self._starved: list[str] = []

    async def run(self) -> None:
        """Carry the feed until cancelled.

        Raises:
            ExceptionGroup: with what the feed raised.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed.run())
            tasks.create_task(self.pool.run())
            tasks.create_task(self._watch())

    async def _watch(self) -> None:
        judge = StarvationJudge(self._feed.streams, time.monotonic())
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._feed.measure()
            await self._look(judge)

    async def _look(self, judge: StarvationJudge) -> None:
        now = time.monotonic()
        judge.heard(self._feed.positions(), now)
        connected = self.pool.connected_streams()
        # What we do not read ourselves is not starved by the exchange.
        excused = self._feed.streams if self._outbox.full else set(self._feed.streams) - connected
        judge.excuse(excused, now)
        if suspects := judge.suspects(now, MOST_ASKED):
            try:
                async with asyncio.timeout(EVIDENCE_WITHIN_S):
                    judge.evidence(await self._feed.evidence(suspects), time.monotonic())
            except (TimeoutError, RestError) as error:
                reason = str(error) or type(error).__name__
                _LOG.info("no evidence for silent streams", streams=suspects, reason=reason)
        self._say(judge.starved(now))
        if to_move := judge.to_move(now):
            await self.pool.move(to_move)

    def _say(self, starved: list[str]) -> None:
        metrics.STREAMS_STARVED.labels(feed=self._feed.name).set(len(starved))
        if starved and starved != self._starved:
            _LOG.warning("starved streams", feed=self._feed.name, streams=starved)
        self._starved = starved
