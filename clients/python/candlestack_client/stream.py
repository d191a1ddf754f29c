"""A stream for threads."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from candlestack_client.attempts import Addresses, Pauses
from candlestack_client.events import Connected, Disconnected, Event
from candlestack_client.following import Following, reason_of, reason_of_failure
from candlestack_client.options import Options
from candlestack_client.sequences import TryAgainError
from candlestack_client.subscriptions import Subscription


class _Link:
    """What a stream shares with whoever closes it."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.connection: ClientConnection | None = None


class Stream(Iterator[Event]):
    """Yields what happens, until it is closed; connections that end are opened again.

    One thread reads it; any may close it.
    """

    def __init__(self, addresses: Addresses, options: Options, subscriptions: Sequence[Subscription]) -> None:
        self._link = _Link()
        self._events = _events(Following(subscriptions), addresses, options, self._link)

    def __next__(self) -> Event:
        """Wait for what happens next.

        Raises:
            SubscriptionError: the API will not serve what is asked for.
            UnauthorizedError: the key is not accepted.
            UnexpectedAnswerError: the contract was broken.
            StopIteration: the stream was closed.
        """
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the stream and its connection."""
        self._link.closed.set()
        if (connection := self._link.connection) is not None:
            connection.close()
        # A thread that reads it meanwhile ends it.
        with suppress(ValueError):
            self._events.close()


def _events(
    following: Following, addresses: Addresses, options: Options, link: _Link
) -> Generator[Event, None, None]:
    pauses = Pauses(options.longest_pause_s)
    while not link.closed.is_set():
        connected = False
        try:
            with connect(addresses.stream_url, **options.of_connection()) as connection:
                link.connection = connection
                connected = True
                pauses.connected()
                for request in following.requests():
                    connection.send(request)
                yield Connected(addresses.url)
                while not link.closed.is_set():
                    yield from following.take(_next_text(connection, options.silence_s))
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
        link.closed.wait(pause)


def _next_text(connection: ClientConnection, silence_s: float) -> str | bytes:
    try:
        return connection.recv(timeout=silence_s)
    except TimeoutError:
        raise TryAgainError(f"not even a heartbeat came within {silence_s:g} s") from None
