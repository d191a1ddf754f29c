"""Which window of time a run works on: pure, from what Airflow says of the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol


class Run(Protocol):
    """What a window depends on, of Airflow's DAG run."""

    @property
    def run_type(self) -> str: ...
    @property
    def clear_number(self) -> int | None: ...
    @property
    def data_interval_start(self) -> datetime | None: ...
    @property
    def data_interval_end(self) -> datetime | None: ...


def window_arguments(run: Run, params: Mapping[str, Any]) -> list[str]:
    """Return `--start`, `--end` and `--symbols` as far as they are wanted.

    A window named in the parameters holds. A run of a backfill, and a scheduled one that was cleared, works on its
    own data interval again. Any other is given none, and its job takes all that is due: after an outage everything
    since, at the first start everything that there is, and always the parents of late and restated candles.
    """
    named = [argument for name in ("start", "end") for argument in _time_argument(name, params.get(name))]
    if not named and (run.run_type == "backfill" or (run.run_type == "scheduled" and run.clear_number)):
        interval = {"start": run.data_interval_start, "end": run.data_interval_end}
        named = [argument for name, time in interval.items() for argument in _time_argument(name, time)]
    return [*named, *symbols_arguments(params)]


def symbols_arguments(params: Mapping[str, Any]) -> list[str]:
    """Return `--symbols` for the pairs named in the parameters; nothing where none is: all pairs."""
    symbols = [symbol.strip().upper() for symbol in params.get("symbols") or () if symbol.strip()]
    return [f"--symbols={','.join(symbols)}"] if symbols else []


def _time_argument(name: str, time: str | datetime | None) -> list[str]:
    if not time:
        return []
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    in_utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return [f"--{name}={in_utc:%Y-%m-%dT%H:%M:%SZ}"]
