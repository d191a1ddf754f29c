"""Roll up 1m candles to 1d: `python Spark/batch/ohlc_1d_aggregator.py [--start T] [--end T] [--symbols A,B]`."""

from candlestack_core.intervals import Interval
from candlestack_spark.rollups.job import main

if __name__ == "__main__":
    main((Interval.D1,))
