"""Create the topics, or mend their settings: `python -m candlestack_core.kafka.create_topics`.

Idempotent. Waits for the broker with growing pauses, and says so.
"""

from __future__ import annotations

import argparse
import sys
import time

from candlestack_core.kafka import KafkaError, open_admin
from candlestack_core.pauses import Pauses
from candlestack_core.settings import KafkaSettings, load
from candlestack_core.topics import all_topics

EXAMPLE = "example: KAFKA_BOOTSTRAP=localhost:9092 python -m candlestack_core.kafka.create_topics --wait 60"


def ensure_topics(settings: KafkaSettings) -> list[str]:
    """Make all topics be as `topics` says and return the names of those created.

    Raises:
        KafkaError: when the broker is not there or refuses.
    """
    admin = open_admin(settings)
    try:
        return admin.ensure_topics(all_topics(settings.kafka_topic), settings.kafka_replication_factor)
    finally:
        admin.close()


def wait_and_ensure_topics(settings: KafkaSettings, wait_s: float) -> list[str]:
    """Do as `ensure_topics` does, waiting for the broker.

    Raises:
        KafkaError: when the broker is not there after `wait_s` seconds.
    """
    pauses = Pauses(first=0.2, longest=3.0)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return ensure_topics(settings)
        except KafkaError as error:
            if time.monotonic() > deadline:
                raise
            sys.stderr.write(f"waiting for Kafka at {settings.kafka_bootstrap}: {error}\n")
            time.sleep(pauses.next())


def main() -> None:
    """Run the command; exit code 1 when the broker stays away."""
    parser = argparse.ArgumentParser(
        prog="create_topics",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDS", help="wait this long for the broker"
    )
    arguments = parser.parse_args()
    settings = load(KafkaSettings)
    try:
        created = wait_and_ensure_topics(settings, arguments.wait)
    except KafkaError as error:
        sys.stderr.write(f"Kafka at {settings.kafka_bootstrap} cannot be reached: {error}\n")
        raise SystemExit(1) from None
    topics = all_topics(settings.kafka_topic)
    sys.stdout.write(f"{len(topics)} topics are as they should be, {len(created)} created\n")


if __name__ == "__main__":
    main()
