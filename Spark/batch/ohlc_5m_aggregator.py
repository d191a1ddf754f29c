"""Roll up 1m candles to 5m: `python Spark/batch/ohlc_5m_aggregator.py [--start T] [--end T] [--symbols A,B]`."""

from candlestack_core.intervals import Interval
from candlestack_spark.rollups.job import main

if __name__ == "__main__":
    main((Interval.M5,))
