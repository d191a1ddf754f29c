"""Pytest fixtures of the real servers, for the tests of every folder.

`kafka_broker`, `mongo_server` and `redis_server` are started once per run, when first asked for: a test
keeps to names of its own in them (topics, databases, key prefixes). A test that stops, kills or freezes a
server takes `own_kafka_broker`, `own_mongo_server` or `own_redis_server`, which nothing else uses; one
that only freezes a broker takes `lasting_kafka_broker`.

A broker that a busy machine lets stand is waited for by the clients of the test's own process; the platform's
processes, which have to stop within seconds, give it as long as ever.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from candlestack_core.kafka import confluent, confluent_consumer
from candlestack_local.servers import SHORT_LIVED_JVM, KafkaBroker, MongoServer, RedisServer, free_port

LASTING_MS = 120_000
"""How long a broker that nobody kills may stand still; else its clients may lose it for minutes."""

PATIENCE_S = 240.0


@pytest.fixture(scope="session", autouse=True)
def patient_kafka_clients() -> Iterator[None]:
    """Let what a test asks of a broker itself take as long as the broker stands still."""
    with pytest.MonkeyPatch.context() as patch:
        for client in (confluent, confluent_consumer):
            patch.setattr(client, "REQUEST_TIMEOUT_S", PATIENCE_S)
        yield


@contextmanager
def _data_dir(name: str) -> Iterator[Path]:
    # Not pytest's tmp_path, which keeps the folders of three runs: a database is too large for that.
    with tempfile.TemporaryDirectory(prefix=f"candlestack-{name}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def own_broker(**settings: int) -> Iterator[KafkaBroker]:
    """Run a broker on ports of its own with these settings, as the fixtures do; its data is forgotten."""
    with (
        _data_dir("kafka") as data_dir,
        KafkaBroker(
            port=free_port(),
            controller_port=free_port(),
            data_dir=data_dir,
            jvm_options=SHORT_LIVED_JVM,
            **settings,
        ) as broker,
    ):
        yield broker


@contextmanager
def _mongo() -> Iterator[MongoServer]:
    with _data_dir("mongo") as data_dir, MongoServer(port=free_port(), data_dir=data_dir) as server:
        yield server


@contextmanager
def _redis() -> Iterator[RedisServer]:
    with _data_dir("redis") as data_dir, RedisServer(port=free_port(), data_dir=data_dir) as server:
        yield server


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[KafkaBroker]:
    """A running broker without topics, shared by the whole run; nobody kills it, but a busy machine lets it stand."""
    with own_broker(session_timeout_ms=LASTING_MS) as broker:
        yield broker


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[MongoServer]:
    """A running empty mongod, shared by the whole run."""
    with _mongo() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A running empty Redis, shared by the whole run."""
    with _redis() as server:
        yield server


@pytest.fixture
def own_kafka_broker() -> Iterator[KafkaBroker]:
    """A running broker of this test alone, which may be stopped, killed, frozen and restarted."""
    with own_broker() as broker:
        yield broker


@pytest.fixture
def lasting_kafka_broker() -> Iterator[KafkaBroker]:
    """A running broker of this test alone, which may be frozen and is never killed."""
    with own_broker(session_timeout_ms=LASTING_MS) as broker:
        yield broker


@pytest.fixture
def own_mongo_server() -> Iterator[MongoServer]:
    """A running mongod of this test alone, which may be stopped, killed, frozen and restarted."""
    with _mongo() as server:
        yield server


@pytest.fixture
def own_redis_server() -> Iterator[RedisServer]:
    """A running Redis of this test alone, which may be stopped, killed, frozen and restarted."""
    with _redis() as server:
        yield server
