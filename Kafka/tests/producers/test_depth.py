"""Recorded depth of both markets through the feed and the real broker."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from candlestack_core.kafka import KafkaError, TopicPartition, open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import DepthDiff, decode_dead_letter, decode_depth_diff
from candlestack_core.messages import Market as MarketName
from candlestack_core.service import Health
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, ORDERBOOK_UPDATE
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.producers import depth_sequence
from candlestack_ingest.producers.depth import DepthFeed
from candlestack_ingest.producers.feed import DepthContext
from candlestack_ingest.producers.holes import Hole
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_local.servers import KafkaBroker
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Clock, running, until

RECORDINGS = Path(
    os.environ.get("CANDLESTACK_RECORDINGS", Path(__file__).resolve().parents[4] / "shared" / "data")
)
needs_recordings = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
NOW_MS = 1_773_500_040_000
SYMBOL = "BTCUSDT"


class Carried:
    """A depth feed, and what it has put into Kafka since."""

    def __init__(self, feed: DepthFeed, outbox: Outbox, kafka: KafkaSettings) -> None:
        self.feed = feed
        self.holes: list[Hole] = []
        self._outbox = outbox
        self._consumer = open_consumer(kafka)
        self._starts = {topic: self._ends(topic) for topic in (ORDERBOOK_UPDATE, DEAD_LETTER)}

    def _ends(self, topic: str) -> dict[TopicPartition, int]:
        while True:
            try:
                return {where: self._consumer.bounds(where)[1] for where in self._consumer.partitions(topic)}
            except KafkaError:
                time.sleep(0.1)  # the topics are new, and their leaders not chosen yet

    async def take(self, frame: bytes) -> None:
        waiting = self.feed.on_frame(frame, 1)
        if waiting is not None:
            await waiting

    def values(self, topic: str) -> list[bytes]:
        starts, ends = self._starts[topic], self._ends(topic)
        expected = sum(ends.values()) - sum(starts.values())
        if not expected:
            return []
        self._consumer.assign(starts)
        values: list[bytes] = []
        while len(values) < expected:
            values += [record.value for record in self._consumer.poll(0.5, 5_000)]
        return values

    async def diffs(self, count: int) -> list[DepthDiff]:
        await until(lambda: len(self.values(ORDERBOOK_UPDATE)) >= count)
        return [decode_depth_diff(value) for value in self.values(ORDERBOOK_UPDATE)]

    def close(self) -> None:
        self._consumer.close()


@asynccontextmanager
async def carried(broker: KafkaBroker, market: MarketName) -> AsyncIterator[Carried]:
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap})
    ensure_topics(kafka)
    refusals = Refusals()
    producer = open_producer(kafka, max_pending=10_000, on_refused=refusals)
    outbox = Outbox(producer, Health(), lambda: time.time_ns() // 1_000_000, refusals)
    async with running(SeededMarket(7, clock=Clock(NOW_MS))) as exchange, aiohttp.ClientSession() as session:
        holes: list[Hole] = []
        rest = SpotRest(session, f"http://{exchange.address}", WeightBudget(6_000))
        feed = DepthFeed(
            DepthContext(Market("replay", (SYMBOL,), name=market), rest, outbox, lambda: 1, holes.append)
        )
        result = Carried(feed, outbox, kafka)
        result.holes = holes
        await feed.on_connected(feed.streams)
        working = [asyncio.create_task(outbox.run()), asyncio.create_task(feed.run())]
        try:
            yield result
        finally:
            for task in working:
                task.cancel()
            await asyncio.wait(working)
            await outbox.close(5.0)
            result.close()


def recorded(path: str, stream: str, most: int) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    with gzip.open(RECORDINGS / "streams" / path, "rt") as lines:
        for line in lines:
            payload = line.partition(" ")[2]
            if f'"{stream}"' in payload[:60]:
                frames.append(json.loads(payload)["data"])
                if len(frames) == most:
                    break
    return frames


def frame_of(event: dict[str, Any]) -> bytes:
    stream = f"{event['s'].lower()}@depth@100ms"
    return json.dumps({"stream": stream, "data": event}, separators=(",", ":")).encode()


def event(first: int, last: int, **changes: Any) -> dict[str, Any]:
    levels = {"b": [["1.50000000", "2.0"]], "a": []}
    return {"e": "depthUpdate", "E": NOW_MS + last, "s": SYMBOL, "U": first, "u": last} | levels | changes


@needs_recordings
@pytest.mark.parametrize(
    ("market", "path", "stream"),
    [
        ("spot", "spot/btcusdt_20240808.gz", "btcusdt@depth@100ms"),
        ("usdm", "usdm/btcusdt_20240808.gz", "btcusdt@depth@0ms"),
    ],
)
async def test_recorded_diffs_arrive_each_once_and_in_order_though_they_came_doubled_and_swapped(
    kafka_broker: KafkaBroker, market: MarketName, path: str, stream: str
) -> None:
    events = recorded(path, stream, 600)
    async with carried(kafka_broker, market) as carrying:
        await carrying.take(frame_of(events[0]))
        for earlier, later in zip(events[1::2], events[2::2], strict=False):
            for taken in (later, earlier, earlier, later):
                await carrying.take(frame_of(taken))
        expected = events[: 1 + 2 * (len(events[1:]) // 2)]
        diffs = await carrying.diffs(len(expected))
        assert carrying.holes == []
        assert carrying.values(DEAD_LETTER) == []
    assert [diff.final_update_id for diff in diffs] == [sent["u"] for sent in expected]
    for diff, sent in zip(diffs, expected, strict=True):
        assert (diff.market, diff.symbol, diff.source) == (market, SYMBOL, "replay")
        assert (diff.first_update_id, diff.previous_final_update_id) == (sent["U"], sent.get("pu"))
        assert diff.event_time == sent["E"]
        for ours, theirs in ((diff.bids, sent["b"]), (diff.asks, sent["a"])):
            assert [(Decimal(p), Decimal(q)) for p, q in ours] == [
                (Decimal(p), Decimal(q)) for p, q in theirs
            ]


async def test_a_break_is_named_and_what_follows_it_is_carried_on(kafka_broker: KafkaBroker) -> None:
    async with carried(kafka_broker, "spot") as carrying:
        for first, last in ((1, 5), (6, 10), (14, 20), (21, 22)):
            await carrying.take(frame_of(event(first, last)))
        diffs = await carrying.diffs(4)
        assert [diff.first_update_id for diff in diffs] == [1, 6, 14, 21]
        (hole,) = carrying.holes
        assert (hole.market, hole.kind, hole.symbol) == ("spot", "depth", SYMBOL)
        assert (hole.first_id, hole.last_id, hole.outcome, hole.before_ms) == (11, 13, "lost", NOW_MS + 20)


async def test_an_exchange_that_begins_anew_is_followed_and_the_break_named(
    kafka_broker: KafkaBroker,
) -> None:
    async with carried(kafka_broker, "spot") as carrying:
        await carrying.take(frame_of(event(100, 200)))
        await carrying.take(frame_of(event(1, 5, E=NOW_MS + 300)))
        diffs = await carrying.diffs(2)
        assert [diff.final_update_id for diff in diffs] == [200, 5]
        assert "went back" in carrying.holes[0].reason


NO_DIFFS: list[tuple[dict[str, Any], str]] = [
    ({"e": "trade"}, "a 'trade' event"),
    ({"s": "ETHUSDT"}, "carries a depth event of 'ETHUSDT'"),
    ({"pu": 7}, "a diff of spot has a previous"),
    ({"U": 12}, "update ids run from 12 to 10"),
    ({"U": -1}, "update ids run from -1"),
    ({"u": 2**63}, "update ids run from 1 to 9223372036854775808"),
    ({"E": NOW_MS + 3_700_000}, "over an hour ahead"),
    ({"E": -1}, "event time -1"),
    ({"b": [["0.0", "1"]]}, "a level at the price 0"),
    ({"b": [["1", "-1"]]}, "not a plain decimal"),
    ({"a": [["1e5", "1"]]}, "not a plain decimal"),
    ({"a": [["1.123456789", "1"]]}, "more than 8 decimals"),
    ({"a": [["1"]]}, "length 2"),
    ({"b": None}, "Expected `array`"),
]


async def test_what_is_no_diff_is_dead_lettered_with_its_reason(kafka_broker: KafkaBroker) -> None:
    frames = [
        frame_of(event(1, 10, **changes)).replace(b'"ethusdt@', b'"btcusdt@') for changes, _ in NO_DIFFS
    ]
    frames += [frame_of(event(1, 10))[:60], b"\xff\xfe", b"[]"]
    reasons = [reason for _, reason in NO_DIFFS] + ["truncated", "malformed", "Expected `object`"]
    async with carried(kafka_broker, "spot") as carrying:
        for frame in frames:
            await carrying.take(frame)
        await until(lambda: len(carrying.values(DEAD_LETTER)) == len(frames))
        letters = [decode_dead_letter(value) for value in carrying.values(DEAD_LETTER)]
        assert [letter.original() for letter in letters] == frames
        for letter, reason in zip(letters, reasons, strict=True):
            assert reason in letter.reason
        assert carrying.values(ORDERBOOK_UPDATE) == []


async def test_a_futures_diff_without_its_previous_id_never_becomes_a_spot_diff(
    kafka_broker: KafkaBroker,
) -> None:
    async with carried(kafka_broker, "usdm") as carrying:
        await carrying.take(frame_of(event(1, 10)))
        await until(lambda: len(carrying.values(DEAD_LETTER)) == 1)
        assert carrying.values(ORDERBOOK_UPDATE) == []


def test_a_diff_waits_for_those_before_it_less_than_a_second() -> None:
    assert 0.1 <= depth_sequence.REORDER_S < 1.0
