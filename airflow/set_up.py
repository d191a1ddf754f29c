"""Make Airflow's database be as its version wants it, and the pools be those that the DAGs name.

Run by Airflow's own interpreter before its processes start: `AIRFLOW_HOME=... .venv-airflow/bin/python
airflow/set_up.py`. What it has done it notes in that home, so that a start on a database that is as it should be
does not wait for Airflow to look.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

POOLS = {"spark": "One Spark job at a time: the memory of the machine is meant for one"}
"""Pools with one slot each; the DAGs take their names from `candlestack_dags`."""


def main() -> None:
    """Make or migrate the database, then the pools."""
    home = Path(os.environ["AIRFLOW_HOME"])
    note = home / ".set-up"
    wanted = f"{version('apache-airflow-core')} {sorted(POOLS)}"
    if note.exists() and note.read_text() == wanted and (home / "airflow.db").exists():
        sys.stdout.write("the database of Airflow is as it should be\n")
        return
    note.unlink(missing_ok=True)
    set_up()
    note.write_text(wanted)


def set_up() -> None:
    # Airflow takes seconds to import.
    from airflow.models.pool import Pool  # noqa: PLC0415
    from airflow.utils.db import initdb  # noqa: PLC0415

    initdb()
    for name, description in POOLS.items():
        Pool.create_or_update_pool(name, slots=1, description=description, include_deferred=False)


if __name__ == "__main__":
    main()
