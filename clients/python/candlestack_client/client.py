"""The client for threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar
from weakref import WeakSet

import httpx
from tenacity import Retrying

from candlestack_client import calls
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
from candlestack_client.stream import Stream
from candlestack_client.subscriptions import Subscription

Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Client:
    """Asks one Candlestack API, as `Client("http://localhost:8000")`; may be used by many threads.

    More addresses are further processes of the same API, asked in turn. `timeout_s` is how long an answer may
    take, `attempts` how often a request is made that finds nobody, too many others (429) or parts away (503),
    `longest_pause_s` how long it waits in between at most. `silence_s` is after how much silence a stream
    takes its connection for dead: more than the time between two heartbeats (15 s, unless the API is set
    otherwise).
    """

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
        self._http = httpx.Client(headers=self._options.headers, timeout=timeout_s)
        self._streams: WeakSet[Stream] = WeakSet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all streams and connections."""
        for stream in list(self._streams):
            stream.close()
        self._http.close()

    def symbols(self) -> Symbols:
        """Return the known pairs, and where their data comes from."""
        return self._ask(calls.symbols())

    def candles(
        self,
        symbol: str,
        interval: Interval = "1m",
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int | None = None,
    ) -> Candles:
        """Return candles that open from `start` to `end`, both inclusive, page by page.

        With `start` all, or the first `limit`; without it the newest `limit` (500). The forming candle, where
        it belongs to them, comes last.

        Raises:
            TooManyCandlesError: there are more than 200,000.
        """
        paging = Paging(symbol, interval, start, end, limit)
        while (page := paging.next) is not None:
            response = self._answer(page)
            paging.take(page.read(response), response)
        return paging.candles()

    def latest(self, symbol: str) -> Candle:
        """Return the newest 1m candle."""
        return self._ask(calls.latest(symbol))

    def trades(self, symbol: str, limit: int = 100) -> list[Trade]:
        """Return the newest trades, ascending by id; 1,000 at most."""
        return self._ask(calls.trades(symbol, limit)).trades

    def order_book(self, symbol: str, market: Market = "spot", depth: int = 100) -> DeepBook:
        """Return a book; its levels hold only while its `state` is `synced`."""
        return self._ask(calls.order_book(symbol, market, depth))

    def top_gainers(self, limit: int = 10) -> RankingList:
        """Return who gained most in a day."""
        return self._ask(calls.top_gainers(limit))

    def top_losers(self, limit: int = 10) -> RankingList:
        """Return who lost most in a day."""
        return self._ask(calls.top_losers(limit))

    def completeness(
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
        return self._ask(calls.completeness(symbol, market, stream, start=start, end=end, limit=limit))

    def status(self, symbol: str | None = None) -> PlatformStatus:
        """Return how old the newest of each stream is, and what can be served."""
        return self._ask(calls.status(symbol))

    def export(
        self,
        path: str | Path,
        symbol: str,
        interval: Interval = "1m",
        *,
        start: Time,
        end: Time,
        kind: Literal["csv", "parquet"] = "csv",
    ) -> Path:
        """Write the closed candles that open from `start` to `end`, both inclusive, to a file.

        The file takes its name when it is whole.
        """
        call = calls.export(symbol, interval, start, end, kind)
        return self._again(lambda: self._download(call, Path(path)))

    def stream(self, *subscriptions: Subscription) -> Stream:
        """Yield what happens to some subscriptions, from now on, for as long as the stream is not closed."""
        stream = Stream(Addresses(self._urls), self._options, subscriptions)
        self._streams.add(stream)
        return stream

    def _ask(self, call: Call[Answer]) -> Answer:
        return call.read(self._answer(call))

    def _answer(self, call: Call[Answer]) -> httpx.Response:
        return self._again(lambda: self._send(call))

    def _again(self, attempt: Callable[[], Result]) -> Result:
        def once() -> Result:
            try:
                return attempt()
            except httpx.TransportError as error:
                self._addresses.turn()
                raise UnreachableError(f"{error.request.url}: {error or type(error).__name__}") from error
            except UnavailableError:
                self._addresses.turn()
                raise

        return Retrying(**self._policy)(once)

    def _send(self, call: Call[Answer]) -> httpx.Response:
        response = self._http.get(self._addresses.url + call.path, params=call.query)
        if not response.is_success:
            raise error_of(response)
        return response

    def _download(self, call: Call[bytes], path: Path) -> Path:
        with self._http.stream("GET", self._addresses.url + call.path, params=call.query) as response:
            if not response.is_success:
                response.read()
                raise error_of(response)
            with whole_file(path) as file:
                for part in response.iter_bytes():
                    file.write(part)
        return path
