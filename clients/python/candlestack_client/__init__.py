"""A client of the Candlestack API, for threads (`Client`) and for asyncio (`AsyncClient`)."""

from __future__ import annotations

from candlestack_client.aio import AsyncClient
from candlestack_client.aio_stream import AsyncStream
from candlestack_client.candles import Candles
from candlestack_client.client import Client
from candlestack_client.errors import (
    ApiError,
    BadQueryError,
    CandlestackError,
    NoDataError,
    RateLimitedError,
    SubscriptionError,
    TooManyCandlesError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnknownSymbolError,
    UnreachableError,
)
from candlestack_client.events import Connected, Disconnected, Event, Lost
from candlestack_client.messages import (
    KlineSnapshot,
    KlineUpdate,
    Message,
    OrderBookSnapshot,
    OrderBookUpdate,
    RankingSnapshot,
    StatusSnapshot,
    TradesSnapshot,
    TradesUpdate,
)
from candlestack_client.models import Candle, Interval, Market, Trade, utc
from candlestack_client.stream import Stream
from candlestack_client.subscriptions import (
    Kline,
    OrderBook,
    Position,
    Ranking,
    Status,
    Subscription,
    Trades,
)

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncStream",
    "BadQueryError",
    "Candle",
    "Candles",
    "CandlestackError",
    "Client",
    "Connected",
    "Disconnected",
    "Event",
    "Interval",
    "Kline",
    "KlineSnapshot",
    "KlineUpdate",
    "Lost",
    "Market",
    "Message",
    "NoDataError",
    "OrderBook",
    "OrderBookSnapshot",
    "OrderBookUpdate",
    "Position",
    "Ranking",
    "RankingSnapshot",
    "RateLimitedError",
    "Status",
    "StatusSnapshot",
    "Stream",
    "Subscription",
    "SubscriptionError",
    "TooManyCandlesError",
    "Trade",
    "Trades",
    "TradesSnapshot",
    "TradesUpdate",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnknownSymbolError",
    "UnreachableError",
    "utc",
]
