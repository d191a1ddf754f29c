"""Asking a running part whether it can do its work."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable

from candlestack_local.servers import LOOPBACK, ServerProcess

Probe = Callable[[], str | None]
"""Returns None when the part is ready, else why it is not, in a few words."""

_TIMEOUT_S = 3.0


def server_probe(server: ServerProcess) -> Probe:
    """Probe a server by its own protocol."""

    def probe() -> str | None:
        try:
            server.check()
        except server.not_ready as error:
            return _first_line(error) or "does not answer yet"
        return None

    return probe


def readiness_probe(health_port: int) -> Probe:
    """Probe a service by its `/readyz`."""

    def probe() -> str | None:
        connection = http.client.HTTPConnection(LOOPBACK, health_port, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return "does not answer yet"
        finally:
            connection.close()
        return None if answer.status == http.HTTPStatus.OK else _reasons(body)

    return probe


def airflow_probe(port: int, component: str) -> Probe:
    """Probe a component of Airflow by what Airflow's API says of it."""

    def probe() -> str | None:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", "/api/v2/monitor/health")
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return "Airflow's API does not answer yet"
        finally:
            connection.close()
        state = answer[component]["status"]
        return None if state == "healthy" else state or "has not been heard of yet"

    return probe


def _reasons(body: bytes) -> str:
    try:
        reasons = json.loads(body)["reasons"]
        return "; ".join(f"{component}: {reason}" for component, reason in reasons.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return "not ready"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120]
