"""What the API answers, as its contract (`openapi.json`) says: times in epoch ms, amounts exact.

A field that a newer API adds is passed over; one that is missing or of another type is an error.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Interval = Literal["1m", "5m", "1h", "4h", "1d"]
Market = Literal["spot", "usdm"]
RankingName = Literal["top_gainers", "top_losers"]
StreamName = Literal["depth", "kline_1m", "trade"]
Source = Literal["binance", "replay", "simulator"]
BookTrust = Literal["resyncing", "stale", "starved", "synced"]
Level = tuple[Decimal, Decimal]
"""Price and quantity."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(time_ms: int) -> datetime:
    """Return a time of the API, which is in epoch ms, as a datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=time_ms)


class Candle(Struct, frozen=True, kw_only=True):
    """A candle over `[open_time, open_time + interval)`; the one that still forms is not `closed`.

    `volume` and `taker_buy_volume` are base amounts, `quote_volume` and `taker_buy_quote_volume` quote ones.
    Where one longer than 1m is `partial`, `children` is the number of minutes it is made of, and
    `expected_children` the number that there should be.
    """

    symbol: str
    interval: Interval
    open_time: int
    close_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    taker_buy_volume: Decimal
    taker_buy_quote_volume: Decimal
    closed: bool
    version: int
    source: str
    completeness: Literal["backfilled", "complete", "partial"]
    children: int | None = None
    expected_children: int | None = None


class Ohlc(Struct, frozen=True, kw_only=True):
    """One page of candles, ascending by open time."""

    symbol: str
    interval: Interval
    candles: list[Candle]


class Trade(Struct, frozen=True, kw_only=True):
    """One trade; `quantity` in base, `quote_quantity` in quote currency."""

    symbol: str
    trade_id: int
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    time: int
    buyer_is_maker: bool
    source: str


class TradeList(Struct, frozen=True, kw_only=True):
    """The newest trades of a pair, ascending by trade id."""

    symbol: str
    trades: list[Trade]


class Book(Struct, frozen=True, kw_only=True):
    """The best levels of an order book, as the streams tell it; they hold only while it is `synced`."""

    market: Market
    symbol: str
    bids: list[Level]
    asks: list[Level]
    last_update_id: int
    state: BookTrust
    checksum: int
    event_time: int
    source: str


class DeepBook(Book, frozen=True, kw_only=True):
    """An order book as it is asked for: `age` in ms, and the prices beyond which no level is known."""

    age: int | None
    bid_limit: Decimal | None
    ask_limit: Decimal | None


class SymbolInfo(Struct, frozen=True, kw_only=True):
    """A pair, the markets it is in, and the decimals that its prices and quantities have."""

    symbol: str
    markets: list[Market]
    source: Source | None
    simulated: bool | None
    price_decimals: int | None
    quantity_decimals: int | None


class Symbols(Struct, frozen=True, kw_only=True):
    """The known pairs, and where their data comes from."""

    source: Source | None
    simulated: bool | None
    symbols: list[SymbolInfo]


class RankedPair(Struct, frozen=True, kw_only=True):
    """A pair's place; `change_percent` over the last 1,440 minutes."""

    rank: int
    symbol: str
    price: Decimal
    change_percent: Decimal
    volume: Decimal
    quote_volume: Decimal
    market_cap: Decimal | None


class RankingList(Struct, frozen=True, kw_only=True):
    """Who gained or lost most, as of `time`; `reason` says why there is nothing."""

    ranking: RankingName
    time: int | None
    source: str | None
    supply_time: int | None
    rows: list[RankedPair]
    reason: str | None


class StreamCompleteness(Struct, frozen=True, kw_only=True):
    """What was expected of one stream of a pair, and what came."""

    market: Market
    stream: StreamName
    symbol: str
    minutes_known: int
    minutes_unknown: int
    expected: int
    received: int
    filled: int
    missing: int


class HoleInStream(Struct, frozen=True, kw_only=True):
    """What was missing of a stream in one minute, and how and when it was filled; None while it is not."""

    market: Market
    stream: StreamName
    symbol: str
    minute: int
    first_id: int
    last_id: int
    count: int
    how: Literal["rest", "snapshot"] | None
    filled_at: int | None


class Completeness(Struct, frozen=True, kw_only=True):
    """The account of `[start_time, end_time)`; `truncated` where there are more holes than were asked for."""

    start_time: int
    end_time: int
    streams: list[StreamCompleteness]
    holes: list[HoleInStream]
    truncated: bool


class ComponentState(Struct, frozen=True, kw_only=True):
    """One part that the API reads from; the reason says why it is away."""

    state: Literal["away", "up"]
    reason: str | None


class Components(Struct, frozen=True, kw_only=True):
    """The parts: what happens now, the realtime store, the candle store."""

    kafka: ComponentState
    redis: ComponentState
    mongodb: ComponentState


class Readiness(Struct, frozen=True, kw_only=True):
    """What the API can serve, and where its data comes from."""

    status: Literal["degraded", "not ready", "ready"]
    source: Source | None
    simulated: bool | None
    components: Components
    reasons: dict[str, str]


class StreamStatus(Struct, frozen=True, kw_only=True):
    """How old the newest record of a stream is (`age`, ms), and how long it took to come (`lag`, ms)."""

    market: Market
    stream: StreamName
    symbol: str
    source: str | None
    simulated: bool | None
    time: int | None
    age: int | None
    lag: int | None
    state: BookTrust | None


class PlatformStatus(Struct, frozen=True, kw_only=True):
    """How the platform does: what can be served, and the age of each stream."""

    time: int
    ready: Readiness
    streams: list[StreamStatus]


class BadParameter(Struct, frozen=True, kw_only=True):
    """One parameter that cannot be used, and why."""

    parameter: str
    reason: str


class Problem(Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457): `type` names its kind, `detail` says what is the matter this time."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[BadParameter] | None = None
    known_symbols: list[str] | None = None
    unavailable: dict[str, str] | None = None
