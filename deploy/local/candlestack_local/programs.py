"""Everything that `make up` runs on this machine: one typed list, from which all else is generated."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from candlestack_core.settings import (
    REPOSITORY,
    AirflowSettings,
    ApiSettings,
    FrontendSettings,
    KafkaSettings,
    MongoSettings,
    RedisSettings,
    RunnerSettings,
    ServiceSettings,
    SimulatorSettings,
    variable_name,
)
from candlestack_local import dashboard
from candlestack_local.configuration import Configuration
from candlestack_local.probes import Probe, airflow_probe, readiness_probe, server_probe
from candlestack_local.servers import LOOPBACK, KafkaBroker, MongoServer, RedisServer, ServerProcess

_BATCH_NICENESS = 10
"""Batch work yields the processor to the live part."""
_BROKER_SESSION_MS = 9_000
"""Kafka's own default. While a laptop starts all of it, the JVM may stand still for seconds, and clients of a broker
that was taken for dead can be long in finding it again; a killed one comes back so much later."""


_KAFKA_ENTRIES = {
    "candle-producer": "binance_producer.py",
    "trade-producer": "binance_orderbook_trades_producer.py",
    "redis-writer": "redis_consumer.py",
    "candle-writer": "candle_writer.py",
    "orderbook-builder": "orderbook_builder.py",
    "rest-producer": "rest_producer.py",
    "completeness-ledger": "completeness_ledger.py",
}
"""In the order of their health ports, of which the simulator has the first."""
_API_OFFSET = len(_KAFKA_ENTRIES) + 1
_SPARK_ENTRIES = {
    "ranking": "ranking_coins/ranking_stream.py",
    "job-metrics": "batch/job_metrics.py",
}
"""In the order of their health ports, after the API's."""


class Group(StrEnum):
    """What is started, and left out, together."""

    SERVERS = "servers"
    LIVE = "live"
    BATCH = "batch"


@dataclass(frozen=True)
class Listener:
    """A loopback port of a program, and the variable that moves it."""

    port: int
    variable: str
    example: str = "PORT"
    """How the variable is written for the port PORT."""


@dataclass(frozen=True)
class Program:
    """One entry of the supervisor's list."""

    name: str
    group: Group
    probe: Probe | None
    """None for a task: it is done when it has ended with exit code 0."""
    arguments: tuple[str, ...] = ()
    server: ServerProcess | None = None
    """Gives the arguments of a server, and prepares its folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    listeners: tuple[Listener, ...] = ()
    address: str | None = None
    """What a person or a client may open."""
    health_port: int | None = None
    """Where it serves `/healthz`, `/readyz` and `/metrics`."""
    restarts: bool = True
    stop_timeout_s: int = 10
    preparation: Callable[[], None] | None = None
    """What is done before it is started; may be done again."""
    after: tuple[str, ...] = ()
    """Programs of its group that have to be ready, or done, before it is started."""
    niceness: int = 0
    """How far it yields the processor to others, 0 to 19."""

    def prepare(self) -> None:
        """Do what has to be done before it is started.

        Raises:
            MissingDependencyError: what a server is made of is not installed.
        """
        if self.server is not None:
            self.server.prepare()
        if self.preparation is not None:
            self.preparation()

    @property
    def is_task(self) -> bool:
        return self.probe is None

    def command(self) -> list[str]:
        return self.server.command() if self.server is not None else list(self.arguments)


def programs(configuration: Configuration) -> list[Program]:
    """Return what runs under these settings, in the order in which it is shown."""
    chosen = [*_servers(configuration), *_live(configuration)]
    if configuration.runner.profile == "all":
        chosen += [*_spark(configuration), *_airflow(configuration)]
    return chosen


def _servers(configuration: Configuration) -> list[Program]:
    """The servers whose address is on this machine; one elsewhere is used and not started."""
    found: list[Program] = []
    data = configuration.state.data
    if (port := configuration.kafka_port) is not None:
        controller = configuration.runner.kafka_controller_port
        broker = KafkaBroker(
            port=port,
            controller_port=controller,
            data_dir=data / "kafka",
            session_timeout_ms=_BROKER_SESSION_MS,
        )
        listeners = [Listener(port, variable_name(KafkaSettings, "kafka_bootstrap"), "localhost:PORT")]
        listeners.append(Listener(controller, variable_name(RunnerSettings, "kafka_controller_port")))
        found.append(_server("kafka", broker, listeners, broker.bootstrap))
    if (port := configuration.mongo_port) is not None:
        mongo = MongoServer(port=port, data_dir=data / "mongodb")
        listeners = [Listener(port, variable_name(MongoSettings, "mongo_uri"), "mongodb://localhost:PORT")]
        found.append(_server("mongodb", mongo, listeners, mongo.uri))
    if (port := configuration.redis_port) is not None:
        redis = RedisServer(port=port, data_dir=data / "redis", password=configuration.redis.redis_password)
        found.append(
            _server("redis", redis, [Listener(port, variable_name(RedisSettings, "redis_port"))], redis.url)
        )
    return found


def _server(name: str, server: ServerProcess, listeners: Sequence[Listener], address: str) -> Program:
    return Program(
        name,
        Group.SERVERS,
        server_probe(server),
        server=server,
        listeners=tuple(listeners),
        address=address,
        stop_timeout_s=15,
    )


def _live(configuration: Configuration) -> list[Program]:
    live = [
        _task("create-topics", "-m", "candlestack_core.kafka.create_topics", configuration=configuration),
        _task("init-stores", "-m", "candlestack_ingest.init_stores", configuration=configuration),
    ]
    if configuration.simulated:
        port = configuration.simulator.simulator_port
        live.append(
            _service(
                "simulator",
                0,
                "-m",
                "candlestack_simulator",
                configuration=configuration,
                listeners=(Listener(port, variable_name(SimulatorSettings, "simulator_port")),),
                address=f"http://127.0.0.1:{port}",
                # A replay with shifted times that began again would give the same trades at other times.
                restarts=not configuration.starts_empty,
            )
        )
    for offset, (name, entry) in enumerate(_KAFKA_ENTRIES.items(), start=1):
        live.append(_service(name, offset, str(REPOSITORY / "Kafka" / entry), configuration=configuration))
    live.append(_api(_API_OFFSET, configuration))
    live.append(_dashboard(configuration))
    return live


def _api(offset: int, configuration: Configuration) -> Program:
    port = configuration.api.api_port
    return _service(
        "api",
        offset,
        str(REPOSITORY / "backend_fastapi" / "main.py"),
        configuration=configuration,
        listeners=(Listener(port, variable_name(ApiSettings, "api_port")),),
        address=f"http://{LOOPBACK}:{port}/docs",
    )


def _dashboard(configuration: Configuration) -> Program:
    port = configuration.frontend.frontend_port
    return Program(
        "dashboard",
        Group.LIVE,
        readiness_probe(port),
        tuple(dashboard.command()),
        environment=configuration.environment,
        listeners=(Listener(port, variable_name(FrontendSettings, "frontend_port")),),
        address=f"http://localhost:{port}",
        health_port=port,
    )


def _spark(configuration: Configuration) -> list[Program]:
    """What runs beside the batch jobs: the stream that ranks, and what tells of the jobs."""
    return [
        replace(
            _service(name, offset, str(REPOSITORY / "Spark" / entry), configuration=configuration),
            group=Group.BATCH,
            stop_timeout_s=15,
            niceness=_BATCH_NICENESS,
        )
        for offset, (name, entry) in enumerate(_SPARK_ENTRIES.items(), start=_API_OFFSET + 1)
    ]


def _airflow(configuration: Configuration) -> list[Program]:
    """Airflow, which starts the batch jobs itself."""
    airflow = configuration.airflow
    environment = {**configuration.environment, **airflow.environment}
    address = Listener(airflow.port, variable_name(AirflowSettings, "airflow_port"))

    def part(
        name: str,
        probe: Probe | None,
        command: tuple[str, ...],
        *,
        after: tuple[str, ...],
        listeners: tuple[Listener, ...] = (),
        address: str | None = None,
        preparation: Callable[[], None] | None = None,
    ) -> Program:
        return Program(
            name,
            Group.BATCH,
            probe,
            command,
            environment=environment,
            listeners=listeners,
            address=address,
            stop_timeout_s=15,
            preparation=preparation,
            after=after,
            niceness=_BATCH_NICENESS,
        )

    setup, api = "airflow-setup", "airflow-api"
    return [
        part(setup, None, airflow.setup_command(), after=(), preparation=airflow.prepare),
        part(
            api,
            airflow_probe(airflow.port, "metadatabase"),
            airflow.command("api-server"),
            after=(setup,),
            listeners=(address,),
            address=airflow.url,
        ),
        part(
            "airflow-dag-processor",
            airflow_probe(airflow.port, "dag_processor"),
            airflow.command("dag-processor"),
            after=(setup,),
        ),
        # Its tasks speak to the API from their first moment. Logs of tasks are files here: nobody need serve them.
        part(
            "airflow-scheduler",
            airflow_probe(airflow.port, "scheduler"),
            airflow.command("scheduler", "--skip-serve-logs"),
            after=(setup, api),
        ),
    ]


def _task(name: str, *arguments: str, configuration: Configuration) -> Program:
    return Program(
        name, Group.LIVE, None, (sys.executable, *arguments), environment=configuration.environment
    )


def _service(
    name: str,
    offset: int,
    *arguments: str,
    configuration: Configuration,
    listeners: Sequence[Listener] = (),
    address: str | None = None,
    restarts: bool = True,
) -> Program:
    health_port = configuration.runner.health_port_base + offset
    return Program(
        name,
        Group.LIVE,
        readiness_probe(health_port),
        (sys.executable, *arguments),
        environment={
            **configuration.environment,
            variable_name(ServiceSettings, "health_port"): str(health_port),
        },
        listeners=(*listeners, Listener(health_port, variable_name(RunnerSettings, "health_port_base"))),
        address=address,
        health_port=health_port,
        restarts=restarts,
    )
