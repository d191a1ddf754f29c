"""The exchange through ccxt: exact figures, within the weight budget, every failure one of two kinds.

ccxt makes floats of the exchange's figures unless it is told to leave them as they came (`number`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, TypeVar

import ccxt.async_support as ccxt

from candlestack_core import metrics
from candlestack_core.decimals import NotCanonicalError, canonical
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance.rest import KLINES_LIMIT
from candlestack_ingest.exchange.binance.rest_client import retry_after
from candlestack_ingest.market_data.series import Ohlcv

REQUEST_TIMEOUT_MS = 10_000
TIME_WEIGHT: Final = 1
MARKETS_WEIGHT: Final = 20
KLINES_WEIGHT: Final = 2
LONGEST_REASON = 300
_USED_WEIGHT = "x-mbx-used-weight-1m"

_Answer = TypeVar("_Answer")


class ExchangeError(Exception):
    """No usable answer; the text says why."""


class ExchangeAwayError(ExchangeError):
    """The exchange is away, in trouble, or asks to slow down: what concerns one pair concerns all."""


class CandleClient:
    """Reads candles of spot pairs."""

    def __init__(
        self, rest_url: str, budget: WeightBudget, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the address without its path, and what may be spent."""
        self._budget = budget
        self._monotonic = monotonic
        self._exchange = ccxt.binance(
            {
                "number": str,
                "enableRateLimit": True,
                "timeout": REQUEST_TIMEOUT_MS,
                "options": {
                    "defaultType": "spot",
                    "fetchMarkets": {"types": ["spot"]},
                    "fetchMargins": False,
                    "fetchCurrencies": False,
                },
            }
        )
        self._exchange.urls["api"]["public"] = f"{rest_url}/api/v3"

    async def open(self) -> None:
        """Learn the pairs' names.

        Raises:
            ExchangeError: when the exchange gives no usable answer.
        """
        await self._ask(MARKETS_WEIGHT, self._exchange.load_markets)

    async def server_time(self) -> int:
        """Return the exchange's time in ms.

        Raises:
            ExchangeError: when the exchange gives no usable answer.
        """
        answer = await self._ask(TIME_WEIGHT, self._exchange.fetch_time)
        if not isinstance(answer, int):
            raise ExchangeAwayError(f"a time that is none: {answer!r:.100}")
        return answer

    async def candles(self, symbol: str, timeframe: str, since: int) -> list[Ohlcv]:
        """Return the candles of a pair that open at or after a time, ascending, at most 1,000, the forming one last.

        Raises:
            ExchangeError: when the exchange gives no usable answer.
        """
        rows = await self._ask(
            KLINES_WEIGHT,
            lambda: self._exchange.fetch_ohlcv(self._name(symbol), timeframe, since, KLINES_LIMIT),
        )
        length_ms = self.length_ms(timeframe)
        candles = [candle_of(row) for row in rows]
        for candle in candles:
            if candle.open_time % length_ms:
                raise ExchangeError(f"a candle of {timeframe} that opened at {candle.open_time}")
        if any(after.open_time <= before.open_time for before, after in pairwise(candles)):
            raise ExchangeError("candles out of order")
        return candles

    def length_ms(self, timeframe: str) -> int:
        """Return the length of a timeframe in ms."""
        return int(self._exchange.parse_timeframe(timeframe) * 1000)

    def _name(self, symbol: str) -> str:
        """Return ccxt's own name of a pair: `BTC/USDT` of BTCUSDT."""
        try:
            return str(self._exchange.markets_by_id[symbol][0]["symbol"])
        except (KeyError, IndexError):
            raise ExchangeError(f"the exchange does not list {symbol}") from None

    async def _ask(self, weight: int, request: Callable[[], Awaitable[_Answer]]) -> _Answer:
        while (delay := self._budget.delay(weight, self._monotonic())) > 0:
            await asyncio.sleep(delay)
        self._budget.spend(weight, self._monotonic())
        metrics.REST_WEIGHT_USED.set(self._budget.used)
        try:
            answer = await request()
        except (ccxt.DDoSProtection, ccxt.RateLimitExceeded) as error:
            seconds = retry_after(self._headers())
            self._budget.block(seconds, self._monotonic())
            raise ExchangeAwayError(f"asks to slow down for {seconds:g} s: {_said(error)}") from error
        except ccxt.OperationFailed as error:  # no network, no answer in time, in trouble
            raise ExchangeAwayError(_said(error)) from error
        except ccxt.BaseError as error:
            raise ExchangeError(_said(error)) from error
        # ccxt reads what it is given without looking at it first: nonsense ends it somewhere inside.
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            raise ExchangeError(f"an answer that is not what it should be: {_said(error)}") from error
        used = self._headers().get(_USED_WEIGHT, "")
        if used.isdecimal():
            self._budget.observe(int(used), self._monotonic())
        return answer

    def _headers(self) -> _Headers:
        return _Headers(self._exchange.last_response_headers or {})

    async def close(self) -> None:
        """Give the connections back."""
        await self._exchange.close()


class _Headers(dict[str, str]):
    """The headers of an answer, whatever the capitals of their names."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__((name.lower(), value) for name, value in headers.items())

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(name.lower(), default)


def candle_of(row: Sequence[Any]) -> Ohlcv:
    """Return a row of ccxt (open time, then open, high, low, close and volume as the exchange wrote them).

    Raises:
        ExchangeError: when it cannot be a candle.
    """
    try:
        open_time, *figures = row
        open_, high, low, close, volume = (Decimal(canonical(figure)) for figure in figures)
    except (ValueError, TypeError, NotCanonicalError) as error:
        raise ExchangeError(f"a row that is no candle: {error}") from None
    if not isinstance(open_time, int) or open_time < 0:
        raise ExchangeError(f"a candle that opened at {open_time!r:.40}")
    if not 0 < low <= min(open_, close) <= max(open_, close) <= high:
        raise ExchangeError(f"a candle from {low} to {high} that goes from {open_} to {close}")
    return Ohlcv(open_time, open_, high, low, close, volume)


def _said(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:LONGEST_REASON]
