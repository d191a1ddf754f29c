"""One stream of one client: its events, in the envelope that the client chose."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from app.stream.clients import Client, Connection
from app.stream.events import Subject
from app.stream.frames import text_frame
from app.stream.messages import CloseCode
from app.stream.updates import Update, encode

EVENTS_KEPT = 1_000
"""Events of one stream that wait for a slow client, who is then sent away: the streams have no word for a gap."""
_NO_PAIR = Subject("")


class StreamNews(Update):
    """An event, by itself and in the envelope of combined streams."""

    def __init__(self, stream: str, payload: object) -> None:
        super().__init__(0)
        self.stream = stream
        self._payload = encode(payload)
        self._framed: dict[bool, bytes] = {}

    @property
    def head(self) -> bytes:
        return self._payload

    def in_envelope(self, combined: bool) -> bytes:
        """Return the message."""
        if combined:
            return b'{"stream":%b,"data":%b}' % (encode(self.stream), self._payload)
        return self._payload

    def framed(self, combined: bool) -> bytes:
        """Return the message's frame, made once for all clients."""
        frame = self._framed.get(combined)
        if frame is None:
            frame = self._framed[combined] = text_frame(self.in_envelope(combined))
        return frame


class StreamClient(Client[StreamNews]):
    """A client of one stream."""

    channel: ClassVar[str] = "binance"

    def __init__(
        self, connection: Connection, clock_ms: Callable[[], int], combined: Callable[[], bool]
    ) -> None:
        """Take what tells whether the client wants the envelope of combined streams."""
        super().__init__(_NO_PAIR, connection, clock_ms)
        self._combined = combined

    def _frame(self, update: StreamNews) -> bytes:
        return update.framed(self._combined())

    def _message(self, update: StreamNews) -> bytes:
        return update.in_envelope(self._combined())

    def _keep(self, update: StreamNews) -> None:
        if len(self._updates) >= EVENTS_KEPT:
            self.end(CloseCode.TOO_SLOW, f"{EVENTS_KEPT} events wait to be read")
            return
        self._updates.append(update)
