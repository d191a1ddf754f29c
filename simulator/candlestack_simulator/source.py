"""What a source of market data is: the seam between the exchange's protocol and where its data comes from.

A source knows one exchange time (`now_ms`), its pairs, and everything up to that time. The protocol
server (`server`) turns what a source answers into Binance's REST bodies and WebSocket frames, and pumps
`emissions` to the subscribers. Two kinds of source exist: `market.SeededMarket` and `replay.Recording`. The
exchange has two markets, spot and USD-M futures, and serves each from a source of its own.

Prices and amounts are integers in units of 10^-8 (`_e8`), exact for every pair that Binance lists; the
simulator shares no decimal code with the platform, so that its truth stays independent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

E8 = 10**8

Market = Literal["spot", "usdm"]
MARKETS: tuple[Market, ...] = ("spot", "usdm")

INTERVAL_MS: dict[str, int] = {
    "1m": 60_000,
    "3m": 180_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "4h": 14_400_000,
    "6h": 21_600_000,
    "8h": 28_800_000,
    "12h": 43_200_000,
    "1d": 86_400_000,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair as `exchangeInfo` lists it. `tick_e8` is the price step, `lot_e8` the step of the base amount.

    Spot writes every number with eight decimals; futures write prices and amounts with the pair's own.
    """

    symbol: str
    base: str
    quote: str
    tick_e8: int
    lot_e8: int
    status: Literal["TRADING", "BREAK", "HALT"] = "TRADING"
    price_decimals: int = 8
    quantity_decimals: int = 8


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade. `price_e8` in quote per base, `quantity_e8` in base, both times 10^8."""

    symbol: str
    trade_id: int
    price_e8: int
    quantity_e8: int
    time_ms: int
    buyer_is_maker: bool


@dataclass(frozen=True, slots=True)
class AggTrade:
    """Trades of one taker order at one price and side, `first_trade_id` to `last_trade_id` inclusive."""

    symbol: str
    agg_id: int
    price_e8: int
    quantity_e8: int
    first_trade_id: int
    last_trade_id: int
    time_ms: int
    buyer_is_maker: bool


@dataclass(frozen=True, slots=True)
class Candle:
    """A kline over the half-open window `[open_time, open_time + interval)`, in ms.

    `volume_e8` and `taker_buy_volume_e8` are base amounts, the `quote` ones are in quote currency. With no
    trade in the window all four prices are the previous close, the counts 0 and both trade ids -1.
    `partial` marks a window that the source itself does not cover entirely (the edges of a recording).
    """

    symbol: str
    interval: str
    open_time: int
    close_time: int
    open_e8: int
    high_e8: int
    low_e8: int
    close_e8: int
    volume_e8: int
    quote_volume_e8: int
    trades: int
    taker_buy_volume_e8: int
    taker_buy_quote_volume_e8: int
    first_trade_id: int
    last_trade_id: int
    closed: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Depth:
    """A whole book at one update id; levels are `(price_e8, quantity_e8)`, best first."""

    symbol: str
    last_update_id: int
    event_time: int
    bids: Sequence[tuple[int, int]]
    asks: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DepthDiff:
    """Changed levels between two books, with the absolute quantity (0 removes), ids `first..final` inclusive.

    On futures ids are missing between two diffs, and each names the last id of the one before it.
    """

    symbol: str
    first_update_id: int
    final_update_id: int
    event_time: int
    bids: Sequence[tuple[int, int]]
    asks: Sequence[tuple[int, int]]
    previous_final_update_id: int | None = None


@dataclass(frozen=True, slots=True)
class BookTicker:
    """Best bid and ask at one update id."""

    symbol: str
    update_id: int
    bid_e8: int
    bid_quantity_e8: int
    ask_e8: int
    ask_quantity_e8: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payload exactly as it was recorded (the JSON of `data`), sent on as it is."""

    payload: bytes


Record = Trade | AggTrade | Candle | DepthDiff | BookTicker | Recorded


@dataclass(frozen=True, slots=True)
class Emission:
    """One message on one stream (`btcusdt@trade`) at the exchange's `event_time` (the `E` field), in ms."""

    stream: str
    event_time: int
    record: Record


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a source can vouch for, in ms: `[start_ms, end_ms)`; `end_ms` is None for a market that goes on."""

    start_ms: int
    end_ms: int | None


class Source(Protocol):
    """Everything the protocol server asks. Unknown symbols never reach it: the server checks `pairs` first."""

    name: Literal["simulator", "replay"]

    def pairs(self) -> Sequence[Pair]: ...

    def coverage(self, symbol: str) -> Coverage: ...

    def now_ms(self) -> int:
        """Return the exchange's time in ms; no answer of any method holds anything after it."""
        ...

    def ended(self) -> bool:
        """Tell whether nothing more will ever be emitted (the end of a recording)."""
        ...

    def emissions(self, streams: Collection[str], after_ms: int, until_ms: int) -> Iterable[Emission]:
        """Yield what the named streams send in `(after_ms, until_ms]`, in order of time.

        A kline stream sends the forming candle about once a second while it changes and the closed one
        right after its minute. `until_ms` never exceeds `now_ms()`.
        """
        ...

    def trades_from_id(self, symbol: str, first_id: int, limit: int) -> Sequence[Trade]:
        """Return up to `limit` trades with id >= `first_id`, ascending."""
        ...

    def last_trades(self, symbol: str, limit: int) -> Sequence[Trade]: ...

    def trades_between(self, symbol: str, start_ms: int, end_ms: int) -> Sequence[Trade]:
        """Return all trades with `start_ms <= time < end_ms`, ascending by id."""
        ...

    def agg_trades(
        self, symbol: str, *, from_id: int | None, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[AggTrade]:
        """Return aggregate trades as `GET /api/v3/aggTrades` would; the newest where no range is given."""
        ...

    def candles(
        self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[Candle]:
        """Return candles by open time in `[start_ms, end_ms]` as `GET /api/v3/klines` would, ascending.

        The newest `limit` where no start is given, otherwise the first `limit`; the last may be forming.
        """
        ...

    def depth(self, symbol: str, limit: int, age_ms: int = 0) -> Depth:
        """Return the best `limit` levels a side as of `age_ms` before `now_ms()`."""
        ...

    def depth_at(self, symbol: str, update_id: int) -> Depth | None:
        """Return the whole book that an update id left behind, or None where the source does not know it."""
        ...
