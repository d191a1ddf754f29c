"""What the tests of every folder share."""

from __future__ import annotations

import os
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# How long an example takes says something about the machine, nothing about the rule.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# A developer's own .env must not decide whether a test passes.
os.environ["CANDLESTACK_ENV_FILE"] = os.devnull

pytest_plugins = ["candlestack_local.servers.pytest_plugin"]


WHOLE_FOLDERS = (
    "tests/dashboard",
    "Spark/tests/jobs",
    "clients/python/tests",
    "backend_fastapi/tests",
    "simulator/tests/replay",
)
"""Folders whose tests share what takes long to start or to load: they stay together."""
LONGEST_FIRST = (
    *WHOLE_FOLDERS,
    "tests/end_to_end",
    "Spark/tests/ranking",
    "airflow/tests/test_scheduler.py",
    "deploy/local",
    "Kafka",
)


class FolderScheduling(LoadScopeScheduling):
    """Gives the tests of a file, or of a folder that stays together, to one process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = str(Path(file).parent)
        return folder if folder in WHOLE_FOLDERS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling:
    """Deal the tests out where several processes share them."""
    return FolderScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, begin with what takes longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how long the tests of each folder took, added up over all processes, and what they may take.

    A budget that is overrun is said and fails nothing: the time is the machine's as much as the tests'.
    """
    settings_file = tomllib.loads((config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))
    budgets: dict[str, int] = settings_file["tool"]["candlestack"]["test-budgets-s"]
    took: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took[_folder(report.nodeid)] += report.duration
    terminalreporter.section("seconds of each folder, and its budget")
    for folder in sorted(took.keys() & budgets.keys()):
        over = "  over its budget" if took[folder] > budgets[folder] else ""
        terminalreporter.write_line(f"{folder:<24}{took[folder]:7.0f}{budgets[folder]:7d}{over}")


def _rank(item: pytest.Item) -> int:
    """Return the place of a test's folder or file among those that take longest."""
    starts = (rank for rank, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))
    return next(starts, len(LONGEST_FIRST))


def _folder(nodeid: str) -> str:
    """Return the folder that a test's time counts for: one of `tests`, or the member whose tests lie in it."""
    parts = Path(nodeid.partition("::")[0]).parts
    return "/".join(parts[: 2 if parts[0] in ("tests", "deploy") else 1])
