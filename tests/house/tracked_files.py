"""The files that the house checks read: what git tracks, and nothing that only lies about."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[PurePosixPath, ...]:
    """Return the tracked files that are there, relative to the root; skips the test outside of a checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip(f"git lists no files here: {listing.stderr.strip()}")
    paths = (PurePosixPath(name) for name in listing.stdout.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


@cache
def text_of(path: PurePosixPath) -> str | None:
    """Return the text of a tracked file; None for one that is no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def python_files() -> list[tuple[PurePosixPath, str]]:
    """Return every tracked Python file with its text."""
    return [
        (path, text) for path in tracked() if path.suffix == ".py" and (text := text_of(path)) is not None
    ]


def serves_tests(path: PurePosixPath) -> bool:
    """Tell whether a file is no part of the product: it looks at it from outside, as its users do."""
    return bool({"tests", "benchmarks"} & set(path.parts)) or path.name == "conftest.py"


def report(findings: list[str]) -> str:
    """Return findings one a line, for the message of a failed assertion."""
    return "\n" + "\n".join(findings)
