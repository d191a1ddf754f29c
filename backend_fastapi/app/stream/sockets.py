"""What the sockets of all channels have in common: the query, the admission, and the end."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError

from app.problems import ApiError, BadQueryError, bad_parameters
from app.services import services_of
from app.stream.channel import AnyChannel, SocketQuery
from app.stream.connection import connection_of
from app.stream.messages import CloseCode


def router_of(channels: Iterable[AnyChannel]) -> APIRouter:
    """Return the sockets of some channels."""
    router = APIRouter()
    for channel in channels:
        router.add_api_websocket_route(channel.path, _endpoint(channel))
    return router


def _endpoint(channel: AnyChannel) -> Callable[[WebSocket], Awaitable[None]]:
    async def endpoint(websocket: WebSocket) -> None:
        await serve(websocket, channel)

    return endpoint


async def serve(websocket: WebSocket, channel: AnyChannel) -> None:
    """Serve one client of a channel until it leaves or is sent away."""
    # Accepted first: before that a browser would be told neither code nor reason.
    await websocket.accept()
    connection = connection_of(websocket)
    services = services_of(websocket)
    hub = services.hub
    if hub.clients() >= services.max_sockets:
        connection.end(CloseCode.BUSY, f"{services.max_sockets} clients are connected; come back later")
        return
    try:
        subject = _query(websocket, channel).subject()
        await services.symbols.require(subject.symbol, subject.market)
    except ApiError as error:
        connection.end(error.close_code, error.detail)
        return
    client = channel.new_client(subject, connection, _clock_ms)
    connection.on_writable = client.flush
    with hub.joined(client):
        message = await websocket.receive()
        if message["type"] == "websocket.receive":
            client.end(CloseCode.BAD_REQUEST, "this socket takes no messages")


def _query(websocket: WebSocket, channel: AnyChannel) -> SocketQuery:
    try:
        return channel.query.model_validate(dict(websocket.query_params))
    except ValidationError as error:
        raise BadQueryError(bad_parameters(error)) from None


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000
