"""The lake: all candles as Parquet, one file for each interval, pair and month."""
