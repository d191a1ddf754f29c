"""The hub: what the topics' end says of every pair, in memory, and the clients that hear of it.

Lives on the event loop alone and never waits: a client that does not read costs what is kept for it, no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from app.stream.clients import KlineClient, TradesClient
from app.stream.events import Batch
from app.stream.feeds import CandleFeed, Feeds, TradeFeed
from app.stream.messages import FeedState
from app.stream.updates import Snapshot
from candlestack_core import metrics
from candlestack_core.messages import Candle, Trade

AnyClient = KlineClient | TradesClient

_LIVE = FeedState(state="live", reason=None)


class Hub:
    """Takes what the tail reads, answers what is known now, and tells the clients of every change."""

    def __init__(self) -> None:
        self._feeds = Feeds()
        self._kline_clients: dict[str, set[KlineClient]] = defaultdict(set)
        self._trades_clients: dict[str, set[TradesClient]] = defaultdict(set)
        self._state = FeedState(state="away", reason="the topics are not read yet")

    @property
    def state(self) -> FeedState:
        """Whether updates come as they happen."""
        return self._state

    @property
    def live(self) -> bool:
        return self._state.state == "live"

    def symbols(self) -> set[str]:
        """Return the pairs of which a record was read."""
        return self._feeds.candles.keys() | self._feeds.trades.keys()

    def candle_feed(self, symbol: str) -> CandleFeed:
        """Return what is known of a pair's candles; an empty feed where no record of them was read."""
        return self._feeds.candles.get(symbol) or CandleFeed(symbol)

    def trade_feed(self, symbol: str) -> TradeFeed:
        """Return what is known of a pair's trades; an empty feed where no record of them was read."""
        return self._feeds.trades.get(symbol) or TradeFeed(symbol)

    def latest(self, symbol: str) -> Candle | None:
        """Return the newest 1m candle of a pair, forming or closed."""
        return self.candle_feed(symbol).latest

    def candles(self, symbol: str) -> list[Candle]:
        """Return the newest 1m candles of a pair, ascending by open time."""
        return self.candle_feed(symbol).candles()

    def trades(self, symbol: str, limit: int) -> list[Trade]:
        """Return the newest trades of a pair, ascending by id."""
        return self.trade_feed(symbol).trades(limit)

    def went_live(self, feeds: Feeds) -> None:
        """Take what was read up to the end of the topics for the state, and send it to all clients."""
        self._feeds = feeds
        self._set(_LIVE)
        for client in self._clients():
            client.send_snapshot(self._snapshot(client))
            client.send_status(self._state)

    def publish(self, batch: Batch) -> None:
        """Take records as they happen, and tell the clients."""
        klines, trades = self._feeds.take(batch)
        for kline in klines:
            for kline_client in self._kline_clients.get(kline.candle.symbol, ()):
                kline_client.send_update(kline)
        for update in trades:
            for trades_client in self._trades_clients.get(update.symbol, ()):
                trades_client.send_update(update)

    def went_away(self, reason: str) -> None:
        """Take note that nothing comes any more, and say so to all clients."""
        if self.live or self._state.reason != reason:
            self._change(FeedState(state="away", reason=reason))

    def came_back(self) -> None:
        """Take note that records come again from where they stopped, and say so to all clients."""
        if not self.live:
            self._change(_LIVE)

    @contextmanager
    def joined(self, client: AnyClient) -> Iterator[None]:
        """Send a client the state, then all that happens, until it leaves."""
        client.send_snapshot(self._snapshot(client))
        if not self.live:
            client.send_status(self._state)
        open_sockets = metrics.SOCKETS_OPEN.labels(channel=client.channel)
        open_sockets.inc()
        self._join(client)
        try:
            yield
        finally:
            self._leave(client)
            open_sockets.dec()

    def clients(self) -> int:
        """Return how many clients there are."""
        return sum(1 for _ in self._clients())

    def _join(self, client: AnyClient) -> None:
        if isinstance(client, KlineClient):
            self._kline_clients[client.symbol].add(client)
        else:
            self._trades_clients[client.symbol].add(client)

    def _leave(self, client: AnyClient) -> None:
        if isinstance(client, KlineClient):
            self._kline_clients[client.symbol].discard(client)
        else:
            self._trades_clients[client.symbol].discard(client)

    def _change(self, state: FeedState) -> None:
        self._set(state)
        for client in self._clients():
            client.send_status(state)

    def _set(self, state: FeedState) -> None:
        self._state = state
        metrics.FEED_LIVE.set(self.live)

    def _snapshot(self, client: AnyClient) -> Snapshot:
        if isinstance(client, KlineClient):
            return self.candle_feed(client.symbol).snapshot()
        return self.trade_feed(client.symbol).snapshot()

    def _clients(self) -> Iterator[AnyClient]:
        for kline_clients in self._kline_clients.values():
            yield from kline_clients
        for trades_clients in self._trades_clients.values():
            yield from trades_clients
