"""What is seen of a cluster: lag as it counts, and the state of real topics and groups."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest

from candlestack_core.kafka import TopicPartition, open_admin, open_consumer, open_producer
from candlestack_core.kafka.cluster import Cluster, Group, PartitionState, TopicState
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import HOUR_MS, MB, Topic
from candlestack_local.servers import KafkaBroker


def topic_of(*bounds: tuple[int, int]) -> TopicState:
    partitions = tuple(
        PartitionState(TopicPartition("t", number), begin, end, None)
        for number, (begin, end) in enumerate(bounds)
    )
    return TopicState("t", partitions, HOUR_MS, MB)


@pytest.mark.parametrize(
    ("committed", "lag"),
    [
        ({}, None),
        ({0: 10}, 0),
        ({0: 4}, 6),
        ({0: 4, 1: 150}, 56),
        ({1: 3}, 100),  # what retention deleted can no longer be read
        ({0: 12}, 0),  # committed after the end was asked for
    ],
)
def test_lag_counts_what_can_still_be_read_where_the_group_has_committed(
    committed: dict[int, int], lag: int | None
) -> None:
    offsets = {TopicPartition("t", number): offset for number, offset in committed.items()}
    other = {TopicPartition("other", 0): 1}
    assert Group("g", "Stable", offsets | other).lag(topic_of((0, 10), (100, 200))) == lag


@pytest.fixture
def settings(kafka_broker: KafkaBroker, patience: None) -> KafkaSettings:
    return KafkaSettings(kafka_bootstrap=kafka_broker.bootstrap)


@pytest.fixture
def topic(settings: KafkaSettings) -> str:
    name = f"seen-{uuid.uuid4().hex}"
    with closing(open_admin(settings)) as admin:
        admin.ensure_topics([Topic(name, 2, 2 * HOUR_MS, 6 * MB)], 1)
    return name


def test_a_topic_and_a_group_are_seen_as_they_are(settings: KafkaSettings, topic: str) -> None:
    with closing(open_producer(settings, max_pending=100)) as producer:
        for number in range(7):
            producer.send(topic, "BTCUSDT", b"%d" % number)
        assert producer.flush(240.0) == 0
    with closing(Cluster(settings)) as cluster:
        assert topic in cluster.topic_names()
        assert not any(name.startswith("__") for name in cluster.topic_names())
        [seen] = cluster.topics([topic, "no-such-topic"])
        assert (seen.name, len(seen.partitions), seen.records) == (topic, 2, 7)
        assert (seen.retention_ms, seen.retention_bytes) == (2 * HOUR_MS, 3 * MB)
        assert seen.size is not None
        assert seen.size > 0
        filled = next(state.partition for state in seen.partitions if state.records)
        with closing(open_consumer(settings, group=f"of-{topic}")) as consumer:
            consumer.subscribe([topic])
            while not consumer.assignment():
                consumer.poll(0.2)
            consumer.commit({filled: 5})
        [group] = [group for group in cluster.groups() if group.name == f"of-{topic}"]
        assert (group.committed, group.lag(seen)) == ({filled: 5}, 2)
        assert cluster.topics(["no-such-topic"]) == []
