"""Fetch history into the lake and the store: `python Spark/batch/history_backfill.py [--start T | --months N] ...`."""

from candlestack_spark.history.job import main

if __name__ == "__main__":
    main()
