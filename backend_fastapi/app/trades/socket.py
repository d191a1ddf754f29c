"""The socket of the trades."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from app.stream.clients import TradesClient
from app.stream.sockets import serve

router = APIRouter()


@router.websocket("/ws/trades")
async def trades(websocket: WebSocket) -> None:
    """Send the newest trades of a pair, then all that follow."""
    await serve(websocket, TradesClient)
