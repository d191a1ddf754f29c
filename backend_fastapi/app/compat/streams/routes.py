"""The addresses of Binance's streams: `/binance` stands where `wss://stream.binance.com:9443` stands."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, WebSocket

from app.compat.binance.parameters import MILLISECOND
from app.compat.streams.commands import CommandError
from app.compat.streams.names import listed
from app.compat.streams.session import StreamSession
from app.problems import ApiError
from app.services import Services
from app.stream.connection import HubConnection
from app.stream.messages import CloseCode
from app.stream.sockets import admitting, clock_ms
from candlestack_core import metrics

PREFIX: Final = "/binance"

router = APIRouter(prefix=PREFIX)


async def _serve_raw(websocket: WebSocket, connection: HubConnection, services: Services) -> None:
    await _serve(websocket, connection, services, websocket.path_params.get("streams", ""), combined=False)


async def _serve_combined(websocket: WebSocket, connection: HubConnection, services: Services) -> None:
    streams = websocket.query_params.get("streams", "")
    await _serve(websocket, connection, services, streams, combined=True)


async def _serve(
    websocket: WebSocket, connection: HubConnection, services: Services, streams: str, *, combined: bool
) -> None:
    """Serve a client until it leaves or is sent away."""
    unit = websocket.query_params.get("timeUnit", MILLISECOND)
    if unit.upper() != MILLISECOND:
        connection.end(CloseCode.BAD_REQUEST, f"timeUnit: times are known to the {MILLISECOND} only")
        return
    most = services.sockets.api_max_subscriptions
    session = StreamSession(connection, services, clock_ms, combined=combined, most_streams=most)
    connection.on_writable = session.flush
    open_sockets = metrics.SOCKETS_OPEN.labels(channel="binance")
    open_sockets.inc()
    try:
        await session.subscribe(listed(streams))
        while (message := await websocket.receive())["type"] == "websocket.receive":
            # Whoever does not read its answers is asked nothing more.
            await connection.drained()
            await session.take(message.get("text") or message.get("bytes") or b"")
    except ApiError as error:
        connection.end(error.close_code, error.detail)
    except CommandError as error:
        connection.end(CloseCode.TOO_MANY, error.message)
    finally:
        session.close()
        open_sockets.dec()


for _path in ("/ws", "/ws/{streams:path}"):
    router.add_api_websocket_route(_path, admitting(_serve_raw))
router.add_api_websocket_route("/stream", admitting(_serve_combined))
