"""One WebSocket of the exchange, from its opening to its end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_ingest.exchange.binance.budgets import EventBudget
from candlestack_ingest.exchange.binance.frames import notice_of

_LOG = get_logger(__name__)

LOOK_EVERY_S = 0.5
PROBE_AFTER_S = 3.0
"""A connection that carried nothing for so long is asked by a ping whether it still lives."""
PONG_WITHIN_S = 4.0
"""A ping that is not answered within so long, by a pong or any frame, shows that the socket is frozen."""
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0
FRAMES_AHEAD = 64
"""Frames the library may read ahead; then the socket is left unread and the exchange feels it."""
MAX_FRAME_BYTES = 4 * 1024 * 1024
LONGEST_NOTICE_BYTES = 120
"""No shorter frame is market data; what is not market data is mostly shorter."""
_STREAM_AT = len(b'{"stream":"')

OnFrame = Callable[[bytes, int], Awaitable[None] | None]
"""Called with each frame and the local time of its arrival in ms.

What it returns, if anything, is awaited before the next frame is read.
"""


def stream_of(frame: bytes) -> str:
    """Return the stream that a frame in its envelope names; empty where it is none."""
    end = frame.find(b'"', _STREAM_AT)
    return frame[_STREAM_AT:end].decode(errors="replace") if end > 0 else ""


class StreamSocket:
    """Hands on the frames of one connection, and cuts it when it is open but dead."""

    def __init__(self, socket: ClientConnection, name: str, on_frame: OnFrame, messages: EventBudget) -> None:
        """Take an open socket; `messages` is what may be sent on it."""
        self._socket = socket
        self._name = name
        self._on_frame = on_frame
        self._messages = messages
        self._frames = 0
        self._busy = False
        self._cut_because = ""
        self.opened_at = time.monotonic()
        self.ending = asyncio.Event()
        """Set when the exchange announced the end of this connection."""
        self.heard: set[str] | None = None
        """The streams heard while somebody watches an overlap; None while nobody does."""

    @classmethod
    async def open(cls, url: str, name: str, on_frame: OnFrame, messages: EventBudget) -> StreamSocket:
        """Connect.

        Raises:
            OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed: as the library does.
        """
        socket = await connect(
            url,
            max_queue=FRAMES_AHEAD,
            max_size=MAX_FRAME_BYTES,
            compression=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,  # the library's own would also end a connection that we ourselves leave unread
        )
        return cls(socket, name, on_frame, messages)

    async def read(self) -> str:
        """Hand on frames until the connection ends; return why it did."""
        metrics.CONNECTIONS_OPEN.inc()
        watch = asyncio.create_task(self._cut_when_frozen())
        try:
            while True:
                frame = await self._socket.recv(decode=False)
                self._frames += 1
                if len(frame) < LONGEST_NOTICE_BYTES and self._is_notice(frame):
                    continue
                if self.heard is not None:
                    self.heard.add(stream_of(frame))
                waiting = self._on_frame(frame, time.time_ns() // 1_000_000)
                if waiting is not None:
                    self._busy = True
                    await waiting
                    self._busy = False
        except ConnectionClosed as closed:
            return self._cut_because or str(closed)
        finally:
            watch.cancel()
            metrics.CONNECTIONS_OPEN.dec()

    def _is_notice(self, frame: bytes) -> bool:
        notice = notice_of(frame)
        if notice is None:
            return False
        _LOG.info("notice from the exchange", connection=self._name, notice=notice)
        if notice == "serverShutdown":
            self.ending.set()
        return True

    async def _cut_when_frozen(self) -> None:
        frames, since = self._frames, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = time.monotonic()
            if self._busy or self._frames != frames:
                frames, since = self._frames, now
            elif now - since >= PROBE_AFTER_S:
                if not await self._answers(frames):
                    self._cut_because = f"frozen: no frame for {time.monotonic() - since:.0f} s, and no pong"
                    metrics.CONNECTIONS_REPLACED.labels(reason="frozen").inc()
                    self._socket.transport.abort()
                    return
                since = now

    async def _answers(self, frames: int) -> bool:
        """Ping; tell whether a pong, or a frame after so many, came in time."""
        await self._messages.take()
        try:
            async with asyncio.timeout(PONG_WITHIN_S):
                await (await self._socket.ping())
        except TimeoutError:
            return self._frames != frames
        except ConnectionClosed:
            return True  # the reader sees it too, and knows why
        return True

    async def unsubscribe(self, streams: Sequence[str]) -> None:
        """Ask the exchange to send some streams no longer; on a connection that has ended, do nothing."""
        await self._messages.take()
        request = {"method": "UNSUBSCRIBE", "params": list(streams), "id": 1}
        try:
            await self._socket.send(json.dumps(request))
        except ConnectionClosed:
            return

    async def close(self) -> None:
        await self._socket.close()
