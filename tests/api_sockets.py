"""The far end of the API's sockets, without a client's library where what it does is looked at."""

from __future__ import annotations

import base64
import io
import json
import os
import socket
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlencode

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from app.book.channel import OrderBookSnapshot, OrderBookUpdate
from app.candles.channel import KlineSnapshot, KlineUpdate
from app.stream.messages import CloseCode, Status
from app.trades.channel import TradesSnapshot, TradesUpdate
from waiting import PATIENCE_S

TEXT_FRAME = 0x81
SocketMessage = (
    KlineSnapshot | KlineUpdate | TradesSnapshot | TradesUpdate | OrderBookSnapshot | OrderBookUpdate | Status
)
_DECODERS: Mapping[tuple[str, str], msgspec.json.Decoder[SocketMessage]] = {
    ("kline", "snapshot"): msgspec.json.Decoder(KlineSnapshot),
    ("kline", "update"): msgspec.json.Decoder(KlineUpdate),
    ("trades", "snapshot"): msgspec.json.Decoder(TradesSnapshot),
    ("trades", "update"): msgspec.json.Decoder(TradesUpdate),
    ("orderbook", "snapshot"): msgspec.json.Decoder(OrderBookSnapshot),
    ("orderbook", "update"): msgspec.json.Decoder(OrderBookUpdate),
    ("status", "update"): msgspec.json.Decoder(Status),
}


def decode(text: str | bytes) -> SocketMessage:
    """Return a message of a socket; fail where it is not one that the contract names."""
    kind = json.loads(text)
    return _DECODERS[kind["channel"], kind["type"]].decode(text)


def closed_with(connection: ClientConnection) -> tuple[int, str]:
    """Receive until the server ends the connection; return its code and reason."""
    closed = None
    while closed is None:
        try:
            connection.recv(timeout=PATIENCE_S)
        except ConnectionClosed as error:
            closed = error
    assert closed.rcvd is not None, "no close frame came"
    return closed.rcvd.code, closed.rcvd.reason


class Line:
    """The far end of a client, which takes all; it is not ended unless it may be."""

    can_write = True

    def __init__(self, *, may_end: bool = False) -> None:
        self.texts: list[bytes] = []
        self.ended: list[CloseCode] = []
        self._may_end = may_end

    @property
    def messages(self) -> list[Any]:
        """What was written, decoded."""
        return [json.loads(text) for text in self.texts]

    def write(self, frames: bytes) -> None:
        self.texts += texts_of(frames)

    def end(self, code: CloseCode, reason: str) -> None:
        assert self._may_end, f"ended: {code} {reason}"
        self.ended.append(code)


def never_reading(port: int, path: str, symbol: str) -> socket.socket:
    """Open a WebSocket, and read nothing but the answer that it is open."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    upgrade(client, f"{path}?{urlencode({'symbol': symbol})}")
    return client


def upgrade(client: socket.socket, target: str) -> None:
    """Make a connection a WebSocket, and read nothing but the answer that it is one."""
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        (
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += client.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 ")


def frames(client: socket.socket) -> Iterator[SocketMessage]:
    """Read the messages of a WebSocket that was not read before."""
    with client.makefile("rb") as stream:
        yield from map(decode, _texts(stream))


def texts_of(written: bytes) -> list[bytes]:
    """Return the texts of whole frames."""
    return list(_texts(io.BytesIO(written)))


def _texts(stream: BinaryIO) -> Iterator[bytes]:
    while start := stream.read(2):
        head, short = start
        length = int.from_bytes(stream.read({126: 2, 127: 8}[short])) if short > 125 else short
        payload = stream.read(length)
        if head == TEXT_FRAME:
            yield payload
