"""What Kafka already holds: a producer that starts reads it back, so that nothing is asked or sent twice.

The topics are the ledger. They survive the process, and they say what the broker has acknowledged, not what
a process believed to have sent. A day of them takes a while to read: a process that is told to stop meanwhile
stops reading.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Consumer, KafkaError, TopicPartition, open_consumer
from candlestack_core.logging import get_logger
from candlestack_core.messages import MarketData, decode_market_data
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import MARKET_DATA
from candlestack_ingest.producers.ledger import CandleLedger

_LOG = get_logger(__name__)

STALL_POLLS = 20
TRADE_TAILS_MS = (10 * MINUTE_MS, 24 * 60 * MINUTE_MS)
"""How far back the newest trade of each symbol is looked for: first a little, then all that is kept."""


class _CandleSeen(msgspec.Struct, frozen=True):
    symbol: str
    open_time: int
    closed: bool
    source: str


class _TradeSeen(msgspec.Struct, frozen=True):
    symbol: str
    trade_id: int
    source: str


def resume_candles(
    settings: KafkaSettings,
    ledger: CandleLedger,
    symbols: frozenset[str],
    source: str,
    since_ms: int,
    *,
    stopping: threading.Event,
) -> int:
    """Tell a ledger which closed candles of `source` arrived in Kafka since a time; return how many.

    `since_ms` is the broker's time of arrival, which is this machine's, not the exchange's.

    Raises:
        KafkaError: when the broker does not answer.
    """
    decoder = msgspec.json.Decoder(_CandleSeen)
    count = 0
    for value in _tail(settings, settings.kafka_topic, since_ms, stopping):
        try:
            seen = decoder.decode(value)
        except msgspec.DecodeError:
            continue  # not ours to judge: the consumers send it to the dead letters
        if seen.closed and seen.symbol in symbols and seen.source.endswith(source):
            ledger.sent(seen.symbol, seen.open_time)
            count += 1
    return count


def resume_trades(
    settings: KafkaSettings,
    topic: str,
    symbols: frozenset[str],
    source: str,
    now_ms: int,
    *,
    stopping: threading.Event,
) -> dict[str, int]:
    """Return the newest trade id of each symbol that Kafka holds from `source`; symbols without are left out.

    Raises:
        KafkaError: when the broker does not answer.
    """
    decoder = msgspec.json.Decoder(_TradeSeen)
    newest: dict[str, int] = {}
    for tail_ms in TRADE_TAILS_MS:
        for value in _tail(settings, topic, now_ms - tail_ms, stopping):
            try:
                seen = decoder.decode(value)
            except msgspec.DecodeError:
                continue  # not ours to judge: the consumers send it to the dead letters
            if seen.symbol in symbols and seen.source.endswith(source):
                newest[seen.symbol] = max(newest.get(seen.symbol, -1), seen.trade_id)
        if symbols <= newest.keys():
            break
    return newest


def resume_market_data(
    settings: KafkaSettings, symbols: frozenset[str], source: str, *, stopping: threading.Event
) -> dict[str, dict[int, MarketData]]:
    """Return what Kafka holds last of each candle of `source` that REST gave, by symbol and open time in ms.

    Raises:
        KafkaError: when the broker does not answer.
    """
    found: dict[str, dict[int, MarketData]] = {}
    for value in _tail(settings, MARKET_DATA, 0, stopping):
        try:
            data = decode_market_data(value)
        except msgspec.DecodeError:
            continue  # not ours to judge
        if data.symbol in symbols and data.source == source:
            found.setdefault(data.symbol, {})[data.timestamp] = data
    return found


def _tail(settings: KafkaSettings, topic: str, since_ms: int, stopping: threading.Event) -> Iterator[bytes]:
    consumer = open_consumer(settings)
    try:
        yield from _read_tail(consumer, topic, since_ms, stopping)
    finally:
        consumer.close()


def _read_tail(consumer: Consumer, topic: str, since_ms: int, stopping: threading.Event) -> Iterator[bytes]:
    ends: dict[TopicPartition, int] = {}
    starts: dict[TopicPartition, int] = {}
    for partition in consumer.partitions(topic):
        low, high = consumer.bounds(partition)
        start = max(low, consumer.offset_at(partition, max(0, since_ms)))
        if start < high:
            starts[partition], ends[partition] = start, high
    if not starts:
        return
    consumer.assign(starts)
    idle = 0
    while ends and not stopping.is_set():
        records = consumer.poll(0.5, 5_000)
        idle = 0 if records else idle + 1
        if idle > STALL_POLLS:
            raise KafkaError(f"{topic}: the broker stopped answering while its tail was read")
        for record in records:
            end = ends.get(record.topic_partition)
            if end is None:
                continue
            if record.offset < end:
                yield record.value
            if record.offset >= end - 1:
                del ends[record.topic_partition]
