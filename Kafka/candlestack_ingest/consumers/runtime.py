"""What the consumers share: waiting for Kafka, the loop, the graceful stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from candlestack_core.kafka import Consumer, KafkaError, Producer, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run
from candlestack_core.settings import KafkaSettings, load

from candlestack_ingest.consumers.loop import KAFKA, ConsumerLoop
from candlestack_ingest.consumers.sink import Sink

MAX_DEAD_LETTERS_PENDING = 1_000
STOP_FLUSH_S = 3.0


def run_consumer(
    name: str, group: str, topics_of: Callable[[KafkaSettings], Sequence[str]], sink_of: Callable[[], Sink]
) -> None:
    """Run a consumer of a group until it is told to stop; ends the process with its exit code.

    `sink_of` may not need the store to be there yet.
    """

    def main(service: Service) -> None:
        settings = load(KafkaSettings)
        sink = sink_of()
        service.health.not_ready(sink.name, "starting")
        clients = _wait_for_kafka(service, settings, group)
        if clients is None:
            return
        consumer, dead_letters = clients
        try:
            ConsumerLoop(
                service,
                consumer=consumer,
                dead_letters=dead_letters,
                sink=sink,
                topics=topics_of(settings),
            ).run()
        finally:
            dead_letters.flush(STOP_FLUSH_S)
            dead_letters.close()

    run(name, main, components=(KAFKA,))


def _wait_for_kafka(
    service: Service, settings: KafkaSettings, group: str
) -> tuple[Consumer, Producer] | None:
    """Return the clients once the broker answers and the topics are there; None when told to stop before."""
    pauses = Pauses(first=0.25, longest=5.0)
    while not service.stopping.is_set():
        service.health.beat()
        try:
            ensure_topics(settings)
            clients = (
                open_consumer(settings, group=group),
                open_producer(settings, max_pending=MAX_DEAD_LETTERS_PENDING),
            )
        except KafkaError as error:
            reason = f"no answer from {settings.kafka_bootstrap}: {error}"
            service.health.not_ready(KAFKA, reason)
            service.log.warning("waiting for Kafka", reason=reason)
            service.stopping.wait(pauses.next())
        else:
            service.health.ready(KAFKA)
            return clients
    return None
