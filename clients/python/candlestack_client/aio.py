"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar
from weakref import WeakSet

import httpx
from tenacity import AsyncRetrying

from candlestack_client import calls
from candlestack_client.aio_stream import AsyncStream
from candlestack_client.attempts import Addresses, Patience
from candlestack_client.calls import Call, Paging, Time
from candlestack_client.candles import Candles
from candlestack_client.errors import UnavailableError, UnreachableError, error_of
from candlestack_client.models import (
    Candle,
    Completeness,
    DeepBook,
    Interval,
    Market,
    PlatformStatus,
    RankingList,
    StreamName,
    Symbols,
    Trade,
)
from candlestack_client.options import Options, whole_file
from candlestack_client.subscriptions import Subscription

Answer = TypeVar("Answer")
Result = TypeVar("Result")


class AsyncClient:
    """Asks one Candlestack API, as `AsyncClient("http://localhost:8000")`; what it takes is what `Client` takes."""

    def __init__(
        self,
        *urls: str,
        api_key: str | None = None,
        timeout_s: float = 10.0,
        attempts: int = 5,
        longest_pause_s: float = 30.0,
        silence_s: float = 45.0,
    ) -> None:
        self._urls = urls
        self._addresses = Addresses(urls)
        self._options = Options(api_key, timeout_s, attempts, longest_pause_s, silence_s)
        self._policy = Patience(attempts, longest_pause_s).policy()
        self._http = httpx.AsyncClient(headers=self._options.headers, timeout=timeout_s)
        self._streams: WeakSet[AsyncStream] = WeakSet()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End all streams and connections."""
        for stream in list(self._streams):
            await stream.aclose()
        await self._http.aclose()

    async def symbols(self) -> Symbols:
        """Return the known pairs, and where their data comes from."""
        return await self._ask(calls.symbols())

    async def candles(
        self,
        symbol: str,
        interval: Interval = "1m",
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int | None = None,
    ) -> Candles:
        """Return candles, as `Client.candles` does."""
        paging = Paging(symbol, interval, start, end, limit)
        while (page := paging.next) is not None:
            response = await self._answer(page)
            paging.take(page.read(response), response)
        return paging.candles()

    async def latest(self, symbol: str) -> Candle:
        """Return the newest 1m candle."""
        return await self._ask(calls.latest(symbol))

    async def trades(self, symbol: str, limit: int = 100) -> list[Trade]:
        """Return the newest trades, ascending by id; 1,000 at most."""
        return (await self._ask(calls.trades(symbol, limit))).trades

    async def order_book(self, symbol: str, market: Market = "spot", depth: int = 100) -> DeepBook:
        """Return a book; its levels hold only while its `state` is `synced`."""
        return await self._ask(calls.order_book(symbol, market, depth))

    async def top_gainers(self, limit: int = 10) -> RankingList:
        """Return who gained most in a day."""
        return await self._ask(calls.top_gainers(limit))

    async def top_losers(self, limit: int = 10) -> RankingList:
        """Return who lost most in a day."""
        return await self._ask(calls.top_losers(limit))

    async def completeness(
        self,
        symbol: str | None = None,
        market: Market | None = None,
        stream: StreamName | None = None,
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int = 100,
    ) -> Completeness:
        """Return what was missing in `[start, end)`, by default the last hour, and what filled it."""
        return await self._ask(calls.completeness(symbol, market, stream, start=start, end=end, limit=limit))

    async def status(self, symbol: str | None = None) -> PlatformStatus:
        """Return how old the newest of each stream is, and what can be served."""
        return await self._ask(calls.status(symbol))

    async def export(
        self,
        path: str | Path,
        symbol: str,
        interval: Interval = "1m",
        *,
        start: Time,
        end: Time,
        kind: Literal["csv", "parquet"] = "csv",
    ) -> Path:
        """Write candles to a file, as `Client.export` does."""
        call = calls.export(symbol, interval, start, end, kind)
        return await self._again(lambda: self._download(call, Path(path)))

    def stream(self, *subscriptions: Subscription) -> AsyncStream:
        """Yield what happens to some subscriptions, from now on, for as long as the stream is not closed."""
        stream = AsyncStream(Addresses(self._urls), self._options, subscriptions)
        self._streams.add(stream)
        return stream

    async def _ask(self, call: Call[Answer]) -> Answer:
        return call.read(await self._answer(call))

    async def _answer(self, call: Call[Answer]) -> httpx.Response:
        return await self._again(lambda: self._send(call))

    async def _again(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        async def once() -> Result:
            try:
                return await attempt()
            except httpx.TransportError as error:
                self._addresses.turn()
                raise UnreachableError(f"{error.request.url}: {error or type(error).__name__}") from error
            except UnavailableError:
                self._addresses.turn()
                raise

        return await AsyncRetrying(**self._policy)(once)

    async def _send(self, call: Call[Answer]) -> httpx.Response:
        response = await self._http.get(self._addresses.url + call.path, params=call.query)
        if not response.is_success:
            raise error_of(response)
        return response

    async def _download(self, call: Call[bytes], path: Path) -> Path:
        async with self._http.stream("GET", self._addresses.url + call.path, params=call.query) as response:
            if not response.is_success:
                await response.aread()
                raise error_of(response)
            with whole_file(path) as file:
                async for part in response.aiter_bytes():
                    await asyncio.to_thread(file.write, part)
        return path
