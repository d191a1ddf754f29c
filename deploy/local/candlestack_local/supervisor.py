"""The supervisor of the local platform: starting it, asking it, stopping it and all that it has started."""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport  # type: ignore[import-untyped]

from candlestack_local.configuration import inherited_environment
from candlestack_local.servers import ServerError
from candlestack_local.starter import Start, deaths_by, read
from candlestack_local.state import StateFolder

SUPERVISED = "CANDLESTACK_SUPERVISED"
"""Set to the run folder in the environment of the supervisor, and so of all that it starts."""

_START_TIMEOUT_S = 60.0
_POLL_S = 0.1
_KILL_WAIT_S = 30.0
"""Nothing keeps a process from a SIGKILL but the time that a busy machine takes to get there."""


class ProcessState(StrEnum):
    """The supervisor's own names for what a program is doing."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    BACKOFF = "BACKOFF"
    STOPPING = "STOPPING"
    EXITED = "EXITED"
    FATAL = "FATAL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class ProcessInfo:
    """What the supervisor knows of one program."""

    name: str
    state: ProcessState
    pid: int | None
    started_at_s: float
    """Epoch seconds of its last start; 0 where it has not been started."""
    exit_code: int
    """Of its last end; -1 where a signal ended it."""
    deaths: int = 0
    """How often in a row it died soon after its start; 0 where it has lived long since."""
    waits_s: float = 0.0
    """Seconds until it is started after the last of them; 0 where it is."""

    @classmethod
    def from_answer(cls, answer: dict[str, Any], start: Start | None, now_s: float) -> Self:
        """Take what supervisord says, what the starter has noted, and the time on the clock of its notes."""
        noted = start if answer["pid"] else None
        return cls(
            name=answer["name"],
            state=ProcessState(answer["statename"]),
            pid=answer["pid"] or None,
            started_at_s=float(answer["start"]),
            exit_code=answer["exitstatus"],
            deaths=noted.deaths if noted is not None and deaths_by(now_s, noted) else 0,
            waits_s=max(0.0, noted.at_s - now_s) if noted is not None else 0.0,
        )

    @property
    def ended_well(self) -> bool:
        return self.state is ProcessState.EXITED and self.exit_code == 0


class Supervisor:
    """One supervisord, reached by the socket in its state folder."""

    def __init__(self, state: StateFolder) -> None:
        self._state = state

    def is_running(self) -> bool:
        """Say whether the supervisor answers."""
        try:
            self._call("supervisor.getState")
        except (OSError, http.client.HTTPException):
            return False
        return True

    def processes(self) -> dict[str, ProcessInfo]:
        """Return what runs, by name; empty when the supervisor does not answer."""
        try:
            answers = self._call("supervisor.getAllProcessInfo")
        except (OSError, http.client.HTTPException):
            return {}
        return {
            (name := answer["name"]): ProcessInfo.from_answer(
                answer, read(self._state.start_of(name)), time.monotonic()
            )
            for answer in answers
        }

    def start(self) -> None:
        """Start the supervisor with the configuration in its folder, and with it everything listed there.

        Raises:
            ServerError: it does not start.
        """
        try:
            done = subprocess.run(
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._state.supervisor_config)],
                env={**inherited_environment(), SUPERVISED: str(self._state.run)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_START_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ServerError(f"the supervisor did not start within {_START_TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            raise ServerError(f"the supervisor did not start: {(done.stdout + done.stderr).strip()}")
        _await(self.is_running, _START_TIMEOUT_S, "the supervisor did not answer after its start")

    def apply_configuration(self) -> list[str]:
        """Make what runs agree with the configuration in the folder; return the groups that were changed."""
        ((added, changed, removed),) = self._call("supervisor.reloadConfig")
        for group in (*removed, *changed):
            self._call("supervisor.stopProcessGroup", group)
            self._call("supervisor.removeProcessGroup", group)
        for group in (*added, *changed):
            self._call("supervisor.addProcessGroup", group)
        return [*removed, *changed, *added]

    def start_ended(self, names: Collection[str]) -> list[str]:
        """Start those of the names that do not run, except what ended well; return them."""
        ended: list[str] = []
        if not names:
            return ended
        for info in self.processes().values():
            if info.name in names and info.state in (
                ProcessState.STOPPED,
                ProcessState.EXITED,
                ProcessState.FATAL,
            ):
                if info.ended_well:
                    continue
                self._start_process(info.name)
                ended.append(info.name)
        return ended

    def stop(self, timeout_s: float) -> list[str]:
        """Stop the supervisor and all it has started; return what had to be killed.

        What is left after `timeout_s` seconds, or was left behind by a supervisor that was killed, is
        ended by SIGKILL. Afterwards no process of this state folder is left.
        """
        left = self._left()
        if self.is_running():
            self._call("supervisor.shutdown")
        else:
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.terminate()
        deadline = time.monotonic() + timeout_s
        while (left := self._left()) and time.monotonic() < deadline:
            psutil.wait_procs(left, timeout=_POLL_S)
        killed = []
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):  # ended at the last moment
                named = f"{process.name()} (pid {process.pid})"
                process.kill()
                killed.append(named)
        psutil.wait_procs(left, timeout=_KILL_WAIT_S)
        return killed

    def _left(self) -> list[psutil.Process]:
        """Return what still lives, by two looks: while it becomes another program, a process has no environment."""
        first = supervised_processes(self._state)
        time.sleep(_POLL_S)
        return list({*first, *supervised_processes(self._state)})

    def _start_process(self, name: str) -> None:
        group = next(
            answer["group"] for answer in self._call("supervisor.getAllProcessInfo") if answer["name"] == name
        )
        try:
            self._call("supervisor.startProcess", f"{group}:{name}", False)
        except Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._state.supervisor_socket}")
        try:
            # The address is not used: the transport knows the socket.
            proxy = ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(proxy, method)(*arguments)
        finally:
            transport.close()


def supervised_processes(state: StateFolder) -> list[psutil.Process]:
    """Return every live process that this state folder's supervisor has started, and the supervisor itself.

    They are known by a variable that each inherits, so that those are found too whose supervisor was killed.
    """
    return [process for process in psutil.process_iter() if is_supervised(process.pid, state)]


def is_supervised(pid: int, state: StateFolder) -> bool:
    """Say whether a process lives, and is one that this state folder's supervisor has started, or itself."""
    try:
        process = psutil.Process(pid)
        return (
            process.environ().get(SUPERVISED) == str(state.run) and process.status() != psutil.STATUS_ZOMBIE
        )
    except (psutil.Error, OSError):
        return False  # ended meanwhile, or another user's


def _await(condition: Callable[[], bool], timeout_s: float, failure: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise ServerError(failure)
        time.sleep(_POLL_S)
