"""The settings that hold now, and what the runner concludes from them: ports, sources, environments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import AliasChoices
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from candlestack_core.settings import (
    DEFAULT_SYMBOLS,
    GROUPS,
    AirflowSettings,
    ApiSettings,
    ExchangeSettings,
    FrontendSettings,
    KafkaSettings,
    MongoSettings,
    RankingSettings,
    RedisSettings,
    RunnerSettings,
    ServiceSettings,
    SettingsGroup,
    SimulatorSettings,
    SparkSettings,
    load,
    variable_name,
)
from candlestack_local.airflow import Airflow
from candlestack_local.servers import LOOPBACK, ServerError
from candlestack_local.servers.jars import jar_folder, spark_jars
from candlestack_local.state import StateFolder, source_name, starts_empty

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_PAGE_HOSTS = ("localhost", LOOPBACK)
_MONGO_PORT = 27017


@dataclass(frozen=True)
class Configuration:
    """All settings of one run of the platform on this machine."""

    runner: RunnerSettings
    exchange: ExchangeSettings
    simulator: SimulatorSettings
    kafka: KafkaSettings
    mongo: MongoSettings
    redis: RedisSettings
    api: ApiSettings
    frontend: FrontendSettings
    airflow_port: int
    environment: Mapping[str, str]
    """The variables that each service is given: those that were set, under their own names."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read every setting.

        Raises:
            SystemExit: with code 2, after a line for each variable that cannot be used.
        """
        runner, exchange, simulator = load(RunnerSettings), load(ExchangeSettings), load(SimulatorSettings)
        kafka, mongo, redis = load(KafkaSettings), load(MongoSettings), load(RedisSettings)
        api, frontend = load(ApiSettings), load(FrontendSettings)
        environment: dict[str, str] = {}
        for group in GROUPS:
            environment |= _as_variables(load(group))
        environment.pop(
            variable_name(ServiceSettings, "health_port"), None
        )  # each service is given one of its own
        if (port := _loopback_port(kafka.kafka_bootstrap)) is not None:
            # By address: the name may lead a client to ::1 first, where the broker does not listen.
            environment[variable_name(KafkaSettings, "kafka_bootstrap")] = f"{LOOPBACK}:{port}"
        # The browser loads the page from one port and the data from another: each has to know of the other.
        environment.setdefault(
            variable_name(FrontendSettings, "api_url"), f"http://{LOOPBACK}:{api.api_port}"
        )
        environment.setdefault(
            variable_name(ApiSettings, "api_cors_origins"),
            ",".join(f"http://{host}:{frontend.frontend_port}" for host in _PAGE_HOSTS),
        )
        # Beside the source's other data: histories of two exchanges must not mix, nor outlive what they agree with.
        state = StateFolder(runner.home, source_name(exchange, simulator))
        environment.setdefault(variable_name(SparkSettings, "lake_uri"), str(state.data / "lake"))
        environment.setdefault(variable_name(SparkSettings, "spark_jars"), str(jar_folder(spark_jars())))
        environment.setdefault(
            variable_name(RankingSettings, "ranking_checkpoint"), str(state.data / "ranking")
        )
        airflow_port = load(AirflowSettings).airflow_port
        return cls(runner, exchange, simulator, kafka, mongo, redis, api, frontend, airflow_port, environment)

    @property
    def state(self) -> StateFolder:
        return StateFolder(self.runner.home, source_name(self.exchange, self.simulator))

    @property
    def airflow(self) -> Airflow:
        return Airflow(self.state, self.airflow_port)

    @property
    def simulated(self) -> bool:
        return self.exchange.exchange == "simulator"

    @property
    def replayed(self) -> bool:
        return self.simulated and bool(self.simulator.replay_recording)

    @property
    def starts_empty(self) -> bool:
        return starts_empty(self.exchange, self.simulator)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The pairs that are listened to; empty where the recording decides."""
        return self.exchange.symbols or (() if self.replayed else DEFAULT_SYMBOLS)

    @property
    def kafka_port(self) -> int | None:
        """The port of the broker on this machine; None where the broker is elsewhere."""
        return _loopback_port(self.kafka.kafka_bootstrap)

    @property
    def mongo_port(self) -> int | None:
        """The port of MongoDB on this machine; None where it is elsewhere.

        Raises:
            ServerError: the address cannot be read.
        """
        if self.mongo.mongo_uri.startswith("mongodb+srv"):
            return None
        try:
            nodes = parse_uri(self.mongo.mongo_uri)["nodelist"]
        except (PyMongoError, ValueError) as error:
            variable = variable_name(MongoSettings, "mongo_uri")
            raise ServerError(f"bad setting {variable}: {error}") from error
        host, port = nodes[0]
        return (port or _MONGO_PORT) if len(nodes) == 1 and host in _THIS_MACHINE else None

    @property
    def redis_port(self) -> int | None:
        """The port of Redis on this machine; None where it is elsewhere."""
        return self.redis.redis_port if self.redis.redis_host in _THIS_MACHINE else None


def inherited_environment() -> dict[str, str]:
    """Return this process's environment without the platform's own variables.

    The supervisor runs on after settings have changed; what it passes on must not hold an old one.
    """
    own = {name for group in GROUPS for name in _names(group)}
    return {name: value for name, value in os.environ.items() if name.upper() not in own}


def _names(group: type[SettingsGroup]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            yield from (str(choice) for choice in alias.choices)
        else:
            yield name.upper()


def _as_variables(settings: SettingsGroup) -> dict[str, str]:
    group = type(settings)
    return {
        variable_name(group, name): _as_text(getattr(settings, name))
        for name in sorted(settings.model_fields_set)
    }


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return str(value)


def _loopback_port(bootstrap: str) -> int | None:
    host, _, port = bootstrap.strip().rpartition(":")
    return int(port) if "," not in bootstrap and host.strip("[]") in _THIS_MACHINE else None
