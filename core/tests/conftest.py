"""What the tests of core share: recordings, and a checkout of their own for programs that read `.env`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded exchange data; the test is skipped where there is none."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("CANDLESTACK_RECORDINGS", default))
    if not folder.is_dir():
        pytest.skip(f"no recorded data in {folder}; CANDLESTACK_RECORDINGS names its folder")
    return folder


@dataclass(frozen=True)
class Checkout:
    """A copy of core in a folder of its own, so that its `.env` is nobody else's."""

    root: Path

    @property
    def env_file(self) -> Path:
        return self.root / ".env"

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return an environment that holds these variables, and the copy before the installed core."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PYTHONPATH": str(self.root / "core"), **variables}

    def popen(self, program: str, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a Python program on the copy."""
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=self.root,
            env=self.environment(variables or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, program: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a Python program on the copy to its end, at most 30 s."""
        process = self.popen(program, variables)
        try:
            out, err = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(program, process.returncode, out, err)


@pytest.fixture(scope="session")
def shared_checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of core without a `.env`, shared by the whole run; only read it."""
    return _copy(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of core whose `.env` the test may write."""
    return _copy(tmp_path)


def _copy(root: Path) -> Checkout:
    shutil.copytree(
        REPOSITORY / "core" / "candlestack_core",
        root / "core" / "candlestack_core",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return Checkout(root)
