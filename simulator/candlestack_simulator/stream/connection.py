"""One WebSocket connection of a client: its commands, its pings, its end of life, and what it is sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Protocol

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from candlestack_core.logging import get_logger
from candlestack_simulator import wire
from candlestack_simulator.config import MarketRules, SimulatorConfig
from candlestack_simulator.limits import MessageLimiter
from candlestack_simulator.stream.commands import Session, answer
from candlestack_simulator.stream.frames import text_frame

log = get_logger("simulator.stream")

LARGEST_COMMAND_BYTES = 256 * 1024
FROZEN_LOOK_S = 0.1
"""How often a frozen connection looks whether the client has gone."""
SHUTDOWN_STREAM = "!serverShutdown"


class Subscriptions(Protocol):
    """Where a connection says what it wants to be sent."""

    def changed(self, connection: Connection, added: list[str], removed: list[str]) -> None: ...


class Connection:
    """A client's connection; market data is written to its transport by the hub, whole frames at a time."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        *,
        session: Session,
        kinds: Collection[str],
        hub: Subscriptions,
        rules: MarketRules,
        config: SimulatorConfig,
        now_ms: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        """`kinds` are the kinds of streams that are sent on this connection's endpoint."""
        self.session = session
        self.kinds = kinds
        self._rules = rules
        self._socket = socket
        self._transport = transport
        self._hub = hub
        self._config = config
        self._now_ms = now_ms
        self._monotonic = monotonic
        self._messages = MessageLimiter(monotonic, rules.messages_per_second)
        self._pings: dict[bytes, None] = {}
        self._answered = monotonic()
        self._shutdown_announced = False
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._closing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Handle what the client sends until the connection is closed by either side."""
        self._hub.changed(self, list(self.session.streams), [])
        keeper = asyncio.create_task(self._keep())
        try:
            await self._listen()
        except ConnectionError:
            log.debug("connection lost while answering")
        finally:
            self._hub.changed(self, [], list(self.session.streams))
            keeper.cancel()
            if self._closing is not None:
                await self._closing

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            await self._until_thawed()
            if message.type is WSMsgType.CLOSE:
                await self._socket.close(code=message.data or WSCloseCode.OK)
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return
            if not self._messages.allows():
                await self.close(WSCloseCode.POLICY_VIOLATION, "Too many requests")
            elif message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                self._pong(bytes(message.data))
            elif message.type is WSMsgType.TEXT:
                await self._command(message.data)
            else:
                await self.close(WSCloseCode.UNSUPPORTED_DATA, "Commands are text")

    def freeze(self) -> None:
        """Send nothing and answer nothing from now on, with the socket open."""
        self._thawed.clear()

    def thaw(self) -> None:
        """Go on after having been frozen."""
        self._answered = self._monotonic()
        self._thawed.set()

    async def _until_thawed(self) -> None:
        while not self._thawed.is_set() and not self._transport.is_closing():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._thawed.wait(), FROZEN_LOOK_S)

    async def _command(self, text: str) -> None:
        def changed(added: list[str], removed: list[str]) -> None:
            self._hub.changed(self, added, removed)

        reply = answer(text, self.session, changed)
        await self._socket.send_frame(msgspec.json.encode(reply), WSMsgType.TEXT)

    def _pong(self, payload: bytes) -> None:
        # Unsolicited pongs are allowed, but do not keep a connection alive.
        if payload in self._pings:
            self._answered = self._monotonic()
            self._pings.clear()

    async def _keep(self) -> None:
        """Ping, and end the connection without pongs or at the end of its life."""
        config, rules = self._config, self._rules
        opened = self._monotonic()
        next_ping = opened + rules.ping_interval_s
        notice = opened + config.connection_life_s - config.notice_before_end_s
        end = opened + config.connection_life_s
        while True:
            silent = self._answered + rules.pong_timeout_s
            due = min(next_ping, silent, end, end if self._shutdown_announced else notice)
            await asyncio.sleep(max(0.0, due - self._monotonic()))
            await self._until_thawed()
            now = self._monotonic()
            if now >= notice:
                self.announce_shutdown()  # also where the process stood still until the end
            if now >= end:
                await self.close(WSCloseCode.GOING_AWAY, "End of life")
                return
            if now >= self._answered + rules.pong_timeout_s:
                await self.close(WSCloseCode.POLICY_VIOLATION, "Pong timeout")
                return
            if now >= next_ping:
                next_ping = now + rules.ping_interval_s
                payload = str(self._now_ms()).encode()
                self._pings[payload] = None
                with contextlib.suppress(ConnectionError):
                    await self._socket.ping(payload)

    def announce_shutdown(self) -> None:
        """Send `serverShutdown`, once."""
        if not self._shutdown_announced:
            self._shutdown_announced = True
            payload = wire.server_shutdown_payload(self._now_ms())
            self.write(
                text_frame(wire.combined(SHUTDOWN_STREAM, payload) if self.session.combined else payload)
            )

    def backlog_bytes(self) -> int:
        """Return how many bytes the client has not taken yet."""
        return self._transport.get_write_buffer_size()

    def write(self, frames: bytes) -> None:
        """Write whole frames, or disconnect a client that has stopped to read."""
        if self._transport.is_closing() or self._socket.closed or not self._thawed.is_set():
            return
        self._transport.write(frames)
        if self.backlog_bytes() > self._config.client_backlog_bytes:
            log.warning("client does not read, disconnected", backlog_bytes=self.backlog_bytes())
            self.cut()

    async def close(self, code: int, reason: str) -> None:
        """Close with a code and a reason, as the exchange does; return when the connection is closed."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))
        await asyncio.shield(self._closing)

    async def _close(self, code: int, reason: str) -> None:
        if not self._thawed.is_set():
            self.cut()
            return
        await self._socket.close(code=code, message=reason.encode(), drain=False)
        if self.backlog_bytes():
            self.cut()

    def cut(self) -> None:
        """Drop the connection without a word, as a broken network does."""
        self._transport.abort()
