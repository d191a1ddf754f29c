"""Binance, spot: wire formats, REST, WebSocket connections."""
