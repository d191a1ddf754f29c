"""The commands as a person types them: make's list, and one clear line for what cannot be had."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from candlestack_core.settings import REPOSITORY
from candlestack_local import startup
from candlestack_local.cli import app
from candlestack_local.programs import Group, Listener, Program
from candlestack_local.servers import LOOPBACK, PortTakenError, free_port, is_free
from candlestack_local.state import StateFolder
from candlestack_local.supervisor import SUPERVISED

_CANDLESTACK = Path(sys.executable).parent / "candlestack"
_BOOTSTRAP = REPOSITORY / "deploy" / "local" / "bootstrap.sh"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which the platform has a home and ports of its own."""
    return {
        **os.environ,
        "CANDLESTACK_HOME": str(tmp_path / "home"),
        "KAFKA_BOOTSTRAP": f"localhost:{free_port()}",
        "KAFKA_CONTROLLER_PORT": str(free_port()),
        "MONGO_URI": f"mongodb://localhost:{free_port()}",
        "REDIS_PORT": str(free_port()),
        "SIMULATOR_PORT": str(free_port()),
    }


def _run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(argument) for argument in arguments],
        env=environment,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _called(environment: dict[str, str], *arguments: str) -> Result:
    """Run a command of candlestack in this process, which need not import all of it anew."""
    return CliRunner().invoke(app, arguments, env=environment)


def test_make_alone_lists_every_target(environment: dict[str, str]) -> None:
    targets = re.findall(r"^\.PHONY: (\S+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    listed = _run(environment, "make").stdout
    assert len(targets) > 10
    for target in targets:
        assert re.search(rf"^  make {target} +\S", listed, re.MULTILINE), f"{target} is not listed"


def test_a_taken_port_is_named_with_its_holder_and_the_variable_that_moves_it(
    environment: dict[str, str],
) -> None:
    with socket.create_server((LOOPBACK, 0)) as holder:
        port = holder.getsockname()[1]
        done = _run({**environment, "REDIS_PORT": str(port)}, _CANDLESTACK, "up")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"port {port} (redis) is taken by" in done.stderr
    assert f"(pid {os.getpid()})" in done.stderr
    assert "REDIS_PORT=" in done.stderr


@pytest.mark.parametrize("own", [True, False])
def test_what_listens_once_its_port_is_looked_at_may_be_a_service_that_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, own: bool
) -> None:
    state, port = StateFolder(tmp_path, "market"), free_port()
    service = Program("service", Group.LIVE, None, ("true",), listeners=(Listener(port, "API_PORT"),))
    code = f"import socket; s = socket.create_server(('{LOOPBACK}', {port})); print(flush=True); input()"
    with ExitStack() as stack:

        def comes_back(looked_at: int) -> bool:
            listening = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", code],
                    env={**os.environ, SUPERVISED: str(state.run if own else tmp_path)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            assert listening.stdout is not None
            listening.stdout.readline()
            monkeypatch.setattr(startup, "is_free", is_free)
            return is_free(looked_at)

        monkeypatch.setattr(startup, "is_free", comes_back)
        refused: AbstractContextManager[object] = (
            nullcontext() if own else pytest.raises(PortTakenError, match="API_PORT=")
        )
        with refused:
            startup.check_ports([service], state)


def test_a_bad_setting_is_named_in_one_line_before_anything_starts(environment: dict[str, str]) -> None:
    done = _run({**environment, "REDIS_PORT": "many"}, _CANDLESTACK, "up")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "REDIS_PORT" in done.stderr
    assert not Path(environment["CANDLESTACK_HOME"]).exists()


def test_missing_java_is_said_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    environment.pop("JAVA_HOME", None)
    done = _run({**environment, "PATH": str(tmp_path)}, _CANDLESTACK, "up")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["candlestack: Java 17 or later is not installed; run: make deps"]


def test_an_older_java_is_said_to_be_too_old(environment: dict[str, str], tmp_path: Path) -> None:
    environment.pop("JAVA_HOME", None)
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    old.chmod(0o755)
    done = _run({**environment, "PATH": f"{tmp_path}:/bin"}, _CANDLESTACK, "up")
    assert done.returncode == 1
    assert "Java 17 or later is needed" in done.stderr
    assert "1.8.0_392" in done.stderr


def test_missing_system_packages_are_named_where_they_cannot_be_installed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # No apt-get on this PATH: nothing is installed, and no other package manager is guessed at.
    environment.pop("JAVA_HOME", None)
    module = "candlestack_local.bootstrap.dependencies"
    done = _run({**environment, "PATH": str(tmp_path)}, sys.executable, "-m", module)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Java 17 or later" in done.stderr


def test_a_python_that_is_too_old_is_said_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    old = tmp_path / "python3"
    old.write_text(f"#!{shell}\nexit 1\n")
    old.chmod(0o755)
    environment.pop("PYTHON", None)
    done = _run({**environment, "PATH": str(tmp_path)}, shell, _BOOTSTRAP, "dependencies")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Python 3.11 or later is needed" in done.stderr


def test_status_and_down_of_what_never_ran_say_so_and_change_nothing(environment: dict[str, str]) -> None:
    status = _called(environment, "status")
    assert status.exit_code == 0
    assert "not running" in status.stdout
    assert _called(environment, "down").exit_code == 0


def test_logs_of_an_unknown_service_name_the_known_ones(environment: dict[str, str]) -> None:
    done = _called(environment, "logs", "cassandra")
    assert done.exit_code == 1
    assert "cassandra" in done.stderr
    assert "redis-writer" in done.stderr


def test_clean_asks_before_it_forgets(environment: dict[str, str]) -> None:
    state = StateFolder(Path(environment["CANDLESTACK_HOME"]), "market")
    state.create()
    kept = state.data / "candles"
    kept.mkdir()
    assert _called(environment, "clean").exit_code == 1
    assert kept.exists()
    assert _called(environment, "clean", "--yes").exit_code == 0
    assert not state.home.exists()


def test_clean_removes_nothing_from_a_folder_that_make_up_did_not_make(environment: dict[str, str]) -> None:
    foreign = Path(environment["CANDLESTACK_HOME"]) / "data" / "photos"
    foreign.mkdir(parents=True)
    done = _called(environment, "clean", "--yes")
    assert done.exit_code == 1
    assert "was not made by make up" in done.stderr
    assert foreign.exists()
