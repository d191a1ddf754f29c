"""What every DAG has, and the parameters that a person may give a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param

EPOCH = datetime(2017, 7, 1, tzinfo=UTC)
"""The begin of Binance's history: an interval before it is never scheduled, nor filled back."""

TASK_DEFAULTS: dict[str, Any] = {
    "owner": "candlestack",
    # 5 s, 10 s, 20 s and so on: what is over in a moment costs no more, and a store may be away for minutes.
    "retries": 6,
    "retry_delay": timedelta(seconds=5),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
}


def symbols() -> Param:
    """Return the parameter that names pairs."""
    return Param(
        [],
        type="array",
        items={"type": "string", "pattern": r"^\s*\w{2,40}\s*$"},
        title="Pairs",
        description="One a line, as BTCUSDT; none: all pairs of the platform",
    )


def time(title: str, description: str) -> Param:
    """Return a parameter that names a time, or none."""
    return Param(None, type=["null", "string"], format="date-time", title=title, description=description)


def count(title: str, description: str, largest: int) -> Param:
    """Return a parameter that names a number from 1 to `largest`, or none."""
    return Param(
        None, type=["null", "integer"], minimum=1, maximum=largest, title=title, description=description
    )
