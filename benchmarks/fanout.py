"""Fan-out: one API process and many socket clients: `python benchmarks/fanout.py [seconds] [clients]`.

Each client is sent 100 messages a second, the trades of one pair. The API is the real process behind a real
broker, and its latency is from the producer's send to the arrival at a client's socket. Beside it, in the same
run and on the same clients, stand a plain FastAPI application with a queue and a task for each client, and
`websockets.broadcast`; they send the same texts, from a timer of their own, and have no broker to pass.
Each side is read for a while by all clients, and then, started anew, while one of them has stopped reading.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import os
import re
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import numpy as np
import psutil
from _fanout_sides import MESSAGES_A_SECOND, SIDES, STARTS_WITHIN_S, SYMBOL, api, process
from _platform import machine

from candlestack_local.servers import (
    LOOPBACK,
    free_port,
)

TARGET_P99_MS = 50.0
ALL = 0.995
"""The share from which all were delivered: those on their way at the end do not count."""
CATCH_UP_S = 2.0
STALE_NS = 100_000_000
PATH = f"/ws/trades?symbol={SYMBOL}"
STAMP = re.compile(rb'"trade_id":(\d+),')
"""A trade's id is the time of its sending, in ns of the machine's monotonic clock."""
LONGEST_STAMP = 40


@contextmanager
def started(name: str) -> Iterator[tuple[int, int]]:
    """Start a side; yield its port and the id of its process, and stop it."""
    port = free_port()
    with ExitStack() as stack:
        if name == "candlestack":
            pid = stack.enter_context(api(port))
        else:
            pid = stack.enter_context(process(SIDES[name], port))
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            with contextlib.suppress(OSError, AssertionError):
                connect(port).close()
                break
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} does not serve")
            time.sleep(0.1)
        yield port, pid


def connect(port: int) -> socket.socket:
    """Open a WebSocket; what follows is read without a library, so that the reader is not what is measured."""
    client = socket.create_connection((LOOPBACK, port))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        (
            f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        received = client.recv(1)
        assert received, "the connection ended before it was open"
        answer += received
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    client.setblocking(False)
    return client


@dataclass(frozen=True)
class Collected:
    """What the clients were sent in a stretch of time, as it came."""

    began_ns: int
    before: dict[int, bytes]
    """What each client had read last, by file number: a message may begin in it."""
    received: list[tuple[int, bytes, int]]
    """The client's file number, the bytes, and when they were read."""

    def seen(self) -> Seen:
        """Tell what was delivered; what was sent before the reading began does not count."""
        seen, rest = Seen(), dict(self.before)
        for number, received, at in self.received:
            data = rest[number] + received
            last = 0
            for found in STAMP.finditer(data):
                last = found.end()
                if (stamp := int(found[1])) >= self.began_ns:
                    seen.delays_ns.append(at - stamp)
            rest[number] = data[max(last, len(data) - LONGEST_STAMP) :]
            seen.messages += received.count(b'"send_time"')
        return seen


@dataclass
class Seen:
    """What the clients were sent in a stretch of time."""

    delays_ns: list[int] = field(default_factory=list)
    messages: int = 0


class Readers:
    """The clients, read by one loop that does as little as can be done with a message."""

    def __init__(self, port: int, count: int) -> None:
        self._sockets = {client.fileno(): client for client in (connect(port) for _ in range(count))}
        self._rest = dict.fromkeys(self._sockets, b"")
        self._poll = select.epoll()
        self._last = max(self._sockets)
        self.closed = 0
        """Clients whose connection the side has closed."""
        for number in self._sockets:
            self._poll.register(number, select.EPOLLIN)

    def stop(self, count: int) -> None:
        """Let so many clients read no more."""
        for number in list(self._sockets)[:count]:
            self._poll.unregister(number)

    def catch_up(self) -> None:
        """Read what was sent meanwhile, and forget it, until what comes is new."""
        self._rest = dict.fromkeys(self._sockets, b"")
        deadline = time.monotonic() + STARTS_WITHIN_S
        newest, read_at = 0, STALE_NS
        while read_at - newest >= STALE_NS:
            if time.monotonic() > deadline:
                raise SystemExit("the clients do not catch up")
            for number, received, at in self._received(CATCH_UP_S):
                data = self._rest[number] + received
                self._rest[number] = data[-LONGEST_STAMP:]
                if number == self._last:
                    newest, read_at = max(map(int, STAMP.findall(data)), default=newest), at

    def collect(self, seconds: float) -> Collected:
        """Read for some seconds, and keep what came as it came: the readers share the cores with the side."""
        gc.disable()  # A pass over so many pieces would be counted as latency.
        try:
            began = time.monotonic_ns()
            return Collected(began, self._rest, list(self._received(seconds)))
        finally:
            gc.enable()

    def _received(self, seconds: float) -> Iterator[tuple[int, bytes, int]]:
        """Yield who was sent what, and when it was read."""
        clock = time.monotonic_ns
        end = clock() + int(seconds * 1e9)
        while clock() < end:
            for number, _ in self._poll.poll(0.1):
                received = os.read(number, 262_144)
                if received:
                    yield number, received, clock()
                else:
                    self._poll.unregister(number)
                    self.closed += 1

    def close(self) -> None:
        self._poll.close()
        for client in self._sockets.values():
            client.close()


@dataclass(frozen=True)
class Figures:
    """What a side did in a stretch of time."""

    share: float
    """Of the deliveries that there should have been."""
    p99_ms: float


@dataclass(frozen=True)
class Reading:
    """What so many clients read of a side in a stretch of time, and the CPU that it took, in seconds."""

    what: str
    clients: int
    seconds: float
    collected: Collected
    user_s: float
    system_s: float
    reader_s: float
    busy: float
    """How many of the machine's cores were."""
    memory_bytes: int
    closed: int
    """Clients that read all the time, and whose connection was closed all the same."""

    def report(self) -> Figures:
        """Print a line, and return its figures."""
        seen = self.collected.seen()
        if not seen.delays_ns:
            raise SystemExit(f"{self.what}: nothing was delivered in {self.seconds:.0f} s")
        count = len(seen.delays_ns)
        p50, p99 = np.percentile(np.array(seen.delays_ns) / 1e6, (50, 99))
        share = count / (self.clients * MESSAGES_A_SECOND * self.seconds)
        cpu_s = self.user_s + self.system_s
        print(
            f"  {self.what:<16} {count / self.seconds:8,.0f} deliveries/s ({share:6.1%}) in"
            f" {seen.messages / count:.2f} messages each, p50 {p50:7.2f} ms, p99 {p99:8.2f} ms;"
            f" {cpu_s / count * 1e6:5.2f} µs of CPU a delivery, {self.system_s / cpu_s:3.0%} of it in the kernel,"
            f" {self.reader_s / count * 1e6:5.2f} at the reader; {self.busy:.2f} cores busy in all;"
            f" {self.memory_bytes / 1e6:.0f} MB; {self.closed} closed",
            flush=True,
        )
        return Figures(share, float(p99))


def read(what: str, readers: Readers, reading: int, server: psutil.Process, seconds: float) -> Reading:
    """Let `reading` clients read for some seconds."""
    readers.catch_up()
    before, own, idle = server.cpu_times(), time.process_time(), psutil.cpu_times().idle
    collected = readers.collect(seconds)
    after, own_s = server.cpu_times(), time.process_time() - own
    busy = (os.cpu_count() or 1) - (psutil.cpu_times().idle - idle) / seconds
    user_s, system_s = after.user - before.user, after.system - before.system
    memory_bytes = server.memory_info().rss
    return Reading(
        what, reading, seconds, collected, user_s, system_s, own_s, busy, memory_bytes, readers.closed
    )


def measure(name: str, seconds: float, count: int) -> tuple[Figures, Figures]:
    """Measure a side with all clients reading, and anew with one that has stopped."""
    print(f"{name}:")
    return read_all_but(0, name, seconds, count).report(), read_all_but(1, name, seconds, count).report()


def read_all_but(stopped: int, name: str, seconds: float, count: int) -> Reading:
    """Start a side and read it with all clients but `stopped` of them.

    What was read is looked into after the side has ended: clients that wait for that are slow ones, which it closes.
    """
    with started(name) as (port, pid):
        readers = Readers(port, count)
        try:
            readers.stop(stopped)
            what = "one has stopped" if stopped else "all read"
            return read(what, readers, count - stopped, psutil.Process(pid), seconds)
        finally:
            readers.close()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    print(machine("fastapi", "uvicorn", "uvloop", "websockets", "confluent-kafka"))
    print(f"{count} clients, {MESSAGES_A_SECOND} messages a second each, for {seconds:.0f} s", flush=True)
    judged = {name: measure(name, seconds, count) for name in ("candlestack", *SIDES)}
    for name in ("candlestack", "candlestack's hub alone"):
        all_read, one_stopped = judged[name]
        met = all_read.share > ALL and all_read.p99_ms <= TARGET_P99_MS
        print(
            f"{name}: {all_read.share:.1%} of {count * MESSAGES_A_SECOND:,} deliveries/s, p99"
            f" {all_read.p99_ms:.1f} ms (target: all, {TARGET_P99_MS:.0f} ms): {'met' if met else 'missed'};"
            f" with one client stopped the others have {one_stopped.share:.1%}, p99 {one_stopped.p99_ms:.1f} ms"
        )


if __name__ == "__main__":
    main()
