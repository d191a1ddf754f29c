"""The exchange's REST interface, as far as history needs it: its time, its pairs, closed 1m candles.

One request after another, within a weight budget, so that a 429 is never seen in normal work.
Source of weights and limits: https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode

import pyarrow as pa

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.versions import closed_by_rest
from candlestack_core.weight import WINDOW_S, WeightBudget
from candlestack_spark.history.rows import FIELDS

KLINES_LIMIT: Final = 1000
TIME_WEIGHT: Final = 1
PAIRS_WEIGHT: Final = 20
KLINES_WEIGHT: Final = 2
USED_WEIGHT: Final = "X-MBX-USED-WEIGHT-1M"
TIMEOUT_S: Final = 20.0
PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0)
LONGEST_WAIT_S: Final = 300.0
"""A ban for longer ends the job, which goes on from there when it is started again."""
LONGEST_REASON: Final = 200

# 403 is the answer of Binance's web application firewall to an address that asks too much.
_SLOW_DOWN = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT})


class ExchangeError(Exception):
    """The exchange gave no usable answer; the text says why."""


class RestHistory:
    """Closed candles by REST."""

    def __init__(
        self,
        url: str,
        weight_per_minute: int,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the address without its path, and the weight that may be spent in a minute."""
        self._url = url
        self._budget = WeightBudget(weight_per_minute)
        self._sleep = sleep
        self._monotonic = monotonic

    def server_time(self) -> int:
        """Return the exchange's time in ms.

        Raises:
            ExchangeError: as all methods, when the exchange gives no usable answer.
        """
        answer = self._get("time", {}, TIME_WEIGHT)
        if not isinstance(answer, dict) or not isinstance(answer.get("serverTime"), int):
            raise ExchangeError(f"a time that is none: {str(answer)[:LONGEST_REASON]}")
        return int(answer["serverTime"])

    def pairs(self) -> set[str]:
        """Return the names of all pairs."""
        answer = self._get("exchangeInfo", {}, PAIRS_WEIGHT)
        try:
            return {pair["symbol"] for pair in answer["symbols"]}
        except (KeyError, TypeError) as error:
            raise ExchangeError(f"a list of pairs that is none: {str(answer)[:LONGEST_REASON]}") from error

    def closed_rows(self, symbol: str, start_ms: int, end_ms: int, server_time: int) -> pa.Table:
        """Return the rows of the 1m candles that open in `[start_ms, end_ms)` and had closed at a time in ms.

        The fields are texts, as `rows.candles_of` takes them.
        """
        found: list[list[str]] = []
        while start_ms < end_ms:
            query: dict[str, str | int] = {
                "symbol": symbol,
                "interval": "1m",
                "startTime": start_ms,
                "endTime": end_ms - 1,
                "limit": KLINES_LIMIT,
            }
            rows = self._get("klines", query, KLINES_WEIGHT)
            if not isinstance(rows, list) or not all(_is_row(row, start_ms) for row in rows):
                raise ExchangeError(f"{symbol}: rows that are none: {str(rows)[:LONGEST_REASON]}")
            found += [[str(field) for field in row] for row in rows if closed_by_rest(row[0], server_time)]
            if len(rows) < KLINES_LIMIT:
                break
            start_ms = rows[-1][0] + MINUTE_MS
        columns = zip(*found, strict=True) if found else ((),) * len(FIELDS)
        return pa.table([pa.array(list(column), pa.string()) for column in columns], names=list(FIELDS))

    def _get(self, path: str, query: dict[str, str | int], weight: int) -> Any:
        url = f"{self._url}/api/v3/{path}?{urlencode(query)}"
        failure = ""
        for pause_s in (*PAUSES_S, None):
            self._spend(weight)
            try:
                with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
                    self._observe(answer.headers)
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                with error:
                    body = error.read(LONGEST_REASON).decode("utf-8", "replace")
                failure = f"HTTP {error.code}: {body}"
                if error.code in _SLOW_DOWN:
                    self._stay_away(_retry_after(error.headers), failure)
                    continue
                if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    break
            except (OSError, HTTPException, ValueError) as error:
                failure = str(error) or type(error).__name__
            if pause_s is not None:
                self._sleep(pause_s)
        raise ExchangeError(f"{url}: {failure[:LONGEST_REASON]}")

    def _spend(self, weight: int) -> None:
        while (delay := self._budget.delay(weight, self._monotonic())) > 0:
            self._sleep(delay)
        self._budget.spend(weight, self._monotonic())

    def _observe(self, headers: Message) -> None:
        used = headers.get(USED_WEIGHT, "")
        if used.isdecimal():
            self._budget.observe(int(used), self._monotonic())

    def _stay_away(self, seconds: float, why: str) -> None:
        if seconds > LONGEST_WAIT_S:
            raise ExchangeError(f"{why} (for {seconds:.0f} s)")
        self._budget.block(seconds, self._monotonic())


def _is_row(row: object, start_ms: int) -> bool:
    # Another order, or a row from before what was asked for, and the pages would never end.
    return (
        isinstance(row, list) and len(row) == len(FIELDS) and isinstance(row[0], int) and row[0] >= start_ms
    )


def _retry_after(headers: Message) -> float:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else WINDOW_S
