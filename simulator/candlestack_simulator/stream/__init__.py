"""The WebSocket half of the exchange: commands, connections, and the pump that feeds them."""
