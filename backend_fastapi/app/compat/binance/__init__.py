"""Binance's spot market data by REST, as its clients ask for it."""
