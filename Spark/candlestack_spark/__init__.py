"""Roll-ups and bulk history of candles, distributed by Spark."""
