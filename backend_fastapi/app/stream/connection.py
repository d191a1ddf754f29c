"""The server's side of one WebSocket, on uvicorn's sans-IO protocol: written to without waiting, ended in time.

The ASGI interface waits inside `send` while a client does not read, and has no way to cut one off. The hub
waits for nobody; so it is handed the protocol itself, in the scope that the application is called with.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from app.stream.messages import CloseCode
from candlestack_core import metrics

END_WITHIN_S = 2.0
WRITE_BUFFER_BYTES = 64 * 1024
UNSENT_BYTES = 64 * 1024
"""What the kernel may hold unsent; by default it grows to megabytes, all of it old news to a slow client."""
LONGEST_REASON_BYTES = 123
"""What a close frame has room for (RFC 6455, 5.5)."""

_EXTENSION = "candlestack.hub"


def connection_of(websocket: WebSocket) -> HubConnection:
    """Return the connection behind a WebSocket; the server must have been given `HubConnection`."""
    return cast(HubConnection, websocket.scope["extensions"][_EXTENSION]["connection"])


class HubConnection(WebSocketsSansIOProtocol):
    """One connection; `on_writable` is called when it can be written to again."""

    on_writable: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        if (option := getattr(socket, "TCP_NOTSENT_LOWAT", None)) is not None:  # Linux and macOS have it
            self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The application was scheduled, and runs when this has returned.
            self.scope["extensions"][_EXTENSION] = {"connection": self}

    @property
    def can_write(self) -> bool:
        """Whether what is written now goes out soon, and is not merely added to a buffer."""
        return self.writable.is_set()

    def write(self, frames: bytes) -> None:
        """Write whole frames, whether or not they go out soon; nothing where the connection has ended.

        They pass by the sans-IO state, which without an extension notes nothing of a text that is sent: to
        build the frame anew for each client, in Python, took as long as the write itself.
        """
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.transport.write(frames)

    async def drained(self) -> None:
        """Wait until it can be written to, or has ended."""
        await self.writable.wait()

    def end(self, code: CloseCode, reason: str) -> None:
        """Send a close frame, and cut the connection off where the other side does not answer it in time."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        metrics.SOCKETS_CLOSED.labels(code=str(code.value)).inc()
        self.stop_keepalive()
        self.close_sent = True
        short = _shortened(reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code.value, "reason": short})
        self.conn.send_close(code.value, short)
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(END_WITHIN_S, self.transport.abort)

    def shutdown(self) -> None:
        """Send the client away, as the server stops."""
        if self.handshake_complete:
            self.end(CloseCode.RESTARTING, CloseCode.RESTARTING.meaning)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        super().pause_writing()
        # The answers to pings of a client that does not read would pile up.
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()
        if self.on_writable is not None:
            self.on_writable()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # What the client did not read would otherwise keep the connection open for ever.
        self.transport.abort()


def _shortened(reason: str) -> str:
    encoded = reason.encode()
    if len(encoded) <= LONGEST_REASON_BYTES:
        return reason
    ellipsis = "…"
    return encoded[: LONGEST_REASON_BYTES - len(ellipsis.encode())].decode(errors="ignore") + ellipsis
