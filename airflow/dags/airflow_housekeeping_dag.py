"""Airflow's own records and logs kept within bounds."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, CronDataIntervalTimetable

from candlestack_dags import parameters
from candlestack_dags.programs import ProgramOperator

DOC = """
### Housekeeping

Forgets runs of DAGs, and the logs of their tasks, that are older than two weeks. Candles are not touched.
"""

with DAG(
    "airflow_housekeeping_dag",
    description="Forgets old runs and their logs",
    doc_md=DOC,
    schedule=CronDataIntervalTimetable("41 3 * * *", timezone="UTC"),
    start_date=parameters.EPOCH,
    catchup=False,
    max_active_runs=1,
    tags=["airflow"],
    default_args=parameters.TASK_DEFAULTS,
):
    ProgramOperator(
        task_id="forget",
        program="airflow/housekeeping.py",
        arguments=lambda _: [],
        interpreter=Path(sys.executable),
        execution_timeout=timedelta(minutes=30),
    )
