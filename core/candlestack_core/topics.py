"""The topics: names, partitions, retention and compression, each defined once.

Values are JSON (`messages`), keys are symbols, so that one symbol's records keep their order. Retention is by
time and by size, whichever comes first; sizes are for a whole topic and are divided among its partitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as the admin creates it; `retention_bytes` is for all its partitions together."""

    name: str
    partitions: int
    retention_ms: int
    retention_bytes: int
    compression: str = "producer"
    """`producer`: the broker keeps what the producer wrote (lz4) and does not compress again."""

    def config(self) -> dict[str, str]:
        """Return the broker's settings of this topic."""
        bytes_each = self.retention_bytes // self.partitions
        # Only closed segments expire; eight to a partition keep both bounds within an eighth.
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_ms),
            "retention.bytes": str(bytes_each),
            "segment.bytes": str(max(bytes_each // 8, 1 * MB)),
            "segment.ms": str(max(self.retention_ms // 8, 60_000)),
            "compression.type": self.compression,
            # Arrival at the broker: a replay's own times may be years old and would expire at once.
            "message.timestamp.type": "LogAppendTime",
        }


KLINE_1M: Final = "crypto_kline_1m"
TRADES: Final = "crypto_trades"
ORDERBOOK_UPDATE: Final = "orderbook_update"
ORDERBOOK: Final = "crypto_orderbook"
MARKET_DATA: Final = "crypto.market_data"
LISTINGS: Final = "crypto_listings"
DEAD_LETTER: Final = "crypto_dead_letter"


def all_topics(candle_topic: str = KLINE_1M) -> tuple[Topic, ...]:
    """Return every topic so far; `candle_topic` is the setting KAFKA_TOPIC."""
    return (
        Topic(candle_topic, partitions=3, retention_ms=7 * DAY_MS, retention_bytes=1024 * MB),
        Topic(TRADES, partitions=3, retention_ms=DAY_MS, retention_bytes=1024 * MB),
        Topic(ORDERBOOK_UPDATE, partitions=3, retention_ms=HOUR_MS, retention_bytes=1024 * MB),
        Topic(ORDERBOOK, partitions=3, retention_ms=HOUR_MS // 4, retention_bytes=256 * MB),
        Topic(MARKET_DATA, partitions=3, retention_ms=DAY_MS, retention_bytes=256 * MB),
        Topic(LISTINGS, partitions=1, retention_ms=DAY_MS, retention_bytes=64 * MB),
        Topic(DEAD_LETTER, partitions=1, retention_ms=7 * DAY_MS, retention_bytes=128 * MB),
    )
