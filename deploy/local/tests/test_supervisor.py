"""The supervisor: its configuration comes from the list of programs, and what it starts it also ends."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from candlestack_local import starter
from candlestack_local.configuration import Configuration
from candlestack_local.programs import Group, Program, programs
from candlestack_local.readiness import readiness
from candlestack_local.servers import ServerError
from candlestack_local.starter import FIRST_PAUSE_S, LONG_LIFE_S, Start, read, times, write
from candlestack_local.state import StateFolder
from candlestack_local.supervisor import ProcessState, Supervisor, supervised_processes
from candlestack_local.supervisor_config import render

_PATIENCE_S = 240.0
_FOREVER = "import time; time.sleep(600)"
_PATIENT_STARTER = f"""\
import sys
from candlestack_local import starter
starter.LONGEST_PAUSE_S = {2 * _PATIENCE_S}
starter.main(sys.argv[1:])
"""
"""Its pauses outlast what a test may wait for."""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFolder]:
    """A state folder whose supervisor, where a test leaves one running, is stopped."""
    state = StateFolder(tmp_path, "test")
    state.create()
    yield state
    Supervisor(state).stop(5)


def _python(name: str, code: str, *, task: bool = False) -> Program:
    probe = None if task else lambda: None
    return Program(name, Group.LIVE, probe, (sys.executable, "-c", code), stop_timeout_s=60)


def _start(state: StateFolder, *chosen: Program) -> Supervisor:
    state.supervisor_config.write_text(render(chosen, state))
    supervisor = Supervisor(state)
    supervisor.start()
    return supervisor


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "what was awaited did not come"
        time.sleep(0.05)


def _pid(supervisor: Supervisor, name: str) -> int:
    """Wait until a program runs, its starter having given way to it, and return its pid."""
    found: list[int] = []

    def runs() -> bool:
        pid = supervisor.processes()[name].pid
        try:
            command = psutil.Process(pid).cmdline() if pid is not None else []
        except psutil.NoSuchProcess:
            return False
        if pid is not None and command and starter.__file__ not in command:
            found.append(pid)
        return bool(found)

    _await(runs)
    return found[0]


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process has not ended, whether or not somebody has taken notice of its end."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _deaths(record: Path) -> int | None:
    start = read(record)
    return None if start is None else start.deaths


def test_the_configuration_has_exactly_the_listed_programs_in_their_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDLESTACK_HOME", str(tmp_path / "100%"))
    monkeypatch.setenv("SYMBOLS", "BTCUSDT,ETHUSDT")
    configuration = Configuration.from_environment()
    chosen = programs(configuration)

    written = configparser.RawConfigParser()
    written.read_string(render(chosen, configuration.state))

    sections = {name.removeprefix("program:") for name in written.sections() if name.startswith("program:")}
    assert sections == {program.name for program in chosen}
    for program in chosen:
        section = written[f"program:{program.name}"]
        # Batch work yields to the live part, and waits for `make up` to start it.
        nice = ["nice", "-n", "10"] if program.group is Group.BATCH else []
        command = shlex.split(section["command"].replace("%%", "%"))
        assert command[: len(nice)] == nice
        assert command[-len(program.command()) :] == program.command()
        assert (starter.__file__ in command) == program.restarts
        assert section["autostart"] == ("false" if program.group is Group.BATCH else "true")
        assert program.name in written[f"group:{program.group}"]["programs"].split(",")
        assert section["stopasgroup"] == section["killasgroup"] == "true"
    assert 'SYMBOLS="BTCUSDT,ETHUSDT"' in written["program:candle-producer"]["environment"]
    assert not any("inet_http_server" in name for name in written.sections())


def test_no_two_programs_listen_on_one_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLESTACK_HOME", str(tmp_path))
    chosen = programs(Configuration.from_environment())
    ports = [listener.port for program in chosen for listener in program.listeners]
    assert len(ports) == len(set(ports))


def test_a_setting_that_the_configuration_cannot_hold_is_refused_by_name(state: StateFolder) -> None:
    program = Program("p", Group.LIVE, None, ("true",), environment={"REDIS_PASSWORD": 'a"b'})
    with pytest.raises(ServerError, match="REDIS_PASSWORD"):
        render([program], state)


@pytest.mark.parametrize("argument", ["a # b", "a ; b", "a\nb"])
def test_a_command_that_the_configuration_cannot_hold_is_refused(state: StateFolder, argument: str) -> None:
    with pytest.raises(ServerError, match="p: "):
        render([Program("p", Group.LIVE, None, ("echo", argument))], state)


def test_settings_with_awkward_characters_reach_the_program_unchanged(state: StateFolder) -> None:
    text = "p%s%%;x,=#é (\\)"
    seen = state.home / "seen"
    code = f"import os, pathlib; pathlib.Path({str(seen)!r}).write_text(os.environ['REDIS_PASSWORD'])"
    program = Program(
        "p", Group.LIVE, None, (sys.executable, "-c", code), environment={"REDIS_PASSWORD": text}
    )
    supervisor = _start(state, program)
    _await(lambda: supervisor.processes()["p"].ended_well)
    assert seen.read_text() == text


def test_a_killed_service_that_had_lived_long_is_started_again_at_once(state: StateFolder) -> None:
    supervisor = _start(state, _python("service", _FOREVER))
    record = state.start_of("service")
    first = _pid(supervisor, "service")
    _await(record.exists)
    write(record, Start(time.monotonic() - LONG_LIFE_S, deaths=7))
    os.kill(first, signal.SIGKILL)
    # Between the two it is known without a pid for a moment.
    _await(lambda: supervisor.processes()["service"].pid not in (None, first))
    _await(lambda: _deaths(record) != 7)
    assert _deaths(record) == 0
    assert state.log_of("service").read_text() == ""


def test_a_service_that_dies_at_once_is_started_after_growing_pauses_and_that_is_told(
    state: StateFolder,
) -> None:
    dying = _python("dying", "raise SystemExit('no such thing')")
    supervisor = _start(state, dying)
    reasons: list[str] = []

    def waits() -> bool:
        processes = supervisor.processes()
        if processes["dying"].deaths >= 3 and processes["dying"].waits_s:
            reasons.append(str(readiness([dying], processes)["dying"]))
        return bool(reasons)

    _await(waits)
    told = r"died \d times in a row \(make logs SERVICE=dying\); is started again in \d+ s"
    assert re.fullmatch(told, reasons[0])
    lines = state.log_of("dying").read_text().splitlines()
    pauses = [line for line in lines if line.startswith("candlestack: died")]
    for deaths, line in enumerate(pauses, start=1):
        full = FIRST_PAUSE_S * 2 ** (deaths - 1)
        assert line.startswith(f"candlestack: died {times(deaths)}, ")
        assert full / 2 - 0.05 <= float(line.split()[-2]) <= full + 0.05
    assert lines.count("no such thing") in (len(pauses), len(pauses) + 1)


def test_what_waits_is_started_when_the_deaths_are_forgotten_and_a_stop_ends_its_pause(
    state: StateFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = tmp_path / "patient_starter.py"
    patient.write_text(_PATIENT_STARTER)
    monkeypatch.setattr(starter, "__file__", str(patient))
    for name in ("started", "stopped"):
        write(state.start_of(name), Start(time.monotonic(), deaths=30))
    services = [_python(name, _FOREVER) for name in ("started", "stopped")]
    supervisor = _start(state, *services)
    _await(lambda: all(info.waits_s for info in supervisor.processes().values()))

    record = state.start_of("started")
    record.unlink()
    _await(record.exists)
    assert _deaths(record) == 0
    _await(lambda: not supervisor.processes()["started"].waits_s)
    assert supervisor.processes()["started"].deaths == 0
    assert supervisor.processes()["stopped"].deaths == 31
    assert supervisor.stop(_PATIENCE_S) == []
    ended = (state.logs / "supervisord.log").read_text()
    assert "stopped: stopped (terminated by SIGTERM)" in ended


def test_a_service_that_refuses_a_setting_is_not_started_again(state: StateFolder) -> None:
    counter = state.home / "starts"
    code = f"open({str(counter)!r}, 'a').write('x'); raise SystemExit(2)"
    supervisor = _start(state, _python("refused", code), _python("other", _FOREVER))
    _await(lambda: supervisor.processes()["refused"].state is ProcessState.EXITED)
    assert supervisor.processes()["refused"].exit_code == 2

    killed = _pid(supervisor, "other")
    os.kill(killed, signal.SIGKILL)
    _await(lambda: supervisor.processes()["other"].pid not in (None, killed))
    assert counter.read_text() == "x"


def test_a_task_that_fails_is_tried_again_until_it_ends_well(state: StateFolder) -> None:
    counter = state.home / "tries"
    code = (
        f"import pathlib; p = pathlib.Path({str(counter)!r}); n = len(p.read_text()) if p.exists() else 0; "
        "p.write_text('x' * (n + 1)); raise SystemExit(0 if n == 2 else 1)"
    )
    supervisor = _start(state, _python("task", code, task=True))
    _await(lambda: supervisor.processes()["task"].ended_well)
    assert counter.read_text() == "xxx"


def test_a_changed_setting_reaches_a_running_service(state: StateFolder) -> None:
    supervisor = _start(state, _python("service", _FOREVER))
    first = _pid(supervisor, "service")
    assert supervisor.apply_configuration() == []
    assert _pid(supervisor, "service") == first

    state.supervisor_config.write_text(render([_python("service", f"{_FOREVER}; pass")], state))
    assert supervisor.apply_configuration() == [Group.LIVE]
    _await(lambda: _pid(supervisor, "service") != first)


def test_stopping_leaves_no_process_even_of_a_service_that_ignores_sigterm(state: StateFolder) -> None:
    stubborn = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"subprocess.Popen([sys.executable, '-c', {_FOREVER!r}], start_new_session=True); {_FOREVER}"
    )
    supervisor = _start(state, _python("stubborn", stubborn))
    _await(lambda: len(supervised_processes(state)) == 3)  # with the supervisor, and the grandchild
    killed = supervisor.stop(1.0)
    assert killed
    assert supervised_processes(state) == []
    assert not supervisor.is_running()


def test_what_a_killed_supervisor_left_behind_is_found_and_ended(state: StateFolder) -> None:
    supervisor = _start(state, _python("orphan", _FOREVER))
    orphan = psutil.Process(_pid(supervisor, "orphan"))
    os.kill(int(state.supervisor_pid.read_text()), signal.SIGKILL)
    _await(lambda: not supervisor.is_running())
    assert _lives(orphan)

    assert supervisor.stop(_PATIENCE_S) == []
    assert not _lives(orphan)


def test_a_supervisor_that_does_not_start_in_time_is_said_in_one_line(
    state: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candlestack_local.supervisor._START_TIMEOUT_S", 0.0)
    with pytest.raises(ServerError, match="the supervisor did not start within 0 s"):
        _start(state, _python("service", _FOREVER))


def test_a_socket_in_a_folder_with_a_long_name_still_works(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / ("long" * 30), "test")
    state.create()
    supervisor = _start(state, _python("service", _FOREVER))
    try:
        assert _pid(supervisor, "service") > 0
    finally:
        supervisor.stop(5.0)
        state.forget()
    assert not state.home.exists()
    assert not state.supervisor_socket.parent.exists()
