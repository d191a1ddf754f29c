"""A stream for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from candlestack_client.attempts import Addresses, Pauses
from candlestack_client.events import Connected, Disconnected, Event
from candlestack_client.following import Following, reason_of, reason_of_failure
from candlestack_client.options import Options
from candlestack_client.sequences import TryAgainError
from candlestack_client.subscriptions import Subscription


class _Link:
    """What a stream shares with whoever closes it."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.connection: ClientConnection | None = None


class AsyncStream(AsyncIterator[Event]):
    """Yields what happens, until it is closed; connections that end are opened again."""

    def __init__(self, addresses: Addresses, options: Options, subscriptions: Sequence[Subscription]) -> None:
        self._link = _Link()
        self._events = _events(Following(subscriptions), addresses, options, self._link)

    async def __anext__(self) -> Event:
        """Wait for what happens next; the errors are those of `Stream`."""
        return await anext(self._events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the stream and its connection."""
        self._link.closed.set()
        if (connection := self._link.connection) is not None:
            await connection.close()
        # A task that reads it meanwhile ends it.
        with suppress(RuntimeError):
            await self._events.aclose()


async def _events(
    following: Following, addresses: Addresses, options: Options, link: _Link
) -> AsyncGenerator[Event, None]:
    pauses = Pauses(options.longest_pause_s)
    while not link.closed.is_set():
        connected = False
        try:
            async with connect(addresses.stream_url, **options.of_connection()) as connection:
                link.connection = connection
                connected = True
                pauses.connected()
                for request in following.requests():
                    await connection.send(request)
                yield Connected(addresses.url)
                while not link.closed.is_set():
                    for event in following.take(await _next_text(connection, options.silence_s)):
                        yield event
        except ConnectionClosed as error:
            reason = reason_of(error)
        except TryAgainError as error:
            reason = str(error)
        except (OSError, InvalidHandshake) as error:
            reason = reason_of_failure(error)
        finally:
            link.connection = None
        if link.closed.is_set():
            return
        pause = pauses.next(held=connected)
        addresses.turn()
        yield Disconnected(reason, pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(link.closed.wait(), pause)


async def _next_text(connection: ClientConnection, silence_s: float) -> str | bytes:
    try:
        async with asyncio.timeout(silence_s):
            return await connection.recv()
    except TimeoutError:
        raise TryAgainError(f"not even a heartbeat came within {silence_s:g} s") from None
