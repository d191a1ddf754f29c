"""The socket of the candles."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from app.stream.clients import KlineClient
from app.stream.sockets import serve

router = APIRouter()


@router.websocket("/ws/kline")
async def kline(websocket: WebSocket) -> None:
    """Send the newest 1m candles of a pair, then every change."""
    await serve(websocket, KlineClient)
