"""Spot WebSocket frames and REST rows: what Binance sends, and how it becomes the platform's messages.

Decoding checks types; `candle_of_kline` and its like check sense. Both raise `FrameError` with the reason
that goes with the frame to the dead letters.
Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from candlestack_core.decimals import NotCanonicalError, canonical, scaled
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle, Completeness, Trade
from candlestack_core.versions import closed_by_rest
from candlestack_ingest.exchange.binance.amounts import trade_amounts

LATEST_CLOSE_MS = 10 * MINUTE_MS
"""A kline event later than this after its window opened is not one of a running minute."""
CLOCK_TOLERANCE_MS = 5_000


class FrameError(ValueError):
    """A frame or row that cannot be understood; the text says why."""


class Kline(msgspec.Struct, frozen=True):
    """`k` of a kline event; v and V are base amounts, q and Q quote amounts, L the id of the last trade or -1."""

    t: int
    T: int
    s: str
    i: Literal["1m"]
    o: str
    c: str
    h: str
    l: str  # noqa: E741 - Binance's name
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str
    L: int = -1


class KlineEvent(msgspec.Struct, frozen=True):
    e: Literal["kline"]
    E: int
    s: str
    k: Kline


class TradeEvent(msgspec.Struct, frozen=True, gc=False):
    e: Literal["trade"]
    E: int
    s: str
    t: int
    p: str
    q: str
    T: int
    m: bool


class KlineFrame(msgspec.Struct, frozen=True):
    stream: str
    data: KlineEvent


class TradeFrame(msgspec.Struct, frozen=True, gc=False):
    stream: str
    data: TradeEvent


class Notice(msgspec.Struct, frozen=True):
    """What is not market data: an answer to a request, or an event about the connection, bare or enveloped."""

    id: int | str | msgspec.UnsetType | None = msgspec.UNSET
    e: str | None = None
    data: msgspec.Raw = msgspec.Raw()


_kline_frames = msgspec.json.Decoder(KlineFrame)
_trade_frames = msgspec.json.Decoder(TradeFrame)
_notices = msgspec.json.Decoder(Notice)


def decode_kline(frame: bytes | str) -> KlineEvent:
    """Decode an enveloped kline event.

    Raises:
        FrameError: when it is anything else.
    """
    try:
        decoded = _kline_frames.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(str(error)) from None
    _check_stream(decoded.stream, decoded.data.s, "kline_1m")
    return decoded.data


decode_trade_quickly = _trade_frames.decode
"""Decode an enveloped trade event, raising msgspec's own errors."""


def decode_trade_frame(frame: bytes | str) -> TradeFrame:
    """Decode an enveloped trade event; whether its stream is that of its symbol is the caller's to judge.

    Raises:
        FrameError: when it is anything else.
    """
    try:
        return _trade_frames.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(str(error)) from None


def notice_of(frame: bytes | str) -> str | None:
    """Return what a frame that is not market data is (`serverShutdown`, `answer`), or None for anything else."""
    try:
        notice = _notices.decode(frame)
        if bytes(notice.data):
            notice = _notices.decode(notice.data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if notice.e == "serverShutdown":
        return notice.e
    return "answer" if notice.id is not msgspec.UNSET else None


def _check_stream(stream: str, symbol: str, kind: str) -> None:
    if stream != f"{symbol.lower()}@{kind}":
        raise FrameError(f"stream {stream[:60]!r} carries a {kind} event of {symbol[:40]!r}")


def candle_of_kline(event: KlineEvent, *, source: str, completeness: Completeness) -> Candle:
    """Turn a kline event into a candle; its version is the event time.

    Raises:
        FrameError: when the figures cannot be those of a candle.
    """
    kline = event.k
    if kline.s != event.s:
        raise FrameError(f"event of {event.s[:40]!r} holds a kline of {kline.s[:40]!r}")
    if not -CLOCK_TOLERANCE_MS <= event.E - kline.t <= LATEST_CLOSE_MS:
        raise FrameError(f"event time {event.E} is not within the minute that opened at {kline.t}")
    return _candle(
        symbol=event.s,
        times=(kline.t, kline.T),
        prices=(kline.o, kline.h, kline.l, kline.c),
        amounts=(kline.v, kline.q, kline.V, kline.Q),
        trades=kline.n,
        closed=kline.x,
        version=event.E,
        source=source,
        completeness=completeness,
    )


def candle_of_row(
    row: list[Any], symbol: str, *, server_time: int, source: str, completeness: Completeness
) -> Candle:
    """Turn a row of `GET /api/v3/klines` into a candle; its version is the server's time of the answer.

    Whether it is closed is judged by `versions.closed_by_rest`.

    Raises:
        FrameError: when the row cannot be a candle.
    """
    try:
        open_time, open_, high, low, close, volume, close_time, quote, trades, taker, taker_quote = row[:11]
    except (ValueError, TypeError):
        raise FrameError(f"a kline row has 12 entries: {str(row)[:200]}") from None
    if not (isinstance(open_time, int) and isinstance(close_time, int) and isinstance(trades, int)):
        raise FrameError(f"times and counts of a kline row are integers: {str(row)[:200]}")
    return _candle(
        symbol=symbol,
        times=(open_time, close_time),
        prices=(open_, high, low, close),
        amounts=(volume, quote, taker, taker_quote),
        trades=trades,
        closed=closed_by_rest(open_time, server_time),
        version=server_time,
        source=source,
        completeness=completeness,
    )


def _candle(
    *,
    symbol: str,
    times: tuple[int, int],
    prices: tuple[str, str, str, str],
    amounts: tuple[str, str, str, str],
    trades: int,
    closed: bool,
    version: int,
    source: str,
    completeness: Completeness,
) -> Candle:
    open_time, close_time = times
    if open_time < 0 or open_time % MINUTE_MS:
        raise FrameError(f"open time {open_time} is not the start of a minute")
    # A halted candle may close early; none closes late.
    if not open_time <= close_time < open_time + MINUTE_MS:
        raise FrameError(f"close time {close_time} is outside the minute that opened at {open_time}")
    if trades < 0:
        raise FrameError(f"{trades} trades")
    try:
        open_, high, low, close = (canonical(price) for price in prices)
        volume, quote, taker, taker_quote = (canonical(amount) for amount in amounts)
    except (NotCanonicalError, TypeError) as error:
        raise FrameError(str(error)) from None
    lowest, highest = scaled(low), scaled(high)
    if not 0 < lowest <= scaled(open_) <= highest or not lowest <= scaled(close) <= highest:
        raise FrameError(f"prices do not fit each other: open {open_} high {high} low {low} close {close}")
    if scaled(taker) > scaled(volume) or scaled(taker_quote) > scaled(quote):
        raise FrameError(f"takers bought more than was traded: {taker} of {volume}")
    return Candle(
        symbol=symbol,
        interval="1m",
        open_time=open_time,
        close_time=close_time,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        quote_volume=quote,
        trades=trades,
        taker_buy_volume=taker,
        taker_buy_quote_volume=taker_quote,
        closed=closed,
        version=version,
        source=source,
        completeness=completeness,
    )


def trade_of_event(event: TradeEvent, *, source: str) -> Trade:
    """Turn a trade event into a trade.

    Raises:
        FrameError: when the figures cannot be those of a trade.
    """
    try:
        price, quantity, quote_quantity = trade_amounts(event.p, event.q)
    except NotCanonicalError as error:
        raise FrameError(str(error)) from None
    if event.t < 0 or event.T < 0:
        raise FrameError(f"trade id {event.t} at {event.T}")
    return Trade(
        symbol=event.s,
        trade_id=event.t,
        price=price,
        quantity=quantity,
        quote_quantity=quote_quantity,
        time=event.T,
        buyer_is_maker=event.m,
        source=source,
    )


class TradeRow(msgspec.Struct, frozen=True):
    """An entry of `GET /api/v3/historicalTrades`."""

    id: int
    price: str
    qty: str
    time: int
    isBuyerMaker: bool  # noqa: N815 - Binance's name


def trade_of_row(row: TradeRow, symbol: str, *, source: str) -> Trade:
    """Turn an entry of `GET /api/v3/historicalTrades` into a trade.

    Raises:
        FrameError: when the figures cannot be those of a trade.
    """
    event = TradeEvent(
        e="trade",
        E=row.time,
        s=symbol,
        t=row.id,
        p=row.price,
        q=row.qty,
        T=row.time,
        m=row.isBuyerMaker,
    )
    return trade_of_event(event, source=source)
