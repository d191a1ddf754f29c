"""The Kafka broker: Apache Kafka in KRaft mode, one node that is broker and controller."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import ClassVar

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from candlestack_local.bootstrap.java import JavaMissingError, find_java
from candlestack_local.servers import jars
from candlestack_local.servers.errors import MissingDependencyError, ServerError
from candlestack_local.servers.ports import LOOPBACK
from candlestack_local.servers.process import ServerProcess

_CHECK_TIMEOUT_S = 5.0
_FORMAT_TIMEOUT_S = 240.0
_FEATURES = "bootstrap.checkpoint"
_JVM_OPTIONS = ("-Xms384m", "-Xmx384m", "-XX:+UseSerialGC")

# Starts in half the CPU time and never compiles with the second compiler: for tests, which are short.
SHORT_LIVED_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

# One node replicates nothing, and the broker shares a small machine with the whole platform: few
# partitions and threads, small buffers, small segments (retention removes whole segments only).
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={logs}

auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0

# A killed broker is let in again when the session of its former life has run out.
broker.session.timeout.ms={session_timeout_ms}
broker.heartbeat.interval.ms=500

num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
log.retention.check.interval.ms=30000
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.io.buffer.size=131072
metadata.log.segment.bytes=8388608
metadata.max.retention.bytes=33554432
"""


class KafkaBroker(ServerProcess):
    """One broker and controller in one JVM; `bootstrap` is where clients connect."""

    title: ClassVar[str] = "Kafka"

    def __init__(
        self,
        *,
        port: int,
        controller_port: int,
        data_dir: Path,
        jvm_options: Sequence[str] = _JVM_OPTIONS,
        session_timeout_ms: int = 3_000,
    ) -> None:
        """Take how long the broker may stand still before its own controller takes its partitions away."""
        super().__init__(port=port, data_dir=data_dir)
        self._session_timeout_ms = session_timeout_ms
        self.controller_port = controller_port
        self.jvm_options = jvm_options

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ports(self) -> list[int]:
        return [self.port, self.controller_port]

    @property
    def not_ready(self) -> tuple[type[Exception], ...]:
        return (KafkaException, OSError)

    def prepare(self) -> None:
        """Fetch the jars where they are missing, write the settings, and format the log folder once."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._settings_path.write_text(
            _SETTINGS.format(
                host=LOOPBACK,
                port=self.port,
                controller_port=self.controller_port,
                logs=self._logs_dir,
                session_timeout_ms=self._session_timeout_ms,
            )
        )
        self._log_settings_path.write_text(_log_settings())
        if not self._meta_path.exists():
            self._format()

    def command(self) -> list[str]:
        return [*self._java(), "kafka.Kafka", str(self._settings_path)]

    def check(self) -> None:
        """Ask for the cluster's metadata, in which the broker appears once it is registered."""
        # First the bare port: a client of librdkafka would wait for its own timeout while it is closed.
        socket.create_connection((LOOPBACK, self.port), _CHECK_TIMEOUT_S).close()
        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        metadata = client.list_topics(timeout=_CHECK_TIMEOUT_S)
        if not metadata.brokers:
            raise KafkaException("the broker is not registered with its controller yet")

    @property
    def _settings_path(self) -> Path:
        return self.data_dir / "server.properties"

    @property
    def _log_settings_path(self) -> Path:
        return self.data_dir / "log4j2.properties"

    @property
    def _logs_dir(self) -> Path:
        return self.data_dir / "logs"

    @property
    def _meta_path(self) -> Path:
        return self._logs_dir / "meta.properties"

    def _java(self) -> list[str]:
        try:
            java = find_java()
        except JavaMissingError as error:
            raise MissingDependencyError(str(error)) from None
        return [
            java,
            *self.jvm_options,
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={self._log_settings_path}",
            "-cp",
            f"{jars.fetch(jars.kafka_jars())}{os.sep}*",
        ]

    def _format(self) -> None:
        """Make the log folder one of a new cluster; by Kafka's own tool the first time, then from what that has made.

        The tool takes seconds. What it writes is two files: the features of this version of Kafka, the same each
        time, and the two ids.
        """
        features = jars.fetch(jars.kafka_jars()) / _FEATURES
        if not features.exists():
            self._format_by_kafka()
            _write(features, (self._logs_dir / _FEATURES).read_bytes())
            return
        self._logs_dir.mkdir(parents=True, exist_ok=True)
        _write(self._logs_dir / _FEATURES, features.read_bytes())
        ids = f"cluster.id={_new_id()}\ndirectory.id={_new_id()}\n"
        _write(self._meta_path, f"version=1\nnode.id=1\n{ids}".encode())

    def _format_by_kafka(self) -> None:
        arguments = ["format", "--cluster-id", _new_id(), "--config", str(self._settings_path)]
        done = subprocess.run(
            [*self._java(), "kafka.tools.StorageTool", *arguments],
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(
                f"Kafka could not format {self._logs_dir}: {(done.stdout + done.stderr).strip()}"
            )


def _new_id() -> str:
    """Return 16 random bytes as URL-safe base64; the first is 0, since a leading dash would be read as an option."""
    return base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; several processes may do so at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)


def _log_settings() -> str:
    return resources.files(__package__).joinpath("kafka_log4j2.properties").read_text("utf-8")
