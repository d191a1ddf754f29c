"""Everything that was recorded of one pair, on the recorded time axis."""

from __future__ import annotations

from functools import cached_property

import msgspec

from candlestack_simulator.replay.aggregates import group_trades, split_aggregates
from candlestack_simulator.replay.book import BookHistory, SentDiff
from candlestack_simulator.replay.errors import RecordingError
from candlestack_simulator.replay.klines import RecordedKlines, fuller, kline_track
from candlestack_simulator.replay.messages import (
    AggTradeMessage,
    BookTickerMessage,
    DepthMessage,
    KlineMessage,
    Message,
    SnapshotMessage,
    TradeMessage,
    parse_e8,
)
from candlestack_simulator.replay.pairs import describe_pair
from candlestack_simulator.replay.track import Key, Track
from candlestack_simulator.replay.trades import TradeHistory
from candlestack_simulator.source import (
    INTERVAL_MS,
    AggTrade,
    Candle,
    Coverage,
    Market,
    Pair,
    Recorded,
    Trade,
)

FAST_DEPTH = "depth@100ms"
SLOW_DEPTH = "depth"
SLOW_DEPTH_MS = 1_000
MARKET_TRADE = "MARKET"
"""What `X` of a futures trade says of one; insurance fund and liquidation prints lie far from the price."""


class PairTape:
    """Takes a pair's messages in order of their keys, and answers for streams and REST."""

    def __init__(self, symbol: str, market: Market) -> None:
        self.symbol = symbol
        self._market = market
        self.first_ms = 0
        self.last_ms = 0
        self._recorded: dict[str, Track] = {}
        self._made: dict[tuple[str, int], Track] = {}
        self._newest_id: dict[str, int] = {}
        self._trades: list[tuple[Key, Trade]] = []
        self._passed_over: list[int] = []
        self._aggregates: list[tuple[Key, AggTrade]] = []
        self._diffs: list[SentDiff] = []
        self.snapshots: list[SnapshotMessage] = []
        self._klines = RecordedKlines(symbol, "1m")
        self._prices: set[int] = set()
        self._quantities: set[int] = set()

    def add(self, key: Key, kind: str, message: Message, payload: bytes) -> None:
        """Add a message; one that another file of the recording has already brought is passed over."""
        if self._is_double(kind, message):
            return
        self.first_ms = self.first_ms or key[0]
        self.last_ms = key[0]
        self._recorded.setdefault(kind, Track()).append(key, Recorded(payload))
        match message:
            case TradeMessage(X=str(kind_of_trade), t=trade_id) if kind_of_trade != MARKET_TRADE:
                self._passed_over.append(trade_id)
            case TradeMessage(t=trade_id, p=price, q=quantity, T=time_ms, m=maker):
                trade = Trade(self.symbol, trade_id, parse_e8(price), parse_e8(quantity), time_ms, maker)
                self._trades.append((key, trade))
                self._saw(trade.price_e8, trade.quantity_e8)
            case AggTradeMessage():
                self._add_aggregate(key, message)
            case DepthMessage() if kind == FAST_DEPTH:
                self._diffs.append(SentDiff.of(key, message, payload))
            case KlineMessage() if kind == "kline_1m":
                self._klines.add(key[0], message)
            case BookTickerMessage(b=bid, B=bid_quantity):
                self._saw(parse_e8(bid), parse_e8(bid_quantity))

    def add_snapshot(self, body: bytes) -> None:
        """Add the body of a depth request.

        Raises:
            msgspec.MsgspecError: when it is not one.
        """
        snapshot = msgspec.json.decode(body, type=SnapshotMessage)
        self.snapshots.append(snapshot)
        for price, quantity in (*snapshot.bids, *snapshot.asks):
            self._saw(parse_e8(price), parse_e8(quantity))

    def joins(self, last_update_id: int) -> bool:
        """Tell whether a snapshot with this id can be one of this pair's book."""
        return bool(self._diffs) and any(
            diff.previous_update_id <= last_update_id <= diff.final_update_id for diff in self._diffs
        )

    def prepare(self) -> None:
        """Make now what the first subscriber or request would otherwise wait for.

        Raises:
            RecordingError: when what was recorded of the pair contradicts itself.
        """
        for kind in ("kline_1m", "trade", "aggTrade"):
            self.track(kind, 0)
        try:
            self.track("bookTicker", 0)
            self.book.prepare()
        except (ValueError, msgspec.MsgspecError) as error:
            raise RecordingError(f"{self.symbol}: a level of the book is malformed: {error}") from None

    @property
    def coverage(self) -> Coverage:
        """Return from the first to just after the last event, in recorded time."""
        return Coverage(self.first_ms, self.last_ms + 1)

    @cached_property
    def pair(self) -> Pair:
        return describe_pair(self.symbol, self._market, self._prices, self._quantities)

    @cached_property
    def trades(self) -> TradeHistory:
        sent = self._trades or split_aggregates(self._aggregates, self.pair.lot_e8)
        return TradeHistory(self.symbol, sent, self.coverage, self._passed_over)

    @cached_property
    def aggregates(self) -> list[tuple[Key, AggTrade]]:
        return self._aggregates or group_trades(self._trades)

    @cached_property
    def book(self) -> BookHistory:
        return BookHistory(self.symbol, self._diffs, self.snapshots)

    def candle(self, interval: str, open_time: int, now_ms: int) -> Candle | None:
        """Return a candle as it is known at a time; the exchange's own minute where it was recorded."""
        made = self.trades.candle(interval, open_time, INTERVAL_MS[interval], now_ms)
        return fuller(made, self._klines.at(open_time, now_ms)) if interval == "1m" else made

    def first_candle_ms(self) -> int | None:
        """Return a time inside of the first candle, or None where there is none."""
        times = [self.trades.times[0]] if self.trades.times else []
        recorded = self._klines.first_open_time()
        return min(times if recorded is None else [*times, recorded], default=None)

    def track(self, kind: str, shift_ms: int) -> Track:
        """Return what a stream sends: as recorded, or made; empty where nothing can be made.

        `shift_ms` aligns the windows of klines longer than a minute.
        """
        if kind in self._recorded:
            return self._recorded[kind]
        interval = kind.removeprefix("kline_")
        windows = shift_ms % INTERVAL_MS[interval] if interval in INTERVAL_MS else 0
        name = (kind, windows)
        if name not in self._made:
            self._made[name] = self._make(kind, interval, windows)
        return self._made[name]

    def _make(self, kind: str, interval: str, shift_ms: int) -> Track:
        if interval in INTERVAL_MS:
            return kline_track(self.trades, interval, INTERVAL_MS[interval], shift_ms, self.last_ms)
        if kind == "bookTicker":
            return self.book.book_tickers()
        if kind == SLOW_DEPTH:
            return self.book.slow_diffs(SLOW_DEPTH_MS)
        track = Track()
        if kind == "trade":
            for key, trade in split_aggregates(self._aggregates, self.pair.lot_e8):
                track.append(key, trade)
        elif kind == "aggTrade":
            for key, aggregate in self.aggregates:
                track.append(key, aggregate)
        return track

    def _add_aggregate(self, key: Key, message: AggTradeMessage) -> None:
        aggregate = AggTrade(
            symbol=self.symbol,
            agg_id=message.a,
            price_e8=parse_e8(message.p),
            quantity_e8=parse_e8(message.q),
            first_trade_id=message.f,
            last_trade_id=message.l,
            time_ms=message.T,
            buyer_is_maker=message.m,
        )
        self._aggregates.append((key, aggregate))
        self._saw(aggregate.price_e8, aggregate.quantity_e8)

    def _saw(self, price_e8: int, quantity_e8: int) -> None:
        self._prices.add(price_e8)
        self._quantities.add(quantity_e8)

    def _is_double(self, kind: str, message: Message) -> bool:
        match message:
            case TradeMessage(t=number) | AggTradeMessage(a=number) | DepthMessage(u=number):
                pass
            case BookTickerMessage(u=number) | KlineMessage(E=number):
                pass
        if number <= self._newest_id.get(kind, -1):
            return True
        self._newest_id[kind] = number
        return False
