"""Binance's spot market streams, as its clients ask for them: under `/binance/ws` and `/binance/stream`."""
