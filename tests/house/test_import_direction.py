"""The direction of imports: every member is held to it, and a wrong import is really found."""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.tracked_files import ROOT, python_files, report, text_of, tracked

CONFIG = ROOT / ".importlinter"
LONGEST_ENTRY = 15


@pytest.fixture(scope="module")
def config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(CONFIG, encoding="utf-8")
    return parser


def words(config: configparser.ConfigParser, section: str, option: str) -> list[str]:
    return config[section][option].split()


def contracts(config: configparser.ConfigParser) -> Iterator[str]:
    return (section for section in config.sections() if section.startswith("importlinter:contract:"))


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the check on the packages of a folder."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(CONFIG), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def copy_packages(config: configparser.ConfigParser, folder: Path) -> None:
    for package in words(config, "importlinter", "root_packages"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        source = Path(next(iter(spec.submodule_search_locations)))
        shutil.copytree(source, folder / package, ignore=shutil.ignore_patterns("__pycache__"))


def test_every_wrong_import_breaks_its_contract(config: configparser.ConfigParser, tmp_path: Path) -> None:
    copy_packages(config, tmp_path)
    planted = []
    for section in contracts(config):
        assert config[section]["type"] == "forbidden", "say here how to break a contract of this type"
        module = words(config, section, "source_modules")[0]
        path = tmp_path.joinpath(*module.split("."))
        file = path / "planted.py" if path.is_dir() else path.with_suffix(".py")
        with file.open("a", encoding="utf-8") as source:
            source.writelines(f"\nimport {name}" for name in words(config, section, "forbidden_modules"))
        planted.append(config[section]["name"])
    linted = lint_imports(tmp_path)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    broken = re.findall(r"^(.+) BROKEN", linted.stdout, re.MULTILINE)
    assert sorted(broken) == sorted(planted)


def test_every_member_of_the_workspace_is_held_to_the_contracts(config: configparser.ConfigParser) -> None:
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"][
        "workspace"
    ]
    packages = set()
    for member in workspace["members"]:
        project = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))
        packages |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == set(words(config, "importlinter", "root_packages"))
    held = {
        module.split(".")[0]
        for section in contracts(config)
        for module in words(config, section, "source_modules")
    }
    assert held == packages


def shadowing(paths: Iterator[str]) -> list[str]:
    """Return the files that would make a folder of ours shadow the library of the same name."""
    return [path for path in paths if path in {"airflow/__init__.py", "redis/__init__.py"}]


def test_no_folder_shadows_the_library_of_the_same_name() -> None:
    assert shadowing(map(str, tracked())) == []
    assert shadowing(iter(["redis/__init__.py", "airflow/dags/a.py", "airflow/dags/__init__.py"])) == [
        "redis/__init__.py"
    ]


def code_lines(source: str) -> int:
    """Return how many lines of a module are neither blank nor comment."""
    return sum(1 for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def test_the_programs_in_kafka_only_start_what_stands_in_the_package() -> None:
    entries = [path for path, _ in python_files() if path.parts[0] == "Kafka" and len(path.parts) == 2]
    assert entries
    thick = [str(path) for path in entries if code_lines(text_of(path) or "") > LONGEST_ENTRY]
    assert not thick, report(thick)
    assert code_lines("# why\n\nx = 1\n" * 16) > LONGEST_ENTRY
