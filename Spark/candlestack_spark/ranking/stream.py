"""The candle topic as a stream of micro-batches of closed candles.

Spark reads the topic, leaves out what is still forming, keeps the offsets in its checkpoint and says when a batch
is done. The state is not Spark's: the window ends with the newest minute of any pair, so each candle may move the
days of all of them, and the order is one of all pairs. State by key (`transformWithState`) would see neither, and
would need a Python worker beside the driver. It is small, and lies where both are at hand: in the driver.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's documents have it
from pyspark.sql.streaming.query import StreamingQuery

from candlestack_core.settings import KafkaSettings, RankingSettings

CHECKPOINT: Final = "spark"
"""The folder of Spark's own checkpoint, below that of the ranking."""
_ASK_MS: Final = 3_000
_GIVE_UP_MS: Final = 6_000
"""A broker that is away for longer ends the query, which is started again with growing pauses."""

Batch = list[tuple[bytes | None, int]]
"""Values of records, and when the broker took each, in ms."""


def start_query(
    session: SparkSession,
    kafka: KafkaSettings,
    ranking: RankingSettings,
    take: Callable[[Batch], None],
    since: int | None,
) -> StreamingQuery:
    """Start reading where the checkpoint ends; return the query, which runs until it is stopped or fails.

    Without a checkpoint it begins with what arrived from `since` on (ms; None: with the oldest there is).
    A batch is done when `take` has returned, and is given again where it has not.
    """
    options = {
        "kafka.bootstrap.servers": kafka.kafka_bootstrap,
        "subscribe": kafka.kafka_topic,
        "maxOffsetsPerTrigger": str(ranking.ranking_batch_records),
        "startingOffsets": "earliest",
        # What retention has taken is older than the window, or in the candle store.
        "failOnDataLoss": "false",
        "fetchOffset.numRetries": "1",
        "kafkaConsumer.pollTimeoutMs": str(_GIVE_UP_MS),
        "kafka.request.timeout.ms": str(_ASK_MS),
        "kafka.default.api.timeout.ms": str(_GIVE_UP_MS),
    }
    if since is not None:
        options |= {"startingTimestamp": str(since), "startingOffsetsByTimestampStrategy": "latest"}
    records = session.readStream.format("kafka").options(**options).load()
    # Whoever looks for `false` alone leaves everything else to be looked at, also what is no candle.
    forming = F.get_json_object(F.col("value").cast("string"), "$.closed") == "false"
    closed = records.where(~F.coalesce(forming, F.lit(False))).select(
        "value", F.unix_millis("timestamp").alias("arrived")
    )

    def each(batch: DataFrame, _batch_id: int) -> None:
        take([(row.value, row.arrived) for row in batch.collect()])

    return (
        closed.writeStream.queryName("ranking")
        .foreachBatch(each)
        .option("checkpointLocation", (ranking.checkpoint / CHECKPOINT).as_uri())
        .trigger(processingTime=f"{ranking.ranking_trigger_s} seconds")
        .start()
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a query has come: the next offset of each partition, and the end of each as it last saw it."""

    batch: int
    seconds: float
    reached: dict[tuple[str, int], int]
    end: dict[tuple[str, int], int]

    def behind(self) -> dict[tuple[str, int], int]:
        """Return by topic and partition how many records are still to come."""
        return {where: max(self.end.get(where, 0) - offset, 0) for where, offset in self.reached.items()}


def progress_of(query: StreamingQuery) -> Progress | None:
    """Return how far a query has come since it was started; None before its first batch is done."""
    last: dict[str, Any] | None = query.lastProgress
    if last is None or not last["sources"]:
        return None
    source = last["sources"][0]
    return Progress(
        batch=int(last["batchId"]),
        seconds=int(last["durationMs"].get("triggerExecution", 0)) / 1000,
        reached=dict(_offsets(source["endOffset"])),
        end=dict(_offsets(source["latestOffset"])),
    )


def is_idle(query: StreamingQuery) -> bool:
    """Tell whether a query waits for records or for its next trigger: the broker has answered."""
    return str(query.status["message"]).startswith("Waiting")


def failure_of(query: StreamingQuery) -> str:
    """Return in one line why a query has ended."""
    error = query.exception()
    if error is None:
        return "it has ended"
    causes = [line.strip() for line in str(error).splitlines() if "Exception: " in line or "Error: " in line]
    return (causes or str(error).splitlines() or [type(error).__name__])[-1]


def _offsets(text: str | dict[str, Any] | None) -> Iterator[tuple[tuple[str, int], int]]:
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        # Of a batch that is done again after a restart Spark does not know the end of the topic; pyspark makes
        # of that the text `None`.
        return
    for topic, partitions in (found or {}).items():
        for partition, offset in partitions.items():
            yield (topic, int(partition)), int(offset)
