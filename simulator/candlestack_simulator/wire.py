"""Binance's JSON of spot: stream payloads and REST rows made from the records of a source.

Field names and their order are those of the exchange's public API documents; prices and amounts are
strings with exactly eight decimals, times are epoch milliseconds. Futures write some of it otherwise: `usdm_wire`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from candlestack_simulator.source import (
    E8,
    AggTrade,
    BookTicker,
    Candle,
    DepthDiff,
    Emission,
    Record,
    Recorded,
    Trade,
)

Json = dict[str, Any]

encode = msgspec.json.Encoder().encode


def decimal8(value_e8: int) -> str:
    """Return an amount given in units of 10^-8 as a plain decimal string with eight decimals."""
    if value_e8 < 0:
        return "-" + decimal8(-value_e8)
    return f"{value_e8 // E8}.{value_e8 % E8:08d}"


def canonical(value_e8: int) -> str:
    """Return an amount as a plain decimal string without superfluous zeros: `65000.1`, `0.5`, `0`."""
    return decimal8(value_e8).rstrip("0").rstrip(".")


def quote_quantity_e8(trade: Trade) -> int:
    """Return price times quantity in quote currency (times 10^8), cut to eight decimals."""
    return trade.price_e8 * trade.quantity_e8 // E8


def levels(side: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
    """Return book levels `(price_e8, quantity_e8)` as pairs of decimal strings, in the order given."""
    return [(decimal8(price), decimal8(quantity)) for price, quantity in side]


def stream_payload(emission: Emission) -> bytes:
    """Return the JSON of one stream message, without the envelope of combined streams."""
    record = emission.record
    if isinstance(record, Recorded):
        return record.payload
    return encode(_event(record, emission.event_time))


def _event(record: Record, event_time: int) -> Json:
    match record:
        case DepthDiff():
            return _depth_event(record, event_time)
        case Trade():
            return _trade_event(record, event_time)
        case BookTicker():
            return _book_ticker_event(record)
        case Candle():
            return _kline_event(record, event_time)
        case AggTrade():
            return {"e": "aggTrade", "E": event_time, "s": record.symbol, **agg_trade_row(record)}
        case Recorded():
            raise TypeError("a recorded payload is sent as it is")


def _trade_event(trade: Trade, event_time: int) -> Json:
    return {
        "e": "trade",
        "E": event_time,
        "s": trade.symbol,
        "t": trade.trade_id,
        "p": decimal8(trade.price_e8),
        "q": decimal8(trade.quantity_e8),
        "T": trade.time_ms,
        "m": trade.buyer_is_maker,
        "M": True,
    }


def _kline_event(candle: Candle, event_time: int) -> Json:
    return {
        "e": "kline",
        "E": event_time,
        "s": candle.symbol,
        "k": {
            "t": candle.open_time,
            "T": candle.close_time,
            "s": candle.symbol,
            "i": candle.interval,
            "f": candle.first_trade_id,
            "L": candle.last_trade_id,
            "o": decimal8(candle.open_e8),
            "c": decimal8(candle.close_e8),
            "h": decimal8(candle.high_e8),
            "l": decimal8(candle.low_e8),
            "v": decimal8(candle.volume_e8),
            "n": candle.trades,
            "x": candle.closed,
            "q": decimal8(candle.quote_volume_e8),
            "V": decimal8(candle.taker_buy_volume_e8),
            "Q": decimal8(candle.taker_buy_quote_volume_e8),
            "B": "0",
        },
    }


def _depth_event(diff: DepthDiff, event_time: int) -> Json:
    return {
        "e": "depthUpdate",
        "E": event_time,
        "s": diff.symbol,
        "U": diff.first_update_id,
        "u": diff.final_update_id,
        "b": levels(diff.bids),
        "a": levels(diff.asks),
    }


def _book_ticker_event(ticker: BookTicker) -> Json:
    return {
        "u": ticker.update_id,
        "s": ticker.symbol,
        "b": decimal8(ticker.bid_e8),
        "B": decimal8(ticker.bid_quantity_e8),
        "a": decimal8(ticker.ask_e8),
        "A": decimal8(ticker.ask_quantity_e8),
    }


def server_shutdown_payload(event_time: int) -> bytes:
    """Return the event that announces the end of a connection."""
    return encode({"e": "serverShutdown", "E": event_time})


def combined(stream: str, payload: bytes) -> bytes:
    """Wrap a payload in the envelope of combined streams."""
    return b'{"stream":%b,"data":%b}' % (encode(stream), payload)


def kline_row(candle: Candle) -> tuple[Any, ...]:
    """Return the 12 fields of one kline as `GET /api/v3/klines` answers them."""
    return (
        candle.open_time,
        decimal8(candle.open_e8),
        decimal8(candle.high_e8),
        decimal8(candle.low_e8),
        decimal8(candle.close_e8),
        decimal8(candle.volume_e8),
        candle.close_time,
        decimal8(candle.quote_volume_e8),
        candle.trades,
        decimal8(candle.taker_buy_volume_e8),
        decimal8(candle.taker_buy_quote_volume_e8),
        "0",
    )


def trade_row(trade: Trade) -> Json:
    """Return a trade as `GET /api/v3/trades` answers it."""
    return {
        "id": trade.trade_id,
        "price": decimal8(trade.price_e8),
        "qty": decimal8(trade.quantity_e8),
        "quoteQty": decimal8(quote_quantity_e8(trade)),
        "time": trade.time_ms,
        "isBuyerMaker": trade.buyer_is_maker,
        "isBestMatch": True,
    }


def agg_trade_row(trade: AggTrade) -> Json:
    """Return an aggregate trade as `GET /api/v3/aggTrades` answers it."""
    return {
        "a": trade.agg_id,
        "p": decimal8(trade.price_e8),
        "q": decimal8(trade.quantity_e8),
        "f": trade.first_trade_id,
        "l": trade.last_trade_id,
        "T": trade.time_ms,
        "m": trade.buyer_is_maker,
        "M": True,
    }
