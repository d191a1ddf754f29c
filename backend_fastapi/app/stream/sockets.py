"""The sockets: a path for each channel, that of all channels, and what they have in common."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError

from app.problems import ApiError, BadQueryError, bad_parameters
from app.services import Services, services_of
from app.stream.admission import NoRoomError
from app.stream.channel import AnyChannel, SocketQuery
from app.stream.connection import HubConnection, connection_of
from app.stream.messages import CloseCode
from app.stream.session import Session
from candlestack_core import metrics

ALL_CHANNELS = "/ws"
Serve = Callable[[WebSocket, HubConnection, Services], Awaitable[None]]


def router_of(channels: Iterable[AnyChannel]) -> APIRouter:
    """Return the socket of each of some channels, and that of all."""
    router = APIRouter()
    for channel in channels:
        router.add_api_websocket_route(channel.path, admitting(_serving(channel)))
    router.add_api_websocket_route(ALL_CHANNELS, admitting(serve_session))
    return router


def admitting(serve: Serve) -> Callable[[WebSocket], Awaitable[None]]:
    """Return an endpoint that serves a client where there is room for it."""

    async def endpoint(websocket: WebSocket) -> None:
        # Accepted first: before that a browser would be told neither code nor reason.
        await websocket.accept()
        connection, services = connection_of(websocket), services_of(websocket)
        try:
            with services.admission.admitted(_address(websocket)):
                await serve(websocket, connection, services)
        except NoRoomError as error:
            connection.end(CloseCode.BUSY, str(error))

    return endpoint


def _serving(channel: AnyChannel) -> Serve:
    async def serve(websocket: WebSocket, connection: HubConnection, services: Services) -> None:
        await serve_subject(websocket, connection, services, channel)

    return serve


async def serve_subject(
    websocket: WebSocket, connection: HubConnection, services: Services, channel: AnyChannel
) -> None:
    """Serve a client of one subject on one channel, until it leaves or is sent away."""
    try:
        subject = _query(websocket, channel).subject()
        await services.symbols.require(subject.symbol, subject.market)
    except ApiError as error:
        connection.end(error.close_code, error.detail)
        return
    client = channel.new_client(subject, connection, clock_ms)
    connection.on_writable = client.flush
    with services.hub.joined(client):
        message = await websocket.receive()
        if message["type"] == "websocket.receive":
            client.end(CloseCode.BAD_REQUEST, "this socket takes no messages")


async def serve_session(websocket: WebSocket, connection: HubConnection, services: Services) -> None:
    """Serve a client of many subscriptions, until it leaves or is sent away."""
    if websocket.query_params:
        connection.end(CloseCode.BAD_REQUEST, "this socket takes no query, but messages")
        return
    session = Session(
        connection,
        services,
        clock_ms,
        most_subscriptions=services.sockets.api_max_subscriptions,
        heartbeat_s=services.sockets.api_heartbeat_s,
    )
    connection.on_writable = session.flush
    open_sockets = metrics.SOCKETS_OPEN.labels(channel="all")
    open_sockets.inc()
    try:
        while (message := await websocket.receive())["type"] == "websocket.receive":
            # Whoever does not read its answers is asked nothing more.
            await connection.drained()
            await session.take(message.get("text") or message.get("bytes") or b"")
    finally:
        session.close()
        open_sockets.dec()


def clock_ms() -> int:
    """Return the time in epoch ms."""
    return time.time_ns() // 1_000_000


def _query(websocket: WebSocket, channel: AnyChannel) -> SocketQuery:
    try:
        return channel.query.model_validate(dict(websocket.query_params))
    except ValidationError as error:
        raise BadQueryError(bad_parameters(error)) from None


def _address(websocket: WebSocket) -> str:
    return "" if websocket.client is None else websocket.client.host
