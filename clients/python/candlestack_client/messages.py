"""The messages of a stream, as the contract (`session.schema.json`) has them.

`epoch` and `seq` say where a message stands, `prev` is the `seq` of the one before; `exchange_time`,
`arrival_time` and `send_time` are epoch ms.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from candlestack_client.errors import UnexpectedAnswerError
from candlestack_client.models import (
    Book,
    Candle,
    Interval,
    Market,
    RankingList,
    RankingName,
    Readiness,
    Trade,
)
from candlestack_client.subscriptions import (
    Kline,
    OrderBook,
    Position,
    Ranking,
    Status,
    Trades,
)


class _FromTopic(Struct, frozen=True, kw_only=True):
    symbol: str
    epoch: str | None
    seq: int | None
    prev: int | None
    exchange_time: int | None
    arrival_time: int | None
    send_time: int

    @property
    def position(self) -> Position | None:
        """Up to where this message tells; a subscription with it as `since` goes on from there."""
        return None if self.epoch is None or self.seq is None else Position(self.epoch, self.seq)


class _OfCandles(_FromTopic, frozen=True, kw_only=True):
    channel: Literal["kline"]
    interval: Interval

    @property
    def subscription(self) -> Kline:
        return Kline(self.symbol, self.interval)


class KlineSnapshot(_OfCandles, frozen=True, kw_only=True):
    """The newest candles, ascending by open time, the forming one last: they replace all before."""

    type: Literal["snapshot"]
    data: list[Candle]


class KlineUpdate(_OfCandles, frozen=True, kw_only=True):
    """One candle: the forming one, one that closed, or an older one that was filled or restated."""

    type: Literal["update"]
    data: Candle


class _OfTrades(_FromTopic, frozen=True, kw_only=True):
    channel: Literal["trades"]
    data: list[Trade]

    @property
    def subscription(self) -> Trades:
        return Trades(self.symbol)


class TradesSnapshot(_OfTrades, frozen=True, kw_only=True):
    """The newest trades, ascending by trade id: they replace all before."""

    type: Literal["snapshot"]


class TradesUpdate(_OfTrades, frozen=True, kw_only=True):
    """The next trades, ascending by trade id; `dropped` are those before them that were left out."""

    type: Literal["update"]
    dropped: int


class _OfBook(_FromTopic, frozen=True, kw_only=True):
    channel: Literal["orderbook"]
    market: Market
    depth: Literal[1, 5, 10, 20]
    every_ms: Literal[100, 250, 500, 1000, 5000]

    @property
    def subscription(self) -> OrderBook:
        return OrderBook(self.symbol, self.market, self.depth, self.every_ms)


class OrderBookSnapshot(_OfBook, frozen=True, kw_only=True):
    """The best levels of a book; None before one was read."""

    type: Literal["snapshot"]
    data: Book | None


class OrderBookUpdate(_OfBook, frozen=True, kw_only=True):
    """The best levels as they are now; `conflated` counts the updates that this client was too slow for."""

    type: Literal["update"]
    conflated: int
    data: Book


class RankingSnapshot(Struct, frozen=True, kw_only=True):
    """The ranking as it is now."""

    send_time: int
    channel: Literal["ranking"]
    type: Literal["snapshot"]
    ranking: RankingName
    limit: Literal[5, 10, 20, 50, 100]
    data: RankingList

    @property
    def subscription(self) -> Ranking:
        return Ranking(self.ranking, self.limit)


class StatusSnapshot(Struct, frozen=True, kw_only=True):
    """What can be served now."""

    send_time: int
    channel: Literal["status"]
    type: Literal["snapshot"]
    data: Readiness

    @property
    def subscription(self) -> Status:
        return Status()


Message = (
    KlineSnapshot
    | KlineUpdate
    | TradesSnapshot
    | TradesUpdate
    | OrderBookSnapshot
    | OrderBookUpdate
    | RankingSnapshot
    | StatusSnapshot
)


class Refusal(Struct, frozen=True, kw_only=True):
    """The answer to a request that was not carried out."""

    channel: Literal["control"]
    type: Literal["error"]
    id: int | str | None
    code: int
    reason: str


class _Kind(Struct, frozen=True):
    channel: str = ""
    type: str = ""


_decode_kind = msgspec.json.Decoder(_Kind).decode
_DECODERS: dict[_Kind, msgspec.json.Decoder[Any]] = {
    _Kind("kline", "snapshot"): msgspec.json.Decoder(KlineSnapshot),
    _Kind("kline", "update"): msgspec.json.Decoder(KlineUpdate),
    _Kind("trades", "snapshot"): msgspec.json.Decoder(TradesSnapshot),
    _Kind("trades", "update"): msgspec.json.Decoder(TradesUpdate),
    _Kind("orderbook", "snapshot"): msgspec.json.Decoder(OrderBookSnapshot),
    _Kind("orderbook", "update"): msgspec.json.Decoder(OrderBookUpdate),
    _Kind("ranking", "snapshot"): msgspec.json.Decoder(RankingSnapshot),
    _Kind("status", "snapshot"): msgspec.json.Decoder(StatusSnapshot),
    _Kind("control", "error"): msgspec.json.Decoder(Refusal),
}


def decode(text: str | bytes) -> Message | Refusal | None:
    """Return a message; None for one that says nothing but that the connection lives, or is of a newer kind.

    Raises:
        UnexpectedAnswerError: it is not what the contract says.
    """
    try:
        decoder = _DECODERS.get(_decode_kind(text))
        return None if decoder is None else decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UnexpectedAnswerError(f"a message that the contract does not know: {error}") from error
