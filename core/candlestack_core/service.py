"""What every long-running process has: health, readiness, metrics, structured logs and a graceful stop.

`/healthz` says whether the process is alive: its main loop has beaten within the last minute.
`/readyz` says whether it can do its work: every component it named is well; otherwise 503 with the reasons.
`/metrics` is Prometheus' text format. They are served from a thread, so that a stuck loop cannot hide.
"""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from types import FrameType, TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from candlestack_core.logging import Logger, configure_logging
from candlestack_core.settings import BadSettingError, ServiceSettings, load

STALLED_AFTER_S = 60.0

_SHUTDOWN_POLL_S = 0.1
_PORT_REFUSED = (errno.EADDRINUSE, errno.EACCES)


class Health:
    """The state behind `/healthz` and `/readyz`; safe to use from any thread."""

    def __init__(
        self, components: Iterable[str] = (), monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Name the components the process cannot work without; each starts as not ready."""
        self._monotonic = monotonic
        self._last_beat = monotonic()
        self._lock = threading.Lock()
        self._reasons: dict[str, str] = dict.fromkeys(components, "starting")

    def beat(self) -> None:
        """Say that the main loop has come round."""
        self._last_beat = self._monotonic()

    def ready(self, component: str) -> None:
        """Say that a component works."""
        with self._lock:
            self._reasons.pop(component, None)

    def not_ready(self, component: str, reason: str) -> None:
        """Say that a component does not work, and why."""
        with self._lock:
            self._reasons[component] = reason

    def reasons(self) -> dict[str, str]:
        """Return why the process is not ready, by component; empty when it is."""
        with self._lock:
            return dict(self._reasons)

    def seconds_since_beat(self) -> float:
        return self._monotonic() - self._last_beat


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Probes come every few seconds; they are not news."""


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class HealthServer:
    """Serves `/healthz`, `/readyz` and `/metrics` of one process from a thread."""

    def __init__(self, health: Health, host: str, port: int, registry: CollectorRegistry = REGISTRY) -> None:
        """Bind at once; `port` 0 takes a free one (see `port`).

        Raises:
            OSError: when the address cannot be bound.
        """
        self._health = health
        self._metrics = make_wsgi_app(registry)
        self._server = make_server(host, port, self._app, _ThreadingServer, _QuietHandler)
        self.port: int = self._server.server_address[1]
        # The interval is how long `shutdown` may take: it is part of every graceful stop.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_SHUTDOWN_POLL_S,), name="health", daemon=True
        )

    def __enter__(self) -> HealthServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            metrics: Iterable[bytes] = self._metrics(environ, start_response)
            return metrics
        phrase, body = self._answer(path)
        start_response(phrase, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _answer(self, path: str) -> tuple[str, dict[str, Any]]:
        if path == "/healthz":
            if self._health.seconds_since_beat() > STALLED_AFTER_S:
                return "503 Service Unavailable", {"status": "stalled"}
            return "200 OK", {"status": "alive"}
        if path == "/readyz":
            if reasons := self._health.reasons():
                return "503 Service Unavailable", {"status": "not ready", "reasons": reasons}
            return "200 OK", {"status": "ready"}
        return "404 Not Found", {"status": "unknown path; try /healthz, /readyz or /metrics"}


@dataclass
class Service:
    """What a running process works with."""

    name: str
    log: Logger
    health: Health
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set on SIGTERM or SIGINT: stop taking, flush, commit, return."""


def run(name: str, main: Callable[[Service], None], *, components: Iterable[str] = ()) -> None:
    """Run a synchronous service until it returns or is told to stop; ends the process with its exit code.

    Exit code 0 after a graceful stop, 2 for a bad setting, 1 after an error that the service cannot mend
    itself (it is logged with its traceback, and whoever supervises the process starts it again).
    """
    _run(name, main, components)


def run_async(
    name: str, main: Callable[[Service, asyncio.Event], Awaitable[None]], *, components: Iterable[str] = ()
) -> None:
    """Run an asyncio service as `run` does; the event is set when the process is told to stop."""

    async def body(service: Service) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            service.log.info("stopping")
            service.stopping.set()
            stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        if service.stopping.is_set():  # told to stop before the loop could hear it
            stopping.set()
        await main(service, stopping)

    _run(name, lambda service: asyncio.run(body(service)), components)


def _run(name: str, main: Callable[[Service], None], components: Iterable[str]) -> None:
    settings = load(ServiceSettings)
    log = configure_logging(name, settings.log_level, settings.log_format)
    service = Service(name, log, Health(components))

    def stop(_number: int, _frame: FrameType | None) -> None:
        service.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        server = HealthServer(service.health, settings.health_host, settings.health_port)
    except OSError as error:
        log.error(
            "health address cannot be bound",
            host=settings.health_host,
            port=settings.health_port,
            reason=str(error),
            set="HEALTH_PORT" if error.errno in _PORT_REFUSED else "HEALTH_HOST",
        )
        sys.exit(2)
    with server:
        log.info("started", health_port=server.port)
        try:
            main(service)
        except SystemExit:
            raise
        except BadSettingError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
        except BaseException:
            log.exception("ended by an error")
            sys.exit(1)
        log.info("stopped")
