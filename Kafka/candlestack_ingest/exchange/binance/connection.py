"""One WebSocket connection of the exchange, kept up for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.pauses import Pauses

_LOG = get_logger(__name__)

SILENT_AFTER_S = 30.0
"""A connection that carried nothing for so long is dropped and made anew."""
LASTED_S = 20.0
"""A connection that lasted so long was a good one: the next pause is a short one again.

Shorter than `SILENT_AFTER_S`: that thin pairs do not trade is no failure, and must not make the pauses grow.
"""
FRAMES_AHEAD = 64
"""Frames the library may read ahead; then the socket is left unread and the exchange feels it."""
MAX_FRAME_BYTES = 4 * 1024 * 1024

OnFrame = Callable[[bytes, int], Awaitable[None]]
"""Called with each frame and the local time of its arrival in ms; reading goes on when it returns."""


class Connection:
    """Reads frames from one address, and connects again for ever, with growing jittered pauses."""

    def __init__(
        self,
        url: str,
        name: str,
        on_frame: OnFrame,
        on_connected: Callable[[], Awaitable[None]],
        pauses: Pauses | None = None,
    ) -> None:
        """Name the address, and what is told of connections (before their first frame) and frames."""
        self._url = url
        self._name = name
        self._on_frame = on_frame
        self._on_connected = on_connected
        self._pauses = pauses or Pauses()
        self.connected = False

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            started = time.monotonic()
            reason = await self._read_one_connection()
            if time.monotonic() - started > LASTED_S:
                self._pauses.reset()
            pause = self._pauses.next()
            _LOG.warning(
                "exchange connection ended",
                connection=self._name,
                reason=reason,
                reconnect_in_s=round(pause, 1),
            )
            await asyncio.sleep(pause)

    async def _read_one_connection(self) -> str:
        try:
            async with connect(
                self._url,
                max_queue=FRAMES_AHEAD,
                max_size=MAX_FRAME_BYTES,
                compression=None,
                open_timeout=10,
                close_timeout=2,
            ) as socket:
                metrics.CONNECTS.labels(outcome="connected").inc()
                self.connected = True
                metrics.CONNECTIONS_OPEN.inc()
                try:
                    _LOG.info("exchange connected", connection=self._name)
                    await self._on_connected()
                    return await self._read(socket)
                finally:
                    self.connected = False
                    metrics.CONNECTIONS_OPEN.dec()
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
            metrics.CONNECTS.labels(outcome="failed").inc()
            return str(error) or type(error).__name__

    async def _read(self, socket: ClientConnection) -> str:
        try:
            while True:
                async with asyncio.timeout(SILENT_AFTER_S):
                    frame = await socket.recv(decode=False)
                await self._on_frame(frame, time.time_ns() // 1_000_000)
        except TimeoutError:
            return f"no frame for {SILENT_AFTER_S:.0f} s"
        except ConnectionClosed as closed:
            return str(closed)
