"""The roll-ups of 1m candles: one DAG for each longer interval, a run when an interval has ended."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronDataIntervalTimetable

from candlestack_dags import parameters
from candlestack_dags.spark import spark_task
from candlestack_dags.window import window_arguments

SETTLE = timedelta(seconds=15)
"""From the end of an interval until its last minute is in the store, on a slow day."""

CRONS = {"5m": "*/5 * * * *", "1h": "0 * * * *", "4h": "0 */4 * * *", "1d": "0 0 * * *"}

DOC = """
### {interval} candles

Rolls 1m candles up into {interval} candles, by Spark, exactly, and writes what has changed.

- A **scheduled** run takes all that is due by the data: what was never rolled up, and the parents of late or restated
  candles. After an outage that is one run over everything since, and at the first start one over all there is.
- A **triggered** run does the same, or works on the window from *Start* to *End*.
- A run that is **cleared**, or of a backfill, works on its own data interval again.

Any of them run twice leaves the same rows.
"""

for interval, cron in CRONS.items():
    with DAG(
        f"ohlc_{interval}_spark_aggregator",
        description=f"Rolls 1m candles up into {interval} candles",
        doc_md=DOC.format(interval=interval),
        schedule=CronDataIntervalTimetable(cron, timezone="UTC"),
        start_date=parameters.EPOCH,
        catchup=False,
        max_active_runs=1,
        tags=["roll-up", "spark", interval],
        default_args=parameters.TASK_DEFAULTS,
        params={
            "symbols": parameters.symbols(),
            "start": parameters.time("Start", "UTC, on the begin of a candle; none: what is due"),
            "end": parameters.time("End", "UTC, on the begin of a candle, which is not rolled up itself"),
        },
    ):
        spark_task(
            f"roll_up_{interval}",
            f"ohlc_{interval}_aggregator",
            lambda context: window_arguments(context["dag_run"], context["params"]),
            timeout=timedelta(minutes=30),
            settle=SETTLE,
        )
