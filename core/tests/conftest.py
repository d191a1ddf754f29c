"""What the tests of core share: recordings, and Python programs as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

Start = Callable[[str, Mapping[str, str]], subprocess.Popen[str]]
Run = Callable[[str, Mapping[str, str]], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded exchange data; the test is skipped where there is none."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("CANDLESTACK_RECORDINGS", default))
    if not folder.is_dir():
        pytest.skip(f"no recorded data in {folder}; CANDLESTACK_RECORDINGS names its folder")
    return folder


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a Python program in an environment that holds only what is named; killed at the end of the test."""
    started: list[subprocess.Popen[str]] = []

    def start(program: str, variables: Mapping[str, str]) -> subprocess.Popen[str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ
        }
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**kept, "CANDLESTACK_ENV_FILE": os.devnull, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def run(start: Start) -> Run:
    """Run a Python program to its end, at most 4 minutes."""

    def run(program: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        process = start(program, variables)
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(program, process.returncode, out, err)

    return run
