"""Spark itself: one context for a job, on this machine or wherever spark-submit started it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext

from candlestack_core.settings import SparkSettings
from candlestack_spark.process import JobError


class SparkError(JobError):
    """A task failed, or Spark itself; the text is what the task said."""


_SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""Set by spark-submit: it has started the Java machine, with its own master and memory."""


@contextmanager
def spark_context(settings: SparkSettings, name: str) -> Iterator[SparkContext]:
    """Start Spark, or join the one that spark-submit has started, and stop it afterwards."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setAppName(name)
    if _SUBMITTED not in os.environ:
        configuration.setMaster(settings.spark_master)
        for key, value in _LOCAL.items():
            configuration.set(key, value)
        configuration.set("spark.driver.memory", settings.spark_driver_memory)
        configuration.set("spark.driver.extraJavaOptions", _java_options())
    context = SparkContext.getOrCreate(configuration)
    try:
        yield context
    finally:
        context.stop()


_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # A task that fails has met what another attempt would meet too, or MongoDB is away for longer.
    "spark.task.maxFailures": "1",
}


def _java_options() -> str:
    """Return options of a Java machine that only hands out tasks: small, quick to start, quiet."""
    logging = resources.files(__package__).joinpath("log4j2.properties")
    return f"-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile=file:{logging}"


@contextmanager
def told_by_spark() -> Iterator[None]:
    """Raise what a task said instead of the traceback of the Java machine around it.

    Raises:
        SparkError: a task failed, or Spark did.
    """
    try:
        yield
    except Py4JError as error:
        raise SparkError(_said(str(error))) from error


_TOLD = re.compile(r"^([\w.]+: .*)\n\s*at ", re.MULTILINE)
"""The last line of the traceback of a task, after which the stack of the Java machine begins."""


def _said(text: str) -> str:
    told = _TOLD.search(text)
    return told.group(1) if told else next((line for line in text.splitlines() if line), "Spark failed")
