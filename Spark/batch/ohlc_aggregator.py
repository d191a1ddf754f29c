"""Roll up 1m candles to every longer interval, on one Spark.

`python Spark/batch/ohlc_aggregator.py [--start T] [--end T] [--symbols A,B]`
"""

from candlestack_spark.rollups.job import main

if __name__ == "__main__":
    main()
