"""Binance's JSON of USD-M futures, where it differs from spot.

Prices and amounts have the pair's own number of decimals (a removed level is `"0.000"`); events carry the
transaction time `T`, and a diff the `pu` of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from candlestack_simulator import wire
from candlestack_simulator.source import (
    AggTrade,
    BookTicker,
    Candle,
    Depth,
    DepthDiff,
    Emission,
    Pair,
    Recorded,
)
from candlestack_simulator.wire import Json

_DECIMALS = 8


def decimal(value_e8: int, decimals: int) -> str:
    """Return an amount given in units of 10^-8 as a plain decimal string with up to eight decimals."""
    text = wire.decimal8(value_e8)
    return text[: len(text) - _DECIMALS + decimals] if decimals else text.partition(".")[0]


class UsdmWire:
    """Writes the messages of futures pairs."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = {pair.symbol: pair for pair in pairs}

    def payload(self, emission: Emission) -> bytes:
        """Return the JSON of one stream message, without the envelope of combined streams."""
        event_time = emission.event_time
        match emission.record:
            case DepthDiff() as diff:
                return wire.encode(self._depth_event(diff, event_time))
            case BookTicker() as ticker:
                return wire.encode(self._book_ticker_event(ticker, event_time))
            case AggTrade() as trade:
                head = {"e": "aggTrade", "E": event_time, "s": trade.symbol}
                return wire.encode(head | self.agg_trade_row(trade))
            case Candle() as candle:
                return wire.encode(self._kline_event(candle, event_time))
            case Recorded(payload=payload):
                return payload
        raise TypeError(f"{emission.stream} is no stream of futures")

    def depth(self, book: Depth) -> Json:
        """Return a book as `GET /fapi/v1/depth` answers it."""
        return {
            "lastUpdateId": book.last_update_id,
            "E": book.event_time,
            "T": book.event_time,
            "bids": self._levels(book.symbol, book.bids),
            "asks": self._levels(book.symbol, book.asks),
        }

    def agg_trade_row(self, trade: AggTrade) -> Json:
        """Return an aggregate trade as `GET /fapi/v1/aggTrades` answers it."""
        return {
            "a": trade.agg_id,
            "p": self.price(trade.symbol, trade.price_e8),
            "q": self.quantity(trade.symbol, trade.quantity_e8),
            "f": trade.first_trade_id,
            "l": trade.last_trade_id,
            "T": trade.time_ms,
            "m": trade.buyer_is_maker,
        }

    def kline_row(self, candle: Candle) -> tuple[Any, ...]:
        """Return the 12 fields of one kline as `GET /fapi/v1/klines` answers them."""
        symbol = candle.symbol
        return (
            candle.open_time,
            self.price(symbol, candle.open_e8),
            self.price(symbol, candle.high_e8),
            self.price(symbol, candle.low_e8),
            self.price(symbol, candle.close_e8),
            self.quantity(symbol, candle.volume_e8),
            candle.close_time,
            self._quote(symbol, candle.quote_volume_e8),
            candle.trades,
            self.quantity(symbol, candle.taker_buy_volume_e8),
            self._quote(symbol, candle.taker_buy_quote_volume_e8),
            "0",
        )

    def price(self, symbol: str, value_e8: int) -> str:
        return decimal(value_e8, self._pairs[symbol].price_decimals)

    def quantity(self, symbol: str, value_e8: int) -> str:
        return decimal(value_e8, self._pairs[symbol].quantity_decimals)

    def _quote(self, symbol: str, value_e8: int) -> str:
        pair = self._pairs[symbol]
        return decimal(value_e8, min(pair.price_decimals + pair.quantity_decimals, _DECIMALS))

    def _levels(self, symbol: str, side: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
        pair = self._pairs[symbol]
        return [
            (decimal(price, pair.price_decimals), decimal(quantity, pair.quantity_decimals))
            for price, quantity in side
        ]

    def _depth_event(self, diff: DepthDiff, event_time: int) -> Json:
        return {
            "e": "depthUpdate",
            "E": event_time,
            "T": event_time,
            "s": diff.symbol,
            "U": diff.first_update_id,
            "u": diff.final_update_id,
            "pu": diff.previous_final_update_id,
            "b": self._levels(diff.symbol, diff.bids),
            "a": self._levels(diff.symbol, diff.asks),
        }

    def _book_ticker_event(self, ticker: BookTicker, event_time: int) -> Json:
        symbol = ticker.symbol
        return {
            "e": "bookTicker",
            "u": ticker.update_id,
            "s": symbol,
            "b": self.price(symbol, ticker.bid_e8),
            "B": self.quantity(symbol, ticker.bid_quantity_e8),
            "a": self.price(symbol, ticker.ask_e8),
            "A": self.quantity(symbol, ticker.ask_quantity_e8),
            "T": event_time,
            "E": event_time,
        }

    def _kline_event(self, candle: Candle, event_time: int) -> Json:
        symbol = candle.symbol
        return {
            "e": "kline",
            "E": event_time,
            "s": symbol,
            "k": {
                "t": candle.open_time,
                "T": candle.close_time,
                "s": symbol,
                "i": candle.interval,
                "f": candle.first_trade_id,
                "L": candle.last_trade_id,
                "o": self.price(symbol, candle.open_e8),
                "c": self.price(symbol, candle.close_e8),
                "h": self.price(symbol, candle.high_e8),
                "l": self.price(symbol, candle.low_e8),
                "v": self.quantity(symbol, candle.volume_e8),
                "n": candle.trades,
                "x": candle.closed,
                "q": self._quote(symbol, candle.quote_volume_e8),
                "V": self.quantity(symbol, candle.taker_buy_volume_e8),
                "Q": self._quote(symbol, candle.taker_buy_quote_volume_e8),
                "B": "0",
            },
        }
