"""REST of spot and USD-M: asked within the weight budget, tried again until told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

import aiohttp
import msgspec

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import Market
from candlestack_core.pauses import Pauses
from candlestack_ingest.exchange.binance.frames import TradeRow
from candlestack_ingest.exchange.binance.weight import WeightBudget

_LOG = get_logger(__name__)

REQUEST_TIMEOUT_S = 10.0
KLINES_LIMIT: Final = 1000
TRADES_LIMIT: Final = 1000
TICKERS_LIMIT: Final = 20
"""Pairs that one `ticker/24hr` may name at the lowest weight."""
DEFAULT_RETRY_AFTER_S = 60.0

_Body = TypeVar("_Body")


class RestError(Exception):
    """The exchange refused a request for good; trying again would not help."""


class SymbolInfo(msgspec.Struct, frozen=True):
    symbol: str
    status: str


class ExchangeInfo(msgspec.Struct, frozen=True):
    symbols: list[SymbolInfo]


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


@dataclass(frozen=True, slots=True)
class _Request:
    path: str
    weight: int


_TIME = _Request("/api/v3/time", 1)
_EXCHANGE_INFO = _Request("/api/v3/exchangeInfo", 20)
_KLINES = _Request("/api/v3/klines", 2)
_HISTORICAL_TRADES = _Request("/api/v3/historicalTrades", 25)
_DAY_TICKERS = _Request("/api/v3/ticker/24hr", 2)
_SIMULATED_SOURCE = _Request("/sim/source", 0)
_USDM_TIME = _Request("/fapi/v1/time", 1)
_USDM_EXCHANGE_INFO = _Request("/fapi/v1/exchangeInfo", 1)

DEPTH_PATHS: Final[Mapping[Market, str]] = {"spot": "/api/v3/depth", "usdm": "/fapi/v1/depth"}
_SPOT_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))
_USDM_DEPTH_WEIGHTS = ((50, 2), (100, 5), (500, 10), (1000, 20))
"""Weight of a depth request by its largest limit."""

# Gone for a while, or in trouble: the same request may succeed later.
_TRY_AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,  # said to whole countries; a process that ended would not help
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
# 403 is the answer of Binance's web application firewall to an address that asks too much.
_SLOW_DOWN = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT})


class _RestClient:
    """A client of one exchange address; every method tries again, with growing pauses, until it is cancelled."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        budget: WeightBudget,
        pauses: Callable[[], Pauses] = lambda: Pauses(first=0.25, longest=5.0),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._budget = budget
        self._pauses = pauses
        self._monotonic = monotonic

    async def _get(self, request: _Request, parameters: Mapping[str, str], body: type[_Body]) -> _Body:
        _, decoded = await self._fetch(request, parameters, body)
        return decoded

    async def _get_body(self, request: _Request, parameters: Mapping[str, str], body: type[_Body]) -> bytes:
        """Return the bytes of an answer that is what it should be."""
        payload, _ = await self._fetch(request, parameters, body)
        return payload

    async def _fetch(
        self, request: _Request, parameters: Mapping[str, str], body: type[_Body]
    ) -> tuple[bytes, _Body]:
        pauses = self._pauses()
        while True:
            await self._wait_for_budget(request)
            try:
                status, headers, payload = await self._send(request, parameters)
            except (aiohttp.ClientError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
            else:
                if status == HTTPStatus.OK:
                    try:
                        return payload, msgspec.json.decode(payload, type=body)
                    except msgspec.DecodeError as error:
                        reason = f"an answer that is not what it should be: {error}"
                elif status in _SLOW_DOWN:
                    seconds = retry_after(headers)
                    self._budget.block(seconds, self._monotonic())
                    _LOG.warning(
                        "the exchange asks to slow down", path=request.path, status=status, seconds=seconds
                    )
                    continue
                elif status in _TRY_AGAIN:
                    reason = _said(status, payload)
                else:
                    raise RestError(f"{request.path}: {_said(status, payload)}")
            pause = pauses.next()
            _LOG.warning(
                "exchange REST failed, trying again",
                path=request.path,
                reason=reason,
                seconds=round(pause, 1),
            )
            await asyncio.sleep(pause)

    async def _wait_for_budget(self, request: _Request) -> None:
        while (delay := self._budget.delay(request.weight, self._monotonic())) > 0:
            _LOG.info("waiting for REST weight", path=request.path, seconds=round(delay, 1))
            await asyncio.sleep(delay)
        self._budget.spend(request.weight, self._monotonic())
        metrics.REST_WEIGHT_USED.set(self._budget.used)

    async def _send(
        self, request: _Request, parameters: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S)
        async with self._session.get(
            self._base_url + request.path, params=parameters, timeout=timeout
        ) as response:
            payload = await response.read()
        metrics.REST_REQUESTS.labels(path=request.path, status=str(response.status)).inc()
        used = response.headers.get("X-MBX-USED-WEIGHT-1M", "")
        if used.isdecimal():
            self._budget.observe(int(used), self._monotonic())
        return response.status, response.headers, payload


class SpotRest(_RestClient):
    """Spot, `/api/v3`."""

    async def server_time(self) -> int:
        """Return the exchange's time in ms."""
        return (await self._get(_TIME, {}, _Time)).serverTime

    async def exchange_info(self) -> ExchangeInfo:
        """Return every pair the exchange lists."""
        return await self._get(_EXCHANGE_INFO, {}, ExchangeInfo)

    async def simulated_source(self) -> SimulatedSource:
        """Return what a simulator plays; only a simulator answers."""
        return await self._get(_SIMULATED_SOURCE, {}, SimulatedSource)

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
        return await self._get(_KLINES, parameters, list[list[Any]])

    async def historical_trades(self, symbol: str, from_id: int, limit: int) -> list[TradeRow]:
        """Return up to `limit` (at most 1,000) trades from an id on, ascending.

        Raises:
            RestError: when the exchange refuses the request.
        """
        parameters = {"symbol": symbol, "fromId": str(from_id), "limit": str(min(limit, TRADES_LIMIT))}
        return await self._get(_HISTORICAL_TRADES, parameters, list[TradeRow])

    async def newest_trade_ids(self, symbols: Sequence[str]) -> dict[str, int]:
        """Return the id of the newest trade of pairs, at most 20; those without a trade today are left out.

        Raises:
            RestError: when the exchange refuses the request.
        """
        parameters = {"symbols": msgspec.json.encode(list(symbols)).decode(), "type": "MINI"}
        tickers = await self._get(_DAY_TICKERS, parameters, list[_LastTrade])
        return {ticker.symbol: ticker.lastId for ticker in tickers if ticker.lastId >= 0}

    async def depth(self, symbol: str, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels (at most 5,000) a side.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self._get(_spot_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)

    async def depth_body(self, symbol: str, limit: int) -> bytes:
        """Return the answer that `depth` reads, as it came.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self._get_body(
            _spot_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot
        )


class UsdmRest(_RestClient):
    """USD-M futures, `/fapi/v1`."""

    async def server_time(self) -> int:
        """Return the exchange's time in ms."""
        return (await self._get(_USDM_TIME, {}, _Time)).serverTime

    async def exchange_info(self) -> ExchangeInfo:
        """Return every contract the exchange lists.

        Raises:
            RestError: when the exchange has no futures.
        """
        return await self._get(_USDM_EXCHANGE_INFO, {}, ExchangeInfo)

    async def depth(self, symbol: str, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels (5, 10, 20, 50, 100, 500 or 1,000) a side.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self._get(_usdm_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot)

    async def depth_body(self, symbol: str, limit: int) -> bytes:
        """Return the answer that `depth` reads, as it came.

        Raises:
            RestError: when the exchange refuses the request.
        """
        return await self._get_body(
            _usdm_depth(limit), {"symbol": symbol, "limit": str(limit)}, DepthSnapshot
        )


def _spot_depth(limit: int) -> _Request:
    return _Request(DEPTH_PATHS["spot"], _depth_weight(_SPOT_DEPTH_WEIGHTS, limit))


def _usdm_depth(limit: int) -> _Request:
    return _Request(DEPTH_PATHS["usdm"], _depth_weight(_USDM_DEPTH_WEIGHTS, limit))


def _depth_weight(weights: Sequence[tuple[int, int]], limit: int) -> int:
    return next((weight for largest, weight in weights if limit <= largest), weights[-1][1])


def _said(status: int, payload: bytes) -> str:
    return f"HTTP {status}: {payload[:200].decode(errors='replace')}"


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that a refusal asks to stay away, at least 1; 60 where it names none."""
    text = headers.get("Retry-After", "")
    return max(1.0, float(text)) if text.isdecimal() else DEFAULT_RETRY_AFTER_S
