"""Each real server keeps what it acknowledged over a kill, on the same port and data."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern
from redis import Redis

from candlestack_local.servers import (
    LOOPBACK,
    KafkaBroker,
    MongoServer,
    PortTakenError,
    RedisServer,
    ServerError,
    free_port,
    ports,
)

_COUNT = 500
_PATIENCE_S = 240.0
_TURN = 10_000
"""The turn of a port in the middle of those that are handed out."""


def test_a_killed_broker_still_has_every_acknowledged_message(own_kafka_broker: KafkaBroker) -> None:
    admin = AdminClient({"bootstrap.servers": own_kafka_broker.bootstrap})
    admin.create_topics([NewTopic("kept", num_partitions=1)])["kept"].result(_PATIENCE_S)
    acknowledged: list[int | None] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        assert error is None
        acknowledged.append(message.offset())

    producer = Producer({"bootstrap.servers": own_kafka_broker.bootstrap, "acks": "all"})
    for number in range(_COUNT):
        producer.produce("kept", str(number), on_delivery=delivered)
    assert producer.flush(_PATIENCE_S) == 0
    assert len(acknowledged) == _COUNT

    own_kafka_broker.kill()
    own_kafka_broker.restart()

    consumer = Consumer(
        {
            "bootstrap.servers": own_kafka_broker.bootstrap,
            "group.id": "reader",
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe(["kept"])
    read: list[bytes | None] = []
    while len(read) < _COUNT:
        batch = consumer.consume(_COUNT, timeout=_PATIENCE_S)
        assert batch, f"only {len(read)} of {_COUNT} messages are left"
        read += [message.value() for message in batch]
    consumer.close()
    assert read == [str(number).encode() for number in range(_COUNT)]


def test_each_broker_is_a_cluster_of_its_own_and_keeps_its_ids(tmp_path: Path) -> None:
    brokers = [
        KafkaBroker(port=free_port(), controller_port=free_port(), data_dir=tmp_path / name)
        for name in ("one", "two")
    ]
    for broker in brokers:
        broker.prepare()
    ids = [(broker.data_dir / "logs" / "meta.properties").read_text() for broker in brokers]
    found = {line for text in ids for line in text.splitlines() if ".id=" in line and line != "node.id=1"}
    assert len(found) == 4
    brokers[0].prepare()
    assert (brokers[0].data_dir / "logs" / "meta.properties").read_text() == ids[0]


def test_a_killed_mongod_still_has_every_journalled_write(own_mongo_server: MongoServer) -> None:
    with MongoClient[dict[str, int]](own_mongo_server.uri) as client:
        kept = client["test"].get_collection("kept", write_concern=WriteConcern(w=1, j=True))
        kept.insert_many([{"_id": number} for number in range(_COUNT)])

        own_mongo_server.kill()
        own_mongo_server.restart()

        assert kept.count_documents({}) == _COUNT


def test_a_killed_redis_still_has_every_acknowledged_write(own_redis_server: RedisServer) -> None:
    with Redis(host=LOOPBACK, port=own_redis_server.port) as client:
        for number in range(_COUNT):
            client.rpush("kept", number)

        own_redis_server.kill()
        own_redis_server.restart()

        assert client.lrange("kept", 0, -1) == [str(number).encode() for number in range(_COUNT)]


def test_a_server_on_a_taken_port_names_the_port_and_its_holder(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    second = RedisServer(port=redis_server.port, data_dir=tmp_path_factory.mktemp("second"))
    with pytest.raises(PortTakenError, match=rf"port {redis_server.port}: .*pid {redis_server.pid}"):
        second.start()


def test_a_port_that_another_process_was_given_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = f"import itertools; from candlestack_local.servers import ports; ports._turn = itertools.count({_TURN})"
    code = f"{turn}; print(ports.free_port(following=1), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        given = int(other.stdout.readline())
        monkeypatch.setattr(ports, "_turn", itertools.count(_TURN))
        assert free_port() > given + 1
        other.communicate("\n")


def test_a_server_that_ends_while_starting_shows_the_end_of_its_log(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    broken = RedisServer(port=free_port(), data_dir=tmp_path_factory.mktemp("broken"), max_memory_mb=-1)
    broken.start()
    with pytest.raises(ServerError, match=r"(?s)ended while starting.*maxmemory"):
        broken.wait_ready(_PATIENCE_S)


def test_a_running_server_is_not_started_a_second_time(redis_server: RedisServer) -> None:
    with pytest.raises(ServerError, match="already running"):
        redis_server.start()


def test_a_frozen_server_does_not_answer_until_it_goes_on_and_can_be_stopped_frozen(
    own_redis_server: RedisServer,
) -> None:
    own_redis_server.suspend()
    with pytest.raises(own_redis_server.not_ready):
        own_redis_server.check()
    own_redis_server.resume()
    own_redis_server.wait_ready()
    own_redis_server.suspend()
    own_redis_server.stop()
    assert own_redis_server.pid is None
