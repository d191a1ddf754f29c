"""The endpoints of `/api/v3`, each with its parameters and its weight.

Weights and limits are those of the exchange's public documents (spot, 6,000 a minute for an address).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from candlestack_simulator import errors, wire
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.limits import WeightLimiter
from candlestack_simulator.rest import tickers
from candlestack_simulator.rest.endpoints import Endpoint, Query, always, requested_limit, routes
from candlestack_simulator.rest.exchange_info import exchange_info
from candlestack_simulator.rest.parameters import Parameters
from candlestack_simulator.source import Source

DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50))
DEEPEST_WEIGHT = 250

KLINE_PARAMETERS = ("symbol", "interval", "startTime", "endTime", "timeZone", "limit")
INFO_PARAMETERS = ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")
TICKER_PARAMETERS = ("symbol", "symbols", "symbolStatus")


class MarketData:
    """Answers spot market data requests from a source."""

    def __init__(self, source: Source, weights: WeightLimiter, faults: FaultBoard) -> None:
        self._source = source
        self._weights = weights
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of all endpoints."""
        endpoints = [
            Endpoint("ping", (), always(1), lambda _: {}),
            Endpoint("time", (), always(1), lambda _: {"serverTime": self._source.now_ms()}),
            Endpoint("exchangeInfo", INFO_PARAMETERS, always(20), self._exchange_info),
            Endpoint("klines", KLINE_PARAMETERS, always(2), self._klines, may_take_seconds=True),
            Endpoint("uiKlines", KLINE_PARAMETERS, always(2), self._klines, may_take_seconds=True),
            Endpoint("depth", ("symbol", "limit", "symbolStatus"), depth_weight, self._depth),
            Endpoint("trades", ("symbol", "limit"), always(25), self._trades),
            Endpoint("historicalTrades", ("symbol", "limit", "fromId"), always(25), self._historical_trades),
            Endpoint(
                "aggTrades",
                ("symbol", "fromId", "startTime", "endTime", "limit"),
                always(4),
                self._agg_trades,
            ),
            Endpoint("ticker/24hr", (*TICKER_PARAMETERS, "type"), day_ticker_weight, self._day_ticker),
            Endpoint("ticker/price", TICKER_PARAMETERS, ticker_weight, self._price_ticker),
            Endpoint("ticker/bookTicker", TICKER_PARAMETERS, ticker_weight, self._book_ticker),
        ]
        return routes("/api/v3", endpoints, self._source, self._weights)

    def _exchange_info(self, parameters: Parameters) -> Any:
        pairs, _ = parameters.pairs()
        return exchange_info(pairs, self._source.now_ms(), self._weights.limit)

    def _klines(self, parameters: Parameters) -> Any:
        pair, interval = parameters.symbol(), parameters.interval()
        parameters.utc_only()
        start, end = parameters.number("startTime"), parameters.number("endTime")
        limit = parameters.limit(default=500, largest=1000)
        candles = self._source.candles(pair.symbol, interval, start, end, limit)
        return [wire.kline_row(candle) for candle in candles]

    def _depth(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.limit(default=100, largest=5000)
        book = self._source.depth(pair.symbol, limit, self._faults.depth_age_ms("spot"))
        if not book.last_update_id:
            # The recording holds no snapshot up to now: an empty book would be a lie, so ask again.
            raise errors.unavailable()
        return {
            "lastUpdateId": book.last_update_id,
            "bids": wire.levels(book.bids),
            "asks": wire.levels(book.asks),
        }

    def _trades(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.limit(default=500, largest=1000)
        return [wire.trade_row(trade) for trade in self._source.last_trades(pair.symbol, limit)]

    def _historical_trades(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.limit(default=500, largest=1000)
        first_id = parameters.number("fromId")
        trades = (
            self._source.last_trades(pair.symbol, limit)
            if first_id is None
            else self._source.trades_from_id(pair.symbol, first_id, limit)
        )
        return [wire.trade_row(trade) for trade in trades]

    def _agg_trades(self, parameters: Parameters) -> Any:
        pair, limit = parameters.symbol(), parameters.limit(default=500, largest=1000)
        start, end = parameters.number("startTime"), parameters.number("endTime")
        first_id = parameters.number("fromId")
        if first_id is not None and (start is not None or end is not None):
            raise errors.bad_combination()
        found = self._source.agg_trades(
            pair.symbol, from_id=first_id, start_ms=start, end_ms=end, limit=limit
        )
        return [wire.agg_trade_row(trade) for trade in found]

    def _day_ticker(self, parameters: Parameters) -> Any:
        full = parameters.ticker_type() == "FULL"
        return _tickers(parameters, lambda symbol: tickers.day_ticker(self._source, symbol, full=full))

    def _price_ticker(self, parameters: Parameters) -> Any:
        return _tickers(parameters, lambda symbol: tickers.price_ticker(self._source, symbol))

    def _book_ticker(self, parameters: Parameters) -> Any:
        return _tickers(parameters, lambda symbol: tickers.book_ticker(self._source, symbol))


def _tickers(parameters: Parameters, ticker: Callable[[str], wire.Json]) -> Any:
    pairs, single = parameters.pairs()
    rows = [ticker(pair.symbol) for pair in pairs]
    return rows[0] if single else rows


def depth_weight(query: Query) -> int:
    """Return the weight of a depth request: 5, 25, 50 or 250 for up to 100, 500, 1,000 or 5,000 levels."""
    limit = requested_limit(query)
    return next((weight for up_to, weight in DEPTH_WEIGHTS if limit <= up_to), DEEPEST_WEIGHT)


def day_ticker_weight(query: Query) -> int:
    """Return the weight of `ticker/24hr`: 2 for up to 20 symbols, 40 for up to 100, 80 for more or all."""
    if "symbol" in query:
        return 2
    count = query.get("symbols", "").count(",") + 1
    if "symbols" not in query or count > 100:
        return 80
    return 2 if count <= 20 else 40


def ticker_weight(query: Query) -> int:
    """Return the weight of the price and book tickers: 2 for one symbol, 4 for more."""
    return 2 if "symbol" in query else 4
