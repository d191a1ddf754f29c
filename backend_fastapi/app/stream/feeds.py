"""What is known of one pair on one channel: the newest candles, the newest trades."""

from __future__ import annotations

from bisect import insort

from app.stream.events import Batch, Event
from app.stream.updates import KlineUpdate, Snapshot, TradesUpdate
from candlestack_core.messages import Candle, Trade
from candlestack_core.versions import is_newer, supersedes

CANDLES_KEPT = 60
TRADES_KEPT = 1_000
TRADES_IN_SNAPSHOT = 100


class CandleFeed:
    """The newest 1m candles of one pair, by the rule of which account of a candle wins."""

    def __init__(self, symbol: str) -> None:
        self._symbol = symbol
        self._candles: dict[int, Candle] = {}
        self._newest_event: Event[Candle] | None = None
        self._snapshot: Snapshot | None = None
        self.latest: Candle | None = None
        self.price_decimals: int | None = None
        self.quantity_decimals: int | None = None

    def take(self, event: Event[Candle]) -> KlineUpdate | None:
        """Take the next record; return what clients should hear of it, None where it tells nothing new.

        A candle older than all that are kept is passed on unjudged: whoever holds older ones has the same
        rule.
        """
        self._newest_event = event
        self._snapshot = None
        candle = event.value
        known = self._candles.get(candle.open_time)
        if known is not None and not supersedes(candle, known):
            return None
        if self.latest is None or is_newer(candle, self.latest):
            self.latest = candle
        self._candles[candle.open_time] = candle
        if len(self._candles) > CANDLES_KEPT:
            del self._candles[min(self._candles)]
        self.price_decimals = _most_decimals(
            self.price_decimals, candle.open, candle.high, candle.low, candle.close
        )
        self.quantity_decimals = _most_decimals(
            self.quantity_decimals, candle.volume, candle.taker_buy_volume
        )
        return KlineUpdate(event)

    def candles(self) -> list[Candle]:
        """Return the kept candles, ascending by open time."""
        return [self._candles[open_time] for open_time in sorted(self._candles)]

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        if self._snapshot is None:
            self._snapshot = Snapshot("kline", self._symbol, self._newest_event, self.candles())
        return self._snapshot


class TradeFeed:
    """The newest trades of one pair, each once."""

    def __init__(self, symbol: str) -> None:
        self._symbol = symbol
        self._ids: list[int] = []
        self._trades: dict[int, Trade] = {}
        self._newest_event: Event[Trade] | None = None
        self._snapshot: Snapshot | None = None
        self.price_decimals: int | None = None
        self.quantity_decimals: int | None = None

    def take(self, event: Event[Trade]) -> bool:
        """Take the next record; return whether it is a trade that clients have not heard of.

        One older than all that are kept, of which that cannot be known any more, is left out.
        """
        self._newest_event = event
        self._snapshot = None
        trade = event.value
        trade_id = trade.trade_id
        if trade_id in self._trades:
            return False
        if len(self._ids) >= TRADES_KEPT:
            if trade_id < self._ids[0]:
                return False
            del self._trades[self._ids.pop(0)]
        self._trades[trade_id] = trade
        insort(self._ids, trade_id)
        self.price_decimals = _most_decimals(self.price_decimals, trade.price)
        self.quantity_decimals = _most_decimals(self.quantity_decimals, trade.quantity)
        return True

    def trades(self, limit: int = TRADES_KEPT) -> list[Trade]:
        """Return the newest kept trades, ascending by id."""
        return [self._trades[trade_id] for trade_id in self._ids[-limit:]]

    def snapshot(self) -> Snapshot:
        """Return what a client that joins is sent."""
        if self._snapshot is None:
            trades = self.trades(TRADES_IN_SNAPSHOT)
            self._snapshot = Snapshot("trades", self._symbol, self._newest_event, trades)
        return self._snapshot


class Feeds:
    """The feeds of all pairs."""

    def __init__(self) -> None:
        self.candles: dict[str, CandleFeed] = {}
        self.trades: dict[str, TradeFeed] = {}

    def take(self, batch: Batch) -> tuple[list[KlineUpdate], list[TradesUpdate]]:
        """Take records; return what clients should hear of them, the trades of each pair together."""
        klines = (self._take_candle(event) for event in batch.candles)
        new: dict[str, list[Event[Trade]]] = {}
        for event in batch.trades:
            if self._take_trade(event):
                new.setdefault(event.value.symbol, []).append(event)
        return [update for update in klines if update is not None], [*map(TradesUpdate, new.values())]

    def _take_candle(self, event: Event[Candle]) -> KlineUpdate | None:
        symbol = event.value.symbol
        feed = self.candles.get(symbol)
        if feed is None:
            feed = self.candles[symbol] = CandleFeed(symbol)
        return feed.take(event)

    def _take_trade(self, event: Event[Trade]) -> bool:
        symbol = event.value.symbol
        feed = self.trades.get(symbol)
        if feed is None:
            feed = self.trades[symbol] = TradeFeed(symbol)
        return feed.take(event)


def _most_decimals(seen: int | None, *amounts: str) -> int:
    """Return the most decimals of some amounts, and of those seen before."""
    return max(seen or 0, *(len(amount.partition(".")[2]) for amount in amounts))
