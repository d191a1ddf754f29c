"""One Spark for all jobs that run in the tests' own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from candlestack_core.settings import SparkSettings
from candlestack_spark.session import Spark


@pytest.fixture(scope="package")
def spark() -> Iterator[Spark]:
    """Spark, started once: jobs that run in this process use it and leave it running."""
    with Spark(SparkSettings(), "candlestack tests") as spark:
        assert spark.parallelism == 2
        yield spark
