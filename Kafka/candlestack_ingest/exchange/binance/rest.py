"""The questions of spot and USD-M REST that the platform asks, their weights, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from candlestack_core.messages import Market
from candlestack_ingest.exchange.binance.frames import TradeRow
from candlestack_ingest.exchange.binance.rest_client import Request, RestClient

KLINES_LIMIT: Final = 1000
TRADES_LIMIT: Final = 1000
TICKERS_LIMIT: Final = 20
"""Pairs that one `ticker/24hr` may name at the lowest weight."""


class SymbolInfo(msgspec.Struct, frozen=True):
    symbol: str
    status: str


class ExchangeInfo(msgspec.Struct, frozen=True):
    symbols: list[SymbolInfo]


class Listed(msgspec.Struct, frozen=True):
    """The entries of the exchange's list of pairs, each as it came."""

    symbols: list[msgspec.Raw]


class _Time(msgspec.Struct, frozen=True):
    serverTime: int  # noqa: N815 - Binance's name


class DepthSnapshot(msgspec.Struct, frozen=True):
    """Levels of a book as `(price, quantity)` strings of the exchange, best first, up to an update id."""

    lastUpdateId: int  # noqa: N815 - Binance's name
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class _LastTrade(msgspec.Struct, frozen=True):
    symbol: str
    lastId: int  # noqa: N815 - Binance's name


class Coverage(msgspec.Struct, frozen=True):
    """What a simulated exchange can vouch for, in ms: `[start_ms, end_ms)`."""

    start_ms: int
    end_ms: int | None


class SimulatedSource(msgspec.Struct, frozen=True):
    """`GET /sim/source`: what stands behind a simulator."""

    source: str
    coverage: dict[str, Coverage]


_TIME = Request("/api/v3/time", 1)
_EXCHANGE_INFO = Request("/api/v3/exchangeInfo", 20)
_KLINES = Request("/api/v3/klines", 2)
_HISTORICAL_TRADES = Request("/api/v3/historicalTrades", 25)
_DAY_TICKERS = Request("/api/v3/ticker/24hr", 2)
_SIMULATED_SOURCE = Request("/sim/source", 0)
_USDM_TIME = Request("/fapi/v1/time", 1)
_USDM_EXCHANGE_INFO = Request("/fapi/v1/exchangeInfo", 1)

DEPTH_PATHS: Final[Mapping[Market, str]] = {"spot": "/api/v3/depth", "usdm": "/fapi/v1/depth"}
_SPOT_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))
_USDM_DEPTH_WEIGHTS = ((50, 2), (100, 5), (500, 10), (1000, 20))
"""Weight of a depth request by its largest limit."""


class SpotRest(RestClient):
    """Spot, `/api/v3`."""

    async def server_time(self) -> int:
        """Return the exchange's time in ms."""
        return (await self.get(_TIME, {}, _Time)).serverTime

    async def exchange_info(self) -> ExchangeInfo:
        """Return every pair the exchange lists."""
        return await self.get(_EXCHANGE_INFO, {}, ExchangeInfo)

    async def listed(self, symbols: Sequence[str]) -> Listed:
        """Return how the exchange lists pairs.

        Raises:
            RestError: when the exchange refuses the request, as for a pair that it does not list.
        """
        return await self.get(_EXCHANGE_INFO, {"symbols": _names(symbols)}, Listed)

    async def simulated_source(self) -> SimulatedSource:
        """Return what a simulator plays; only a simulator answers."""
        return await self.get(_SIMULATED_SOURCE, {}, SimulatedSource)

    async def klines(self, symbol: str, start_ms: int, end_ms: int) -> list[list[Any]]:
        """Return the 1m rows with `start_ms <= open time <= end_ms`, ascending, at most 1,000.

        Raises:
            RestError: when the exchange refuses the request.
        """
        parameters = {
            "symbol": symbol,
            "interval": "1m",
            "startTime": str(start_ms),
            "endTime": str(end_ms),
            "limit": str(KLINES_LIMIT),
        }
        return await self.get(_KLINES, parameters, list[list[Any]])

    async def historical_trades(self, symbol: str, from_id: int, limit: int) -> list[TradeRow]:
        """Return up to `limit` (at most 1,000) trades from an id on, ascending.

        Raises:
            RestError: when the exchange refuses the request.
        """
        parameters = {"symbol": symbol, "fromId": str(from_id), "limit": str(min(limit, TRADES_LIMIT))}
        return await self.get(_HISTORICAL_TRADES, parameters, list[TradeRow])

    async def newest_trade_ids(self, symbols: Sequence[str]) -> dict[str, int]:
        """Return the id of the newest trade of pairs, at most 20; those without a trade today are left out.

        Raises:
            RestError: when the exchange refuses the request.
        """
        parameters = {"symbols": _names(symbols), "type": "MINI"}
        tickers = await self.get(_DAY_TICKERS, parameters, list[_LastTrade])
        return {ticker.symbol: ticker.lastId for ticker in tickers if ticker.lastId >= 0}

    async def depth(self, symbol: str, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels (at most 5,000) a side.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self.get(_spot_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)

    async def depth_body(self, symbol: str, limit: int) -> bytes:
        """Return the answer that `depth` reads, as it came.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self.get_body(_spot_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)


class UsdmRest(RestClient):
    """USD-M futures, `/fapi/v1`."""

    async def server_time(self) -> int:
        """Return the exchange's time in ms."""
        return (await self.get(_USDM_TIME, {}, _Time)).serverTime

    async def exchange_info(self) -> ExchangeInfo:
        """Return every contract the exchange lists.

        Raises:
            RestError: when the exchange has no futures.
        """
        return await self.get(_USDM_EXCHANGE_INFO, {}, ExchangeInfo)

    async def depth(self, symbol: str, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels (5, 10, 20, 50, 100, 500 or 1,000) a side.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self.get(_usdm_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)

    async def depth_body(self, symbol: str, limit: int) -> bytes:
        """Return the answer that `depth` reads, as it came.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self.get_body(_usdm_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)


def _names(symbols: Sequence[str]) -> str:
    return msgspec.json.encode(list(symbols)).decode()


def _spot_depth(limit: int) -> Request:
    return Request(DEPTH_PATHS["spot"], _depth_weight(_SPOT_DEPTH_WEIGHTS, limit))


def _usdm_depth(limit: int) -> Request:
    return Request(DEPTH_PATHS["usdm"], _depth_weight(_USDM_DEPTH_WEIGHTS, limit))


def _depth_weight(weights: Sequence[tuple[int, int]], limit: int) -> int:
    return next((weight for largest, weight in weights if limit <= largest), weights[-1][1])
