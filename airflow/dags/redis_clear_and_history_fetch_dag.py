"""The realtime store kept clean, and the holes of the newest history filled."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Context, CronDataIntervalTimetable

from candlestack_dags import parameters
from candlestack_dags.programs import ProgramOperator
from candlestack_dags.spark import spark_task
from candlestack_dags.window import symbols_arguments

DOC = """
### Redis and the newest history

Fills the holes of 1m history by REST, within the weight budget, and the realtime window from it; then removes from
Redis the candles that have left the window, and the keys of pairs that the platform does not follow. What readers see
is never empty meanwhile, and run twice the second run changes nothing.

Then rolls up, over all intervals at once, what is due by the data: candles that were filled, came late or were restated
reach their parents within the hour, and a day need not end for that. Where nothing is due, no Spark is started.
"""

with DAG(
    "redis_clear_and_history_fetch_dag",
    description="Fills holes of the newest 1m history, and clears what has expired from Redis",
    doc_md=DOC,
    schedule=CronDataIntervalTimetable("17 * * * *", timezone="UTC"),
    start_date=parameters.EPOCH,
    catchup=False,
    max_active_runs=1,
    tags=["history", "redis"],
    default_args=parameters.TASK_DEFAULTS,
    params={
        "symbols": parameters.symbols(),
        "hours": parameters.count("Hours", "How far back holes are filled; none: BACKFILL_HOURS", 168),
    },
):

    def arguments(context: Context) -> list[str]:
        params = context["params"]
        hours = [f"--hours={params['hours']}"] if params["hours"] else []
        return [*hours, *symbols_arguments(params)]

    clear_and_fetch = ProgramOperator(
        task_id="clear_and_fetch",
        program="Kafka/history_fetch.py",
        arguments=arguments,
        execution_timeout=timedelta(minutes=30),
    )
    # Of all pairs, whichever were fetched: only such a run notes how far it has come.
    clear_and_fetch >> spark_task(
        "roll_up_due", "ohlc_aggregator", lambda _: [], timeout=timedelta(minutes=30)
    )
