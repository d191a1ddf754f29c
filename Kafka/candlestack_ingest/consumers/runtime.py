"""What the consumers share: waiting for Kafka, the loop, the graceful stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from candlestack_core.kafka import Consumer, KafkaError, Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run
from candlestack_core.settings import KafkaSettings, load
from candlestack_ingest.consumers.dead_letters import DeadLetters
from candlestack_ingest.consumers.loop import BACKLOG, KAFKA, MAX_DEAD_LETTERS, ConsumerLoop, Limits
from candlestack_ingest.consumers.sink import Sink


def run_consumer(
    name: str,
    group: str,
    topics_of: Callable[[KafkaSettings], Sequence[str]],
    sink_of: Callable[[], Sink],
    limits: Limits,
) -> None:
    """Run a consumer of a group until it is told to stop; ends the process with its exit code.

    `sink_of` may not need the store to be there yet.
    """

    def main(service: Service) -> None:
        settings = load(KafkaSettings)
        sink = sink_of()
        service.health.not_ready(sink.name, "starting")
        try:
            clients = _wait_for_kafka(service, settings, group, limits)
            if clients is not None:
                consumer, producer = clients
                _consume(service, consumer, producer, sink, topics=topics_of(settings), limits=limits)
        finally:
            sink.close()

    run(name, main, components=(KAFKA, BACKLOG))


def _consume(
    service: Service,
    consumer: Consumer,
    producer: Producer,
    sink: Sink,
    *,
    topics: Sequence[str],
    limits: Limits,
) -> None:
    dead_letters = DeadLetters(producer)
    try:
        ConsumerLoop(
            service, consumer=consumer, dead_letters=dead_letters, sink=sink, topics=topics, limits=limits
        ).run()
    finally:
        dead_letters.close()


def _wait_for_kafka(
    service: Service, settings: KafkaSettings, group: str, limits: Limits
) -> tuple[Consumer, Producer] | None:
    """Return the clients once the broker answers and the topics are there; None when told to stop before."""
    pauses: Pauses = limits.pauses()
    while not service.stopping.is_set():
        service.health.beat()
        try:
            ensure_topics(settings)
            producer = open_producer(settings, max_pending=2 * MAX_DEAD_LETTERS)
            return open_consumer(settings, group=group), producer
        except KafkaError as error:
            reason = f"no answer from {settings.kafka_bootstrap}: {error}"
            service.health.not_ready(KAFKA, reason)
            service.log.warning("waiting for Kafka", reason=reason)
            service.stopping.wait(pauses.next())
    return None
