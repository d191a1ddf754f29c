"""A real server as a child process: started, awaited, stopped, killed and started again on the same data."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Self

from candlestack_local.servers.errors import PortTakenError, ServerError
from candlestack_local.servers.ports import holder_of, is_free

_POLL_S = 0.05
_LOG_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1


class ServerProcess(ABC):
    """One server on one loopback port, keeping its data in one folder.

    `prepare` and `command` are all that a process supervisor needs; the other methods run the server as
    a child of this process. A child started from the main thread ends with this process, however that
    ends (Linux).
    """

    title: ClassVar[str]
    stop_timeout_s: ClassVar[float] = 20.0

    def __init__(self, *, port: int, data_dir: Path) -> None:
        self.port = port
        self.data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Create what the server needs in its folder. May be called again; keeps the data that is there.

        Raises:
            MissingDependencyError: what the server is made of is not installed.
        """

    @abstractmethod
    def command(self) -> list[str]:
        """Return the argument vector that runs the server in the foreground; `prepare` must have been called.

        Raises:
            MissingDependencyError: what the server is made of is not installed.
        """

    @abstractmethod
    def check(self) -> None:
        """Return when the server answers and does its work; raise what the client library raises otherwise."""

    @property
    @abstractmethod
    def not_ready(self) -> tuple[type[Exception], ...]:
        """The errors by which `check` says that the server is not ready yet."""

    @property
    def log_path(self) -> Path:
        """The file that holds what the server prints when it runs as a child of this process."""
        return self.data_dir / "server.log"

    @property
    def ports(self) -> list[int]:
        """All ports on which the server listens."""
        return [self.port]

    @property
    def pid(self) -> int | None:
        """The process id while the child runs, else None."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start the server without waiting until it is ready.

        Raises:
            MissingDependencyError: what the server is made of is not installed.
            PortTakenError: another process listens on one of its ports.
            ServerError: it is already running.
        """
        if self.pid is not None:
            raise ServerError(f"{self.title} is already running (pid {self.pid})")
        self.prepare()
        for port in self.ports:
            if not is_free(port):
                holder = holder_of(port) or "another process"
                raise PortTakenError(f"{self.title} cannot listen on port {port}: {holder} holds it")
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data_dir,
                start_new_session=True,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509 - it calls the kernel only, and takes no lock
            )

    def wait_ready(self, timeout_s: float = 240.0) -> None:
        """Block until the server answers.

        Raises:
            ServerError: the process ended, or did not answer within `timeout_s`; the message holds the
                last lines of its log.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            if self.pid is None:
                raise ServerError(f"{self.title} ended while starting{self._log_tail()}")
            try:
                self.check()
            except self.not_ready as error:
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"{self.title} was not ready within {timeout_s:g} s: {error}{self._log_tail()}"
                    ) from error
                time.sleep(_POLL_S)
            else:
                return

    def stop(self) -> None:
        """Ask the server to end (SIGTERM) and wait; kill it where it does not end in time."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)  # a frozen one would not hear of it
            try:
                self._process.wait(self.stop_timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server at once (SIGKILL), as a crash would; its data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def suspend(self) -> None:
        """Freeze the server (SIGSTOP): connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def restart(self, timeout_s: float = 240.0) -> None:
        """Start again on the same port and data, after a stop where it still runs, and wait until ready."""
        self.stop()
        self.start()
        self.wait_ready(timeout_s)

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            raise ServerError(f"{self.title} is not running")
        self._process.send_signal(number)

    def _log_tail(self) -> str:
        if not self.log_path.exists():
            return ""
        lines = self.log_path.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        return "\n  ".join(["; its log ends with:", *lines]) if lines else ""


def _end_with_parent() -> Callable[[], None] | None:
    """Return what ties a child's life to this process, or None where that cannot be done.

    Linux sends the signal when the *thread* that forked ends, so it is of use from the main thread only.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended between the fork and this line
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
