"""Spark for a stream that runs for months: the Kafka connector on its class path, and nothing that grows."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyspark import SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from candlestack_core.settings import BadSettingError, RankingSettings, SparkSettings, variable_name
from candlestack_spark.session import configuration

_END_S: Final = 5.0
_JAVA_OPTIONS: Final = "spark.driver.extraJavaOptions"
_CONNECTOR: Final = "spark-sql-kafka-*.jar"
# What Spark remembers of jobs that are done is for a page that is not served.
_SMALL: Final = {
    "spark.ui.retainedJobs": "5",
    "spark.ui.retainedStages": "5",
    "spark.ui.retainedTasks": "20",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.sql.streaming.ui.enabled": "false",
    "spark.sql.streaming.numRecentProgressUpdates": "2",
    "spark.sql.streaming.minBatchesToRetain": "10",
    "spark.sql.session.timeZone": "UTC",
}


@contextmanager
def streaming_session(spark: SparkSettings, ranking: RankingSettings, name: str) -> Iterator[SparkSession]:
    """Give a session that can read Kafka; it stops at the end.

    Raises:
        BadSettingError: the connector's jars are not where they are said to be.
    """
    settings = configuration(spark, name, ranking.ranking_driver_memory)
    for key, value in _SMALL.items():
        settings.set(key, value)
    if settings.contains(_JAVA_OPTIONS):
        # Whoever supervises this process starts it again: better than one that lives on half.
        options = f"{settings.get(_JAVA_OPTIONS)} -XX:+ExitOnOutOfMemoryError"
        settings.set(_JAVA_OPTIONS, options)
    if spark.spark_jars:
        if not any(Path(spark.spark_jars).glob(_CONNECTOR)):
            raise BadSettingError(
                variable_name(SparkSettings, "spark_jars"), f"no {_CONNECTOR} in {spark.spark_jars}"
            )
        settings.set("spark.driver.extraClassPath", f"{spark.spark_jars}/*")
    interrupted = signal.getsignal(signal.SIGINT)
    # In a session of its own: a signal to this process's group ends the stream in order, not the Java machine
    # under it. That one ends with this process in any case: its standard input closes.
    gateway = launch_gateway(settings, {"start_new_session": True})  # type: ignore[no-untyped-call]
    context = SparkContext(gateway=gateway, conf=settings)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupted)  # PySpark has put its own in the place
    # What ends a query is told by whoever starts it again, in one line and not with the stack of the Java machine.
    context.setLogLevel("FATAL")
    try:
        yield SparkSession(context)
    finally:
        context.stop()
        gateway.shutdown()
        if gateway.proc is not None:
            _end(gateway.proc)


def _end(java: subprocess.Popen[bytes]) -> None:
    """End the Java machine as the end of this process would, and wait for it."""
    if java.stdin is not None:
        java.stdin.close()
    try:
        java.wait(_END_S)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()
