"""The candles of 5m, 1h, 4h and 1d, made from the 1m candles of the store."""
