"""Roll up 1m candles to 4h: `python Spark/batch/ohlc_4h_aggregator.py [--start T] [--end T] [--symbols A,B]`."""

from candlestack_core.intervals import Interval
from candlestack_spark.rollups.job import main

if __name__ == "__main__":
    main((Interval.H4,))
