"""State that no topic tells: looked at now and then for as long as anybody listens, and told when it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app.stream.clients import Client, Connection, Listener
from app.stream.events import Position, Subject
from app.stream.repeated import repeat
from app.stream.updates import Update, encode
from app.stream.views import Shared
from candlestack_core.messages import TimeMs

_NO_PAIR = Subject("")


class OfNow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope of a state as a whole, which takes the place of the one before; it has no sequence."""

    send_time: TimeMs


class StateNews(Update):
    """A state; no record stands behind it."""

    def __init__(self, envelope: dict[str, Any], data: object) -> None:
        super().__init__(0)
        self._head = encode({**envelope, "type": "snapshot", "data": data})[:-1]

    @property
    def head(self) -> bytes:
        return self._head

    def text(self, prev: int | None, send_time: int) -> bytes:  # noqa: ARG002 - has no sequence
        return b'%b,"send_time":%d}' % (self._head, send_time)


class StateClient(Client[StateNews]):
    """A client of a state: what it does not read in time gives way to the newest."""

    def __init__(self, connection: Connection, clock_ms: Callable[[], int]) -> None:
        super().__init__(_NO_PAIR, connection, clock_ms)

    def _keep(self, update: StateNews) -> None:
        self._updates.clear()
        self._updates.append(update)

    def _message(self, update: StateNews) -> bytes:
        return update.text(None, self._clock_ms())


class Polled(Shared):
    """Looks at a state every so often."""

    def __init__(
        self,
        channel_name: str,
        envelope: dict[str, Any],
        look: Callable[[], Awaitable[msgspec.Struct]],
        every_s: float,
    ) -> None:
        """Take what the messages name besides the state, and what returns it or raises ApiError."""
        super().__init__()
        self.channel_name = channel_name
        self._envelope = {"channel": channel_name, **envelope}
        self._look = look
        self._every_s = every_s
        self._seen: msgspec.Struct | None = None
        self._news: StateNews | None = None
        self._looking: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._looking = asyncio.create_task(repeat(self.channel_name, self._look_again, self._every_s))

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    def _welcome(self, client: Listener, since: Position | None) -> None:  # noqa: ARG002 - has no past
        if self._news is not None:
            client.send_updates([self._news])

    async def _look_again(self) -> None:
        state = await self._look()
        if state != self._seen:
            self._seen, self._news = state, StateNews(self._envelope, state)
            self._tell_now([self._news])
