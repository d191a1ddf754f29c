"""What the tests of the DAGs share: Airflow's own interpreter, which alone can read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from candlestack_local.bootstrap.environment import AIRFLOW


@pytest.fixture(scope="session")
def airflow_python() -> Path:
    """The interpreter of Airflow's environment; skips where it is not installed."""
    if not AIRFLOW.is_current():
        pytest.skip(f"{AIRFLOW.folder.name} is not what its lock says; run: make install")
    return AIRFLOW.python
