"""Ports of the loopback interface: finding a free one, and naming who holds a taken one."""

from __future__ import annotations

import fcntl
import functools
import itertools
import os
import random
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from candlestack_local.servers.errors import ServerError

LOOPBACK = "127.0.0.1"

# Below the range from which kernels choose the local ports of outgoing connections (32768 and up on
# Linux): a port handed out from here is not taken by some client before its server has started.
_CANDIDATES = range(15_000, 32_000)
_ATTEMPTS = 200

# Each is handed out once, in turn from anywhere: between a port's choice and its use lie seconds, in which a
# choice at random would fall on it now and then.
_turn = itertools.count(random.SystemRandom().randrange(len(_CANDIDATES)))


def is_free(port: int) -> bool:
    """Say whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set this too, so that connections in TIME_WAIT do not keep a restarted one out.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(following: int = 0) -> int:
    """Return a loopback port on which nothing listens, nor on the `following` ports after it.

    This process is given none of them a second time, until all have had their turn, and no other process of this
    user is as long as this one lives: a server that starts late, or anew after a kill, still finds its port free.

    Raises:
        ServerError: none was found in 200 attempts.
    """
    for _ in range(_ATTEMPTS):
        port, *_others = (_CANDIDATES[next(_turn) % len(_CANDIDATES)] for _ in range(following + 1))
        if all(_claim(port + offset) and is_free(port + offset) for offset in range(following + 1)):
            return port
    raise ServerError(f"no free port between {_CANDIDATES.start} and {_CANDIDATES.stop} on {LOOPBACK}")


def _claim(port: int) -> bool:
    """Say whether this port is this process's own from now on until it ends."""
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@functools.cache
def _claims() -> int:
    """Return the file in which each process locks a byte for every port that it is given; the kernel undoes that."""
    path = Path(tempfile.gettempdir()) / f"candlestack-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


@dataclass(frozen=True)
class Holder:
    """A process that listens on a port."""

    name: str
    pid: int

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def holder_of(port: int) -> Holder | None:
    """Return the process that listens on this port; None where it cannot be known."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN
        if listens and connection.laddr and connection.laddr.port == port and connection.pid is not None:
            try:
                return Holder(psutil.Process(connection.pid).name(), connection.pid)
            except psutil.NoSuchProcess:
                return None
    return None
