"""What the simulator counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class SimulatorMetrics:
    """The simulator's own metrics, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.connections = Gauge(
            "candlestack_simulator_connections", "Open WebSocket connections", registry=registry
        )
        self.messages = Counter(
            "candlestack_simulator_stream_messages",
            "Messages emitted on subscribed streams",
            registry=registry,
        )
        self.frames = Counter(
            "candlestack_simulator_stream_frames", "Frames written to connections", registry=registry
        )
        self.requests = Counter(
            "candlestack_simulator_rest_requests",
            "REST requests by path and status",
            ["path", "status"],
            registry=registry,
        )
