"""Tell Prometheus of the batch jobs and of how fresh their candles are: `python Spark/batch/job_metrics.py`."""

from candlestack_spark.exporter.service import main

if __name__ == "__main__":
    main()
