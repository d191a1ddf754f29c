"""Spark itself: one context for a job, on this machine or wherever spark-submit started it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from types import TracebackType
from typing import TypeVar

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext

from candlestack_core.settings import SparkSettings
from candlestack_spark.process import JobError

_Unit = TypeVar("_Unit")
_Result = TypeVar("_Result")


class SparkError(JobError):
    """A task failed, or Spark itself; the text is what the task said."""


_SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""Set by spark-submit: it has started the Java machine, with its own master and memory."""


class Spark:
    """Spark for the length of a `with`: it starts when it is first needed, and stops at the end.

    Where the process has one already, that one is used and left running.
    """

    def __init__(self, settings: SparkSettings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._context: SparkContext | None = None
        self._own = False

    def __enter__(self) -> Spark:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._context is not None and self._own:
            self._context.stop()

    @property
    def parallelism(self) -> int:
        """How many tasks run at once."""
        return self._started().defaultParallelism

    def each(
        self, units: Sequence[_Unit], work: Callable[[Iterable[_Unit]], Iterable[_Result]], tasks: int
    ) -> list[_Result]:
        """Return what a function makes of all units, dealt out to so many tasks.

        Raises:
            SparkError: a task failed, or Spark did.
        """
        try:
            return self._started().parallelize(units, min(len(units), tasks)).mapPartitions(work).collect()
        except Py4JError as error:
            raise SparkError(_said(str(error))) from error

    def _started(self) -> SparkContext:
        if self._context is None:
            self._own = SparkContext._active_spark_context is None
            self._context = SparkContext.getOrCreate(
                configuration(self._settings, self._name, self._settings.spark_driver_memory)
            )
        return self._context


def configuration(settings: SparkSettings, name: str, memory: str) -> SparkConf:
    """Return how Spark is to be started; left to spark-submit where that has started it already."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setAppName(name)
    if _SUBMITTED not in os.environ:
        configuration.setMaster(settings.spark_master)
        for key, value in _LOCAL.items():
            configuration.set(key, value)
        configuration.set("spark.driver.memory", memory)
        configuration.set("spark.driver.extraJavaOptions", _java_options())
    return configuration


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


_TOLD = re.compile(r"^([\w.]+: .*)\n\s*at ", re.MULTILINE)
"""The last line of the traceback of a task, after which the stack of the Java machine begins."""


def _said(text: str) -> str:
    told = _TOLD.search(text)
    return told.group(1) if told else next((line for line in text.splitlines() if line), "Spark failed")
