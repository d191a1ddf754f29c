"""What the tests of the Kafka clients share."""

from __future__ import annotations

import pytest

from candlestack_core.kafka import cluster, confluent_consumer, kafka_python

PATIENCE_S = 240.0


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that wait for a commit while the broker stands still, and keep their partitions while the test does.

    Where that is not what is tested, it happens on a busy machine only.
    """
    monkeypatch.setattr(confluent_consumer, "_COMMIT_TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr(kafka_python, "REQUEST_TIMEOUT_MS", round(PATIENCE_S * 1000))
    monkeypatch.setattr(cluster, "ANSWER_WITHIN_MS", round(PATIENCE_S * 1000))
    for module in (confluent_consumer, kafka_python):
        monkeypatch.setattr(module, "SESSION_TIMEOUT_MS", 60_000)
