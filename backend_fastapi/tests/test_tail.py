"""The tail on a real broker, with a client that no longer finds it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from api_records import trade
from api_world import World
from app.channels import FOLLOWED
from app.stream import tail
from app.stream.events import Subject
from app.stream.hub import Hub
from app.stream.repeated import repeat
from app.trades.channel import TRADES
from candlestack_core.kafka import Consumer, KafkaError, Record, TopicPartition, open_consumer
from candlestack_core.settings import KafkaSettings
from waiting import PATIENCE_S

SYMBOL = "LOSTUSDT"


class Forgetful:
    """A consumer that forgets the broker when told to, as librdkafka does at times after one stood still."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self.has_forgotten = False
        self.found_nothing = 0
        self.closed = False

    def poll(self, timeout_s: float, max_records: int = 500) -> list[Record]:
        if self.has_forgotten:
            time.sleep(timeout_s)
            self.found_nothing += 1
            return []
        return self._consumer.poll(timeout_s, max_records)

    def bounds(self, partition: TopicPartition) -> tuple[int, int]:
        if self.has_forgotten:
            raise KafkaError("Local: Unknown partition")
        return self._consumer.bounds(partition)

    def partitions(self, topic: str) -> list[TopicPartition]:
        return self._consumer.partitions(topic)

    def assign(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._consumer.assign(offsets)

    def close(self) -> None:
        self.closed = True
        self._consumer.close()


@asynccontextmanager
async def following(world: World, patience_s: float) -> AsyncIterator[Hub]:
    hub = Hub(FOLLOWED)
    reader = tail.Tail(world.kafka, hub, asyncio.get_running_loop(), patience_s)
    reader.start()
    try:
        yield hub
    finally:
        await reader.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.05)


async def test_a_client_that_forgot_the_broker_is_replaced_and_nothing_is_missed_or_read_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Forgetful] = []

    def open_forgetful(settings: KafkaSettings) -> Forgetful:
        opened.append(Forgetful(open_consumer(settings)))
        return opened[-1]

    monkeypatch.setattr(tail, "open_consumer", open_forgetful)

    def known(hub: Hub) -> list[int]:
        return [each.trade_id for each in hub.feed(TRADES, Subject(SYMBOL)).trades()]

    async with following(world, patience_s=0.5) as hub:
        await until(lambda: hub.live)
        world.publish(trade(SYMBOL, 1))
        await until(lambda: known(hub) == [1])
        feed = hub.feed(TRADES, Subject(SYMBOL))

        def forgot() -> bool:
            # Where the broker stands still, the one in use may be replaced just now.
            for each in opened:
                each.has_forgotten = True
            return any(each.found_nothing for each in opened)

        await until(forgot)
        world.publish(*(trade(SYMBOL, number) for number in range(2, 6)))
        await until(lambda: known(hub) == [1, 2, 3, 4, 5])
        assert hub.feed(TRADES, Subject(SYMBOL)) is feed, "what was known is kept, and nobody begins anew"
        await until(lambda: hub.live)
    assert len(opened) > 1
    # A broker that stands still holds up the thread, which is not waited for as long.
    await until(lambda: all(each.closed for each in opened))


async def test_work_that_fails_is_told_in_the_log_and_done_again() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise ValueError("not what was expected")

    with capture_logs() as lines:
        task = asyncio.create_task(repeat("a state", work, 0.01))
        await until(lambda: len(done) >= 3)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(line["what"], line["log_level"]) for line in lines] == [("a state", "error")]
