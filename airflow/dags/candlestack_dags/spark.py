"""A Spark job as a task: the one place that says how the jobs are started."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from airflow.sdk import Context

from candlestack_dags.programs import ProgramOperator

POOL = "spark"
"""A pool with one slot, which `airflow/set_up.py` makes: the memory of the machine is meant for one job at a time."""


def spark_task(
    task_id: str,
    job: str,
    arguments: Callable[[Context], Sequence[str]],
    *,
    timeout: timedelta,
    settle: timedelta = timedelta(0),
) -> ProgramOperator:
    """Return a task that runs one of the programs in `Spark/batch`, in the mode that `SPARK_MASTER` names."""
    return ProgramOperator(
        task_id=task_id,
        program=f"Spark/batch/{job}.py",
        arguments=arguments,
        pool=POOL,
        execution_timeout=timeout,
        settle=settle,
    )
