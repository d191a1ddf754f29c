"""Every dependency is declared with the reason for it, in the member that uses it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from house.tracked_files import ROOT, report

STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')


def declared(text: str) -> set[str]:
    """Return every requirement that a pyproject.toml declares, but the members of this workspace."""
    project = tomllib.loads(text)
    lists = [
        project.get("project", {}).get("dependencies", []),
        *project.get("project", {}).get("optional-dependencies", {}).values(),
        *project.get("dependency-groups", {}).values(),
    ]
    requirements = {requirement for listed in lists for requirement in listed if isinstance(requirement, str)}
    return {requirement for requirement in requirements if not requirement.startswith("candlestack-")}


def without_reason(text: str) -> Iterator[str]:
    """Yield the requirements on whose lines no comment says what they are for.

    Stubs (`types-x`) say it by their name.
    """
    explained = set()
    for line in text.splitlines():
        strings = STRINGS.findall(line)
        if re.search(r"#\s*\w", STRINGS.sub("", line)):
            explained |= {string[1:-1] for string in strings}
    yield from sorted(
        requirement
        for requirement in declared(text)
        if requirement not in explained and not requirement.startswith("types-")
    )


def test_every_dependency_of_every_member_has_its_reason() -> None:
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"][
        "workspace"
    ]
    findings = []
    for member in (".", *workspace["members"], "airflow"):
        text = (ROOT / member / "pyproject.toml").read_text(encoding="utf-8")
        assert declared(text), f"{member} declares nothing: is it read rightly?"
        findings += [f"{member}/pyproject.toml: {requirement}" for requirement in without_reason(text)]
    assert not findings, report(findings)


def test_a_dependency_without_a_reason_is_found_wherever_it_is_declared() -> None:
    text = """
[project]
dependencies = [
    "candlestack-core",
    "aiohttp>=3; python_version > '3'", # REST and WebSocket server
    "numpy>=2",
    "redis>=8", #
]
[project.optional-dependencies]
one = ["lz4>=4"] # compression
two = ["snappy>=1"]
[dependency-groups]
dev = [
    "ruff>=0.17", # formatting
    "pytest>=9",
    "types-psutil",
]
"""
    assert list(without_reason(text)) == ["numpy>=2", "pytest>=9", "redis>=8", "snappy>=1"]


def test_a_hash_inside_a_requirement_is_no_reason() -> None:
    assert list(without_reason('[project]\ndependencies = ["thing @ file:thing#egg=thing"]')) == [
        "thing @ file:thing#egg=thing"
    ]
