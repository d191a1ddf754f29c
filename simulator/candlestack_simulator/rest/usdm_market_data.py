"""The endpoints of `/fapi/v1`, each with its parameters and its weight.

Weights and limits are those of the exchange's public documents (USD-M futures, 2,400 a minute for an address).
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from candlestack_simulator import errors
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.limits import WeightLimiter
from candlestack_simulator.rest.endpoints import Endpoint, Query, always, requested_limit, routes
from candlestack_simulator.rest.parameters import Parameters
from candlestack_simulator.rest.usdm_exchange_info import usdm_exchange_info
from candlestack_simulator.source import Source
from candlestack_simulator.usdm_wire import UsdmWire
from candlestack_simulator.wire import Json

DEPTH_WEIGHTS = {5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20}
"""The depths that are known, and what they cost."""
DEFAULT_DEPTH = 500

KLINE_WEIGHTS = ((99, 1), (499, 2), (1000, 5))
MOST_KLINES_WEIGHT = 10


class UsdmMarketData:
    """Answers futures market data requests from a source."""

    def __init__(self, source: Source, weights: WeightLimiter, faults: FaultBoard) -> None:
        self._source = source
        self._weights = weights
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of all endpoints."""
        klines = ("symbol", "interval", "startTime", "endTime", "limit")
        aggregates = ("symbol", "fromId", "startTime", "endTime", "limit")
        endpoints = [
            Endpoint("ping", (), always(1), lambda _: {}),
            Endpoint("time", (), always(1), lambda _: {"serverTime": self._source.now_ms()}),
            Endpoint("exchangeInfo", (), always(1), lambda _: self._exchange_info()),
            Endpoint("depth", ("symbol", "limit"), depth_weight, self._depth),
            Endpoint("klines", klines, kline_weight, self._klines, may_take_seconds=True),
            Endpoint("aggTrades", aggregates, always(20), self._agg_trades),
            Endpoint("ticker/bookTicker", ("symbol",), book_ticker_weight, self._book_ticker),
        ]
        return routes("/fapi/v1", endpoints, self._source, self._weights)

    @property
    def _wire(self) -> UsdmWire:
        return UsdmWire(self._source.pairs())

    def _exchange_info(self) -> Json:
        return usdm_exchange_info(self._source.pairs(), self._source.now_ms(), self._weights.limit)

    def _depth(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.number("limit")
        if limit is None:
            limit = DEFAULT_DEPTH
        if limit not in DEPTH_WEIGHTS:
            raise errors.invalid_depth_limit(limit)
        book = self._source.depth(pair.symbol, limit, self._faults.depth_age_ms("usdm"))
        if not book.last_update_id:
            # The recording holds no snapshot up to now: an empty book would be a lie, so ask again.
            raise errors.unavailable()
        return self._wire.depth(book)

    def _klines(self, parameters: Parameters) -> Any:
        pair, interval = parameters.symbol(), parameters.interval()
        start, end = parameters.number("startTime"), parameters.number("endTime")
        limit = parameters.limit(default=500, largest=1500)
        candles = self._source.candles(pair.symbol, interval, start, end, limit)
        return list(map(self._wire.kline_row, candles))

    def _agg_trades(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.limit(default=500, largest=1000)
        start, end = parameters.number("startTime"), parameters.number("endTime")
        first_id = parameters.number("fromId")
        if first_id is not None and (start is not None or end is not None):
            raise errors.bad_combination()
        found = self._source.agg_trades(
            pair.symbol, from_id=first_id, start_ms=start, end_ms=end, limit=limit
        )
        return list(map(self._wire.agg_trade_row, found))

    def _book_ticker(self, parameters: Parameters) -> Any:
        pairs, single = parameters.pairs()
        rows = [self._best(pair.symbol) for pair in pairs]
        return rows[0] if single else rows

    def _best(self, symbol: str) -> Json:
        book, wire = self._source.depth(symbol, 1), self._wire
        bid, bid_quantity = book.bids[0] if book.bids else (0, 0)
        ask, ask_quantity = book.asks[0] if book.asks else (0, 0)
        return {
            "symbol": symbol,
            "bidPrice": wire.price(symbol, bid),
            "bidQty": wire.quantity(symbol, bid_quantity),
            "askPrice": wire.price(symbol, ask),
            "askQty": wire.quantity(symbol, ask_quantity),
            "lastUpdateId": book.last_update_id,
            "time": book.event_time,
        }


def depth_weight(query: Query) -> int:
    """Return the weight of a depth request: 2, 5, 10 or 20 for up to 50, 100, 500 or 1,000 levels."""
    return DEPTH_WEIGHTS.get(requested_limit(query, DEFAULT_DEPTH), max(DEPTH_WEIGHTS.values()))


def kline_weight(query: Query) -> int:
    """Return the weight of a klines request: 1, 2, 5 or 10 for below 100, below 500, up to 1,000 or more rows."""
    limit = requested_limit(query, 500)
    return next((weight for up_to, weight in KLINE_WEIGHTS if limit <= up_to), MOST_KLINES_WEIGHT)


def book_ticker_weight(query: Query) -> int:
    """Return the weight of the book ticker: 2 for one symbol, 5 for all."""
    return 2 if "symbol" in query else 5
