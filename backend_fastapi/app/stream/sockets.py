"""What the sockets of both channels have in common: the query, the admission, and the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import WebSocket
from pydantic import BaseModel, ConfigDict, ValidationError

from app.problems import ApiError, BadQueryError, bad_parameters
from app.services import services_of
from app.stream.connection import HubConnection, connection_of
from app.stream.hub import AnyClient
from app.stream.messages import CloseCode
from app.symbols.schemas import SymbolParameter

MakeClient = Callable[[str, HubConnection, Callable[[], int]], AnyClient]


class SocketQuery(BaseModel):
    """The query of every socket."""

    model_config = ConfigDict(extra="forbid")

    symbol: SymbolParameter


async def serve(websocket: WebSocket, make_client: MakeClient) -> None:
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
        query = _query(websocket)
        await services.symbols.require(query.symbol)
    except ApiError as error:
        connection.end(error.close_code, error.detail)
        return
    client = make_client(query.symbol, connection, _clock_ms)
    connection.on_writable = client.flush
    with hub.joined(client):
        message = await websocket.receive()
        if message["type"] == "websocket.receive":
            client.end(CloseCode.BAD_REQUEST, "this socket takes no messages")


def _query(websocket: WebSocket) -> SocketQuery:
    try:
        return SocketQuery.model_validate(dict(websocket.query_params))
    except ValidationError as error:
        raise BadQueryError(bad_parameters(error)) from None


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000
