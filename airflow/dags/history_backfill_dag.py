"""Bulk history from the exchange's monthly archives, started by hand."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Context, Param

from candlestack_dags import parameters
from candlestack_dags.spark import spark_task
from candlestack_dags.window import window_arguments

DOC = """
### Bulk history

Reads the exchange's monthly archives of 1m candles, each held to its checksum, and REST for the months that have none
yet, into the lake; rolls up from there, and fills MongoDB with the newest days of 1m and all of the longer candles.

A run that was ended half way goes on where it was: months that are in the lake are not fetched again.
"""

with DAG(
    "history_backfill_dag",
    description="Fetches months of history into the lake and the store",
    doc_md=DOC,
    schedule=None,
    start_date=parameters.EPOCH,
    catchup=False,
    max_active_runs=1,
    tags=["history", "spark"],
    default_args=parameters.TASK_DEFAULTS,
    params={
        "symbols": parameters.symbols(),
        "months": parameters.count(
            "Months", "Whole months before the present one; none: HISTORY_MONTHS", 240
        ),
        "start": parameters.time("Start", "UTC; none: so many months before the present one"),
        "end": parameters.time("End", "UTC; none: now"),
        "recheck": Param(
            False,
            type="boolean",
            title="Recheck",
            description="Fetch finished months again where the checksum of the archive has changed",
        ),
    },
):

    def arguments(context: Context) -> list[str]:
        params = context["params"]
        months = [f"--months={params['months']}"] if params["months"] else []
        recheck = ["--recheck"] if params["recheck"] else []
        return [*months, *recheck, *window_arguments(context["dag_run"], params)]

    spark_task("backfill_history", "history_backfill", arguments, timeout=timedelta(hours=12))
