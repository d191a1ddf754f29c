"""One REST question to an exchange: asked within the weight budget, tried again until told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import msgspec

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.pauses import Pauses
from candlestack_core.weight import WeightBudget

_LOG = get_logger(__name__)

REQUEST_TIMEOUT_S = 10.0
DEFAULT_RETRY_AFTER_S = 60.0

_Body = TypeVar("_Body")


class RestError(Exception):
    """The exchange refused a request for good; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Request:
    """A path and its weight."""

    path: str
    weight: int


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


class RestClient:
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

    async def get(self, request: Request, parameters: Mapping[str, str], body: type[_Body]) -> _Body:
        _, decoded = await self._fetch(request, parameters, body)
        return decoded

    async def get_body(self, request: Request, parameters: Mapping[str, str], body: type[_Body]) -> bytes:
        """Return the bytes of an answer that is what it should be."""
        payload, _ = await self._fetch(request, parameters, body)
        return payload

    async def _fetch(
        self, request: Request, parameters: Mapping[str, str], body: type[_Body]
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

    async def _wait_for_budget(self, request: Request) -> None:
        while (delay := self._budget.delay(request.weight, self._monotonic())) > 0:
            _LOG.info("waiting for REST weight", path=request.path, seconds=round(delay, 1))
            await asyncio.sleep(delay)
        self._budget.spend(request.weight, self._monotonic())
        metrics.REST_WEIGHT_USED.set(self._budget.used)

    async def _send(
        self, request: Request, parameters: Mapping[str, str]
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


def _said(status: int, payload: bytes) -> str:
    return f"HTTP {status}: {payload[:200].decode(errors='replace')}"


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that a refusal asks to stay away, at least 1; 60 where it names none."""
    text = headers.get("Retry-After", "")
    return max(1.0, float(text)) if text.isdecimal() else DEFAULT_RETRY_AFTER_S
