"""What each stream sends and when.

| stream | sent |
|---|---|
| `depth@100ms` | the diff into a slot, at the slot's first ms; in every slot outside of halts |
| `bookTicker` | at the same ms, where the best prices or their quantities have changed |
| `trade`, `aggTrade` | at the trade's own time |
| `kline_*` | the forming candle once a second where it has changed, the closed one 1 to 40 ms after its window |

At one ms, what is sent comes in this order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from candlestack_simulator.market.hashing import derive_key
from candlestack_simulator.market.history import PairHistory
from candlestack_simulator.market.pair_book import PairBook
from candlestack_simulator.market.time_grid import MINUTE_MS, SLOT_MS
from candlestack_simulator.source import INTERVAL_MS, Emission

FORMING_MS = 1000
LONGEST_CLOSE_DELAY_MS = 40

_DEPTH, _TICKER, _TRADE, _AGG_TRADE, _KLINE = range(5)

Sent = tuple[int, int, Emission]
"""(event time, order within one ms, emission)."""


@dataclass(frozen=True, slots=True)
class PairPlan:
    """Which streams of one pair are wanted: their names by kind, and kline intervals."""

    kinds: frozenset[str]
    intervals: tuple[str, ...]


def plan_streams(streams: Collection[str]) -> dict[str, PairPlan]:
    """Sort stream names (`btcusdt@kline_1m`) by symbol. A stream that does not exist is silent, as at Binance."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    intervals: defaultdict[str, list[str]] = defaultdict(list)
    for stream in sorted(streams):
        name, _, kind = stream.partition("@")
        symbol = name.upper()
        if kind in {"depth@100ms", "bookTicker", "trade", "aggTrade"}:
            kinds[symbol].add(kind)
        elif kind.startswith("kline_") and kind.removeprefix("kline_") in INTERVAL_MS:
            intervals[symbol].append(kind.removeprefix("kline_"))
    return {
        symbol: PairPlan(frozenset(kinds[symbol]), tuple(intervals[symbol]))
        for symbol in [*kinds, *(symbol for symbol in intervals if symbol not in kinds)]
    }


class PairStreams:
    """The streams of one pair."""

    def __init__(self, seed: int, history: PairHistory, book: PairBook) -> None:
        self._history = history
        self._book = book
        self._prefix = history.listing.symbol.lower()
        self._close_key = derive_key(seed, history.listing.label, "close")
        # Pairs send their forming candles at different moments of the second, all after the closed ones.
        self._forming_phase = 50 + self._close_key % 900

    def sent(self, plan: PairPlan, after_ms: int, until_ms: int) -> Iterator[Sent]:
        """Yield what the planned streams send in `(after_ms, until_ms]`; in order of time per stream only."""
        if plan.kinds & {"depth@100ms", "bookTicker"}:
            yield from self._book_updates(plan, after_ms, until_ms)
        if plan.kinds & {"trade", "aggTrade"}:
            yield from self._trades(plan, after_ms, until_ms)
        for interval in plan.intervals:
            stream = f"{self._prefix}@kline_{interval}"
            yield from self._closed_candles(stream, interval, after_ms, until_ms)
            yield from self._forming_candles(stream, interval, after_ms, until_ms)

    def _book_updates(self, plan: PairPlan, after_ms: int, until_ms: int) -> Iterator[Sent]:
        for slot in range(after_ms // SLOT_MS + 1, until_ms // SLOT_MS + 1):
            time_ms = slot * SLOT_MS
            if "depth@100ms" in plan.kinds and (diff := self._book.diff(slot)) is not None:
                yield time_ms, _DEPTH, Emission(f"{self._prefix}@depth@100ms", time_ms, diff)
            if "bookTicker" in plan.kinds and (ticker := self._book.ticker_change(slot)) is not None:
                yield time_ms, _TICKER, Emission(f"{self._prefix}@bookTicker", time_ms, ticker)

    def _trades(self, plan: PairPlan, after_ms: int, until_ms: int) -> Iterator[Sent]:
        history = self._history
        first, end = history.orders_until(after_ms), history.orders_until(until_ms)
        if first == end:
            return
        if "trade" in plan.kinds:
            stream = f"{self._prefix}@trade"
            for trade in history.trades(history.first_trade_of(first), history.first_trade_of(end)):
                yield trade.time_ms, _TRADE, Emission(stream, trade.time_ms, trade)
        if "aggTrade" in plan.kinds:
            stream = f"{self._prefix}@aggTrade"
            for order in history.agg_trades(first, end):
                yield order.time_ms, _AGG_TRADE, Emission(stream, order.time_ms, order)

    def _closed_candles(self, stream: str, interval: str, after_ms: int, until_ms: int) -> Iterator[Sent]:
        interval_ms = INTERVAL_MS[interval]
        first_end = -(-(after_ms - LONGEST_CLOSE_DELAY_MS) // interval_ms) * interval_ms
        for end_ms in range(first_end, until_ms + 1, interval_ms):
            time_ms = end_ms + self._close_delay_ms(end_ms)
            if after_ms < time_ms <= until_ms:
                candle = self._history.candle(interval, end_ms - interval_ms, time_ms)
                if candle is not None:
                    yield time_ms, _KLINE, Emission(stream, time_ms, candle)

    def _forming_candles(self, stream: str, interval: str, after_ms: int, until_ms: int) -> Iterator[Sent]:
        interval_ms = INTERVAL_MS[interval]
        first = (after_ms - self._forming_phase) // FORMING_MS * FORMING_MS + FORMING_MS + self._forming_phase
        for time_ms in range(first, until_ms + 1, FORMING_MS):
            open_time = time_ms // interval_ms * interval_ms
            unchanged_since = max(time_ms - FORMING_MS, open_time - 1)
            if self._history.orders_until(time_ms) > self._history.orders_until(unchanged_since):
                candle = self._history.candle(interval, open_time, time_ms)
                if candle is not None:
                    yield time_ms, _KLINE, Emission(stream, time_ms, candle)

    def _close_delay_ms(self, end_ms: int) -> int:
        return 1 + (self._close_key ^ (end_ms // MINUTE_MS * 0x9E3779B1)) % LONGEST_CLOSE_DELAY_MS


def in_order(sent: Iterable[Sent]) -> Iterator[Emission]:
    """Order what several streams send by time, and within one ms as the table above says."""
    for _, _, emission in sorted(sent, key=itemgetter(0, 1)):
        yield emission
