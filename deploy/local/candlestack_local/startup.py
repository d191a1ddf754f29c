"""`make up`: prepare, start, wait until every part can do its work, and prove it with a live candle.

The batch group is started when there is one: it yields to the live part, and works on what that has brought.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from rich.console import Console

from candlestack_local.configuration import Configuration
from candlestack_local.live_candle import LiveCandles, live_candles
from candlestack_local.programs import Group, Listener, Program, programs
from candlestack_local.readiness import readiness
from candlestack_local.servers import PortTakenError, ServerError, holder_of, is_free
from candlestack_local.servers.jars import Jar, fetch, kafka_jars, spark_jars
from candlestack_local.starter import NEVER_RESTARTED
from candlestack_local.startup_view import StartupView
from candlestack_local.state import StateFolder
from candlestack_local.supervisor import ProcessInfo, ProcessState, Supervisor, is_supervised
from candlestack_local.supervisor_config import render

_POLL_S = 0.3
_BATCH_POLL_S = 1.0
"""Airflow tells of its parts by an API that is dear to ask."""
_STOP_TIMEOUT_S = 40.0
_LIVE_TIMEOUT_S = 120.0
_ALL_PAIRS_TIMEOUT_S = 5.0
_LOG_LINES = 5


def up(
    configuration: Configuration, console: Console, timeout_s: float, show_live: Callable[[LiveCandles], None]
) -> None:
    """Start the platform, or bring a running one up to the present settings; show the proof that it lives.

    `timeout_s` is the time that each of the two groups has to become ready.

    Raises:
        ServerError: a part cannot be started or does not become ready; the message says which, why, and
            where its log is.
    """
    state = configuration.state
    state.create()
    with state.locked():
        chosen = programs(configuration)
        batch = [program for program in chosen if program.group is Group.BATCH]
        live = [program for program in chosen if program.group is not Group.BATCH]
        _start(configuration, chosen, [program.name for program in live], console)
        with StartupView(console, [program.name for program in live]) as view:
            wait_ready(live, state, view, timeout_s)
            found = _wait_live(configuration, view)
        show_live(found)
        if batch:
            with StartupView(console, [program.name for program in batch]) as view:
                wait_ready(batch, state, view, timeout_s, start=True)


def down(state: StateFolder) -> list[str]:
    """Stop everything and return what had to be killed; data is kept."""
    with state.locked():
        return Supervisor(state).stop(_STOP_TIMEOUT_S)


def _start(
    configuration: Configuration, chosen: Sequence[Program], live: Collection[str], console: Console
) -> None:
    state = configuration.state
    supervisor = Supervisor(state)
    if configuration.kafka_port is not None:
        _fetch_jars("Kafka", kafka_jars(), console)
    if configuration.runner.profile == "all":
        _fetch_jars("Spark's Kafka connector", spark_jars(), console)
    text = render(chosen, state)
    runs = supervisor.is_running()
    changed = not runs or _text(state.supervisor_config) != text
    if changed and (not runs or configuration.starts_empty or _source(state) != state.source):
        # Left behind by a supervisor that was killed, or working on the data of another source.
        supervisor.stop(_STOP_TIMEOUT_S)
        runs = False
        if configuration.starts_empty:
            state.forget_data()
            state.create()
    check_ports(chosen, state)
    for program in chosen:
        program.prepare()
    state.supervisor_config.touch(mode=0o600)
    state.supervisor_config.write_text(text)
    (state.run / "source").write_text(state.source)
    state.forget_starts()
    if not runs:
        supervisor.start()
    else:
        if changed:
            supervisor.apply_configuration()
        supervisor.start_ended(live)


def _fetch_jars(what: str, jars: Sequence[Jar], console: Console) -> None:
    with console.status(f"jars of {what}") as status:
        fetch(jars, lambda done, total: status.update(f"downloading {what}: {done} of {total} jars"))


def check_ports(chosen: Sequence[Program], state: StateFolder) -> None:
    """Make sure that each program can have its ports, or has them: what died is started again meanwhile.

    Raises:
        PortTakenError: a process that is not this platform's has one; the message says which, and how to move ours.
    """
    for program in chosen:
        for listener in program.listeners:
            if is_free(listener.port):
                continue
            holder = holder_of(listener.port)
            if holder is not None and is_supervised(holder.pid, state):
                continue
            if not is_free(listener.port):  # whose holder has not ended between the looks
                raise PortTakenError(_taken(program, listener, str(holder or "another process")))


def _taken(program: Program, listener: Listener, holder: str) -> str:
    other = listener.example.replace("PORT", str(listener.port + 10_000))
    return (
        f"port {listener.port} ({program.name}) is taken by {holder}; "
        f"stop it, or move ours: {listener.variable}={other}"
    )


def wait_ready(
    chosen: Sequence[Program],
    state: StateFolder,
    view: StartupView,
    timeout_s: float,
    *,
    start: bool = False,
) -> None:
    """Wait until all are ready; where asked, start each when those that it comes after are.

    Raises:
        ServerError: one ended for good, or is not ready in time; the message says which, and why.
    """
    supervisor = Supervisor(state)
    deadline = time.monotonic() + timeout_s
    pending = list(chosen)
    waiting = list(chosen) if start else []
    while True:
        processes = supervisor.processes()
        reasons = readiness(pending, processes)
        pending = [program for program in pending if reasons[program.name] is not None]
        not_ready = {program.name for program in pending}
        startable = [program for program in waiting if not not_ready.intersection(program.after)]
        supervisor.start_ended([program.name for program in startable])
        waiting = [program for program in waiting if program not in startable]
        view.show(reasons | {program.name: f"waits for {', '.join(program.after)}" for program in waiting})
        if not pending:
            return
        for program in pending:
            _raise_if_given_up(program, processes.get(program.name), state)
        if time.monotonic() > deadline:
            raise ServerError(_not_ready(pending, reasons, state, timeout_s))
        time.sleep(_BATCH_POLL_S if start else _POLL_S)


def _raise_if_given_up(program: Program, info: ProcessInfo | None, state: StateFolder) -> None:
    if info is None:
        return
    refused = info.state is ProcessState.EXITED and info.exit_code == NEVER_RESTARTED
    not_restarted = info.state is ProcessState.EXITED and not program.restarts
    if info.state is ProcessState.FATAL or refused or not_restarted:
        log = state.log_of(program.name)
        raise ServerError(
            f"{program.name} ended with exit code {info.exit_code}; its log, {log}, ends with:"
            f"{_last_lines(log, _LOG_LINES)}"
        )


def _not_ready(
    pending: Sequence[Program], reasons: dict[str, str | None], state: StateFolder, timeout_s: float
) -> str:
    parts = [f"not ready after {timeout_s:g} s:"]
    for program in pending:
        log = state.log_of(program.name)
        parts.append(f"{program.name}: {reasons[program.name]}; {log} ends with:{_last_lines(log, 1)}")
    return "\n  ".join(parts)


def _last_lines(log: Path, count: int) -> str:
    return "".join(f"\n    {line}" for line in _text(log).splitlines()[-count:])


def _wait_live(configuration: Configuration, view: StartupView) -> LiveCandles:
    """Wait for the first live candle, and a little longer for those of the other pairs."""
    deadline = time.monotonic() + _LIVE_TIMEOUT_S
    while (found := live_candles(configuration)) is None:
        view.note("waiting for the first live candle at the API")
        if time.monotonic() > deadline:
            raise ServerError(
                f"all parts are ready, but the API has no live candle after {_LIVE_TIMEOUT_S:g} s; see: make logs"
            )
        time.sleep(_POLL_S)
    deadline = time.monotonic() + _ALL_PAIRS_TIMEOUT_S
    while not found.all_live and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        found = live_candles(configuration) or found
    return found


def _source(state: StateFolder) -> str:
    return _text(state.run / "source")


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
