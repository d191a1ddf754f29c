"""TradingView's UDF: what its charting library asks a server for."""
