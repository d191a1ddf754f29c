"""The contract of the Kafka interface, held by both client libraries on a real broker."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from candlestack_core.kafka import (
    Admin,
    BufferFullError,
    Consumer,
    KafkaError,
    Producer,
    Record,
    TopicPartition,
    open_admin,
    open_consumer,
    open_producer,
)
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DAY_MS, MB, Topic
from candlestack_local.servers import KafkaBroker
from candlestack_local.servers.pytest_plugin import own_broker

CLIENTS = ("confluent", "kafka-python")
WAIT_S = 240.0
BROKER_SESSION_S = 4.0
"""A broker that nobody else uses is taken for dead by its controller when it stands still for less."""


def settings_for(broker: KafkaBroker, client: str) -> KafkaSettings:
    return KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap, "kafka_client": client})


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(kafka_broker: KafkaBroker, client: str, patience: None) -> KafkaSettings:
    return settings_for(kafka_broker, client)


@pytest.fixture(scope="module")
def faulty_broker() -> Iterator[KafkaBroker]:
    """A broker that tests of this file kill and freeze, and leave running."""
    with own_broker() as broker:
        yield broker


@pytest.fixture
def admin(settings: KafkaSettings) -> Iterator[Admin]:
    admin = open_admin(settings)
    yield admin
    admin.close()


@pytest.fixture
def topic(admin: Admin) -> Topic:
    topic = Topic(f"contract-{uuid.uuid4().hex}", 3, retention_ms=DAY_MS, retention_bytes=96 * MB)
    assert admin.ensure_topics([topic], 1) == [topic.name]
    return topic


@pytest.fixture
def producer(settings: KafkaSettings) -> Iterator[Producer]:
    producer = open_producer(settings, max_pending=1000)
    yield producer
    producer.close()


@pytest.fixture
def consumer_of(settings: KafkaSettings) -> Iterator[Callable[[str | None], Consumer]]:
    opened: list[Consumer] = []

    def open_one(group: str | None) -> Consumer:
        consumer = open_consumer(settings, group=group)
        opened.append(consumer)
        return consumer

    yield open_one
    for consumer in opened:
        consumer.close()


def read(consumer: Consumer, count: int) -> list[Record]:
    """Read until `count` records are there."""
    records: list[Record] = []
    deadline = time.monotonic() + WAIT_S
    while len(records) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records came"
        records += consumer.poll(0.2)
    return records


def identity(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def await_lag(consumer: Consumer, total: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while not (lag := consumer.lag()) or sum(lag.values()) != total:
        assert time.monotonic() < deadline, f"the lag stays at {lag}"
        assert not consumer.poll(0.2)


def whole(topic: Topic) -> dict[TopicPartition, int]:
    return {TopicPartition(topic.name, number): 0 for number in range(topic.partitions)}


def send_all(producer: Producer, topic: Topic, count: int) -> None:
    for number in range(count):
        producer.send(topic.name, f"PAIR{number % 5}", str(number).encode())
    assert producer.flush(WAIT_S) == 0


def test_what_is_sent_is_read_with_key_value_headers_and_in_order_for_each_key(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    outcomes: list[KafkaError | None] = []
    for number in range(100):
        key = f"PAIR{number % 5}"
        headers = [("sent", str(number).encode())]
        producer.send(topic.name, key, f'{{"n":{number}}}'.encode(), headers, outcomes.append)
    assert producer.flush(WAIT_S) == 0
    assert outcomes == [None] * 100

    consumer = consumer_of(None)
    consumer.assign(whole(topic))
    records = read(consumer, 100)
    assert len(records) == 100
    by_key: dict[bytes | None, list[int]] = {}
    for record in records:
        number = int(dict(record.headers)["sent"])
        assert record.value == f'{{"n":{number}}}'.encode()
        by_key.setdefault(record.key, []).append(number)
    assert {key: sorted(numbers) for key, numbers in by_key.items()} == by_key
    assert len(by_key) == 5


def test_both_clients_put_a_key_on_the_same_partition(
    kafka_broker: KafkaBroker, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    keys = [f"PAIR{number}USDT" for number in range(40)]
    for client in CLIENTS:
        producer = open_producer(settings_for(kafka_broker, client), max_pending=1000)
        for key in keys:
            producer.send(topic.name, key, client.encode())
        assert producer.flush(WAIT_S) == 0
        producer.close()
    consumer = consumer_of(None)
    consumer.assign(whole(topic))
    partitions: dict[bytes | None, set[int]] = {}
    for record in read(consumer, 80):
        partitions.setdefault(record.key, set()).add(record.partition)
    assert all(len(numbers) == 1 for numbers in partitions.values())
    assert len({number for numbers in partitions.values() for number in numbers}) == topic.partitions


def test_a_full_buffer_refuses_and_takes_nothing(faulty_broker: KafkaBroker, client: str) -> None:
    settings = settings_for(faulty_broker, client)
    admin = open_admin(settings)
    topic = Topic(f"bounded-{client}", 1, retention_ms=DAY_MS, retention_bytes=16 * MB)
    admin.ensure_topics([topic], 1)
    producer = open_producer(settings, max_pending=50)
    outcomes: list[KafkaError | None] = []
    producer.send(topic.name, "KEY", b"before", (), outcomes.append)
    assert producer.flush(WAIT_S) == 0
    faulty_broker.kill()

    for number in range(50):
        producer.send(topic.name, "KEY", str(number).encode(), (), outcomes.append)
    with pytest.raises(BufferFullError):
        producer.send(topic.name, "KEY", b"one too many", (), outcomes.append)
    assert producer.pending() == 50
    assert producer.flush(0.5) == 50

    faulty_broker.start()
    faulty_broker.wait_ready()
    assert producer.flush(WAIT_S) == 0
    assert outcomes == [None] * 51
    producer.close()

    consumer = open_consumer(settings)
    consumer.assign({TopicPartition(topic.name, 0): 0})
    values = [record.value for record in read(consumer, 51)]
    assert values == [b"before", *(str(number).encode() for number in range(50))]
    consumer.close()
    admin.close()


def test_a_group_goes_on_where_it_committed_and_reads_again_what_it_did_not(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    group = uuid.uuid4().hex
    send_all(producer, topic, 30)

    first = consumer_of(group)
    first.subscribe([topic.name])
    records = read(first, 30)
    done: dict[TopicPartition, int] = {}
    for record in records[:20]:
        done[record.topic_partition] = record.offset + 1
    first.commit(done)
    first.close()

    second = consumer_of(group)
    second.subscribe([topic.name])
    again = read(second, 10)
    assert {(record.partition, record.offset) for record in again} == {
        (record.partition, record.offset)
        for record in records
        if record.offset >= done.get(record.topic_partition, 0)
    }


def test_a_paused_consumer_reads_nothing_and_loses_nothing(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    consumer = consumer_of(uuid.uuid4().hex)
    consumer.subscribe([topic.name])
    send_all(producer, topic, 10)
    seen = read(consumer, 10)
    consumer.pause()
    send_all(producer, topic, 10)
    assert all(not consumer.poll(0.05) for _ in range(10))
    consumer.resume()
    seen += read(consumer, 10)
    assert len({(record.partition, record.offset) for record in seen}) == 20


def test_a_consumer_reads_again_from_where_it_is_set(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    consumer = consumer_of(uuid.uuid4().hex)
    consumer.subscribe([topic.name])
    send_all(producer, topic, 30)
    seen = read(consumer, 30)
    consumer.seek(dict.fromkeys(consumer.assignment(), 0))
    again = read(consumer, 30)
    assert sorted(map(identity, again)) == sorted(map(identity, seen))


def test_a_partition_that_is_not_read_cannot_be_set(
    consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    consumer = consumer_of(uuid.uuid4().hex)
    with pytest.raises(KafkaError):
        consumer.seek({TopicPartition(topic.name, 0): 0})


def test_the_lag_is_what_is_left_to_read(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    consumer = consumer_of(uuid.uuid4().hex)
    consumer.subscribe([topic.name])
    for number in range(30):
        producer.send(topic.name, "PAIR", str(number).encode())
    assert producer.flush(WAIT_S) == 0
    records: list[Record] = []
    while len(records) < 10:
        records += consumer.poll(0.2, max_records=1)
    consumer.commit({record.topic_partition: record.offset + 1 for record in records})
    consumer.pause()
    await_lag(consumer, 20)
    consumer.resume()
    records = read(consumer, 20)
    consumer.commit({record.topic_partition: record.offset + 1 for record in records})
    await_lag(consumer, 0)
    assert set(consumer.lag()) <= consumer.assignment()


def test_a_commit_to_a_frozen_broker_fails_and_once_it_is_back_all_clients_go_on(
    faulty_broker: KafkaBroker, client: str
) -> None:
    settings = settings_for(faulty_broker, client)
    admin = open_admin(settings)
    topic = Topic(f"frozen-{client}", 1, retention_ms=DAY_MS, retention_bytes=16 * MB)
    admin.ensure_topics([topic], 1)
    producer = open_producer(settings, max_pending=50)
    producer.send(topic.name, "KEY", b"before")
    assert producer.flush(WAIT_S) == 0
    consumer = open_consumer(settings, group=topic.name)
    consumer.subscribe([topic.name])
    [record] = read(consumer, 1)
    alone = open_consumer(settings)
    alone.assign({record.topic_partition: 0})
    assert len(read(alone, 1)) == 1

    faulty_broker.suspend()
    suspended_at = time.monotonic()
    producer.send(topic.name, "KEY", b"meanwhile")
    with pytest.raises(KafkaError):
        consumer.commit({record.topic_partition: record.offset + 1})
    consumer.close()
    while time.monotonic() - suspended_at < BROKER_SESSION_S:
        assert alone.poll(0.2) == []
    faulty_broker.resume()
    assert producer.flush(WAIT_S) == 0
    producer.send(topic.name, "KEY", b"after")
    assert producer.flush(WAIT_S) == 0
    assert [record.value for record in read(alone, 2)] == [b"meanwhile", b"after"]
    alone.close()
    producer.close()
    admin.close()


def test_bounds_and_times_tell_where_a_partition_begins_and_ends(
    producer: Producer, consumer_of: Callable[[str | None], Consumer], topic: Topic
) -> None:
    consumer = consumer_of(None)
    assert consumer.partitions(topic.name) == list(whole(topic))
    assert consumer.partitions(f"{topic.name}-that-is-not-there") == []
    send_all(producer, topic, 30)
    total = 0
    for partition in consumer.partitions(topic.name):
        low, high = consumer.bounds(partition)
        assert low == 0
        total += high
        assert consumer.offset_at(partition, 0) == 0
        assert consumer.offset_at(partition, 2**42) == high
    assert total == 30


def test_topics_are_created_once_and_mended_when_they_differ(admin: Admin, topic: Topic) -> None:
    config = admin.topic_config(topic.name)
    assert {key: config[key] for key in topic.config()} == topic.config()
    assert admin.ensure_topics([topic], 1) == []

    changed = Topic(topic.name, topic.partitions, retention_ms=DAY_MS // 2, retention_bytes=48 * MB)
    assert admin.ensure_topics([changed], 1) == []
    # The controller has accepted it; the broker that is asked may follow a moment later.
    deadline = time.monotonic() + WAIT_S
    while not changed.config().items() <= admin.topic_config(topic.name).items():
        assert time.monotonic() < deadline, admin.topic_config(topic.name)
        time.sleep(0.05)


def test_a_topic_has_one_id_whoever_asks_and_no_other_topic_has_it(
    admin: Admin, topic: Topic, kafka_broker: KafkaBroker
) -> None:
    found = admin.topic_id(topic.name)
    for client in CLIENTS:
        asked = open_admin(settings_for(kafka_broker, client))
        assert asked.topic_id(topic.name) == found
        asked.close()
    other = Topic(f"{topic.name}-other", 1, retention_ms=DAY_MS, retention_bytes=96 * MB)
    admin.ensure_topics([other], 1)
    assert admin.topic_id(other.name) != found


def test_a_topic_that_is_not_there_is_an_error_that_names_it(admin: Admin) -> None:
    for look in (admin.topic_config, admin.topic_id):
        with pytest.raises(KafkaError):
            look("no-such-topic")
