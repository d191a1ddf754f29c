"""A batch job as a process: its exit codes, its one line of trouble, its end by SIGTERM."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from pymongo.errors import PyMongoError

from candlestack_core.logging import configure_logging
from candlestack_core.settings import BadSettingError, ServiceSettings, load
from candlestack_spark.arguments import BadArgumentError

LONGEST_REASON = 500
TERMINATED = 143
"""128 and the number of SIGTERM, as a shell has it."""


class JobError(Exception):
    """The job cannot do what it is there for; the text says why."""


def run_job(service: str, job: Callable[[], str | None]) -> NoReturn:
    """Run a job to its end and end the process; the job returns what is not as it should be, None where all is.

    Exit code 0: all is as it should be; 1: it is not, or the job failed; 2: an argument or a setting cannot be
    used, and nothing was done. stderr has one line for each failure.
    """
    settings = load(ServiceSettings)
    configure_logging(service, settings.log_level, settings.log_format)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        fault = job()
    except BadArgumentError as error:
        _say(f"candlestack: {error}")
        raise SystemExit(2) from None
    except BadSettingError as error:
        _say(str(error))
        raise SystemExit(2) from None
    except PyMongoError as error:
        _say(f"candlestack: MongoDB: {error}")
        raise SystemExit(1) from None
    except JobError as error:
        _say(f"candlestack: {error}")
        raise SystemExit(1) from None
    if fault is not None:
        _say(f"candlestack: {fault}")
    raise SystemExit(0 if fault is None else 1)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)


def _say(words: str) -> None:
    sys.stderr.write(f"{words[:LONGEST_REASON]}\n")
