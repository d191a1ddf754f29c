"""What the processes do with what they cannot use: say so to whoever sent it, and go on."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from candlestack_core.kafka import Record, open_consumer
from candlestack_core.messages import decode_dead_letter
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer, free_port
from platform_under_test import Platform, ends_of
from waiting import eventually

KLINES = "spoken_kline_1m"


@pytest.fixture
def platform(
    kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Platform]:
    with platform_on(kafka_broker, mongo_server, redis_server, tmp_path) as platform:
        yield platform


def platform_on(
    broker: KafkaBroker, mongo: MongoServer, redis: RedisServer, log_dir: Path, **settings: str
) -> Platform:
    return Platform(
        broker=broker, mongo=mongo, redis=redis, log_dir=log_dir, database="BAD_INPUT", settings=settings
    )


def read_all(broker: KafkaBroker, topic: str) -> list[Record]:
    consumer = open_consumer(KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap}))
    try:
        ends = ends_of(consumer, topic)
        consumer.assign(dict.fromkeys(ends, 0))
        records: list[Record] = []
        while len(records) < sum(ends.values()):
            records += consumer.poll(0.5)
        return records
    finally:
        consumer.close()


class SpokenStream:
    """A WebSocket server that says what a test has it say, to whoever connects."""

    def __init__(self, frames: list[bytes]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}"
        self._frames = frames
        self._stop: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> SpokenStream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set_result(None)
        self._thread.join()

    async def _serve(self) -> None:
        async def speak(connection: ServerConnection) -> None:
            for frame in self._frames:
                await connection.send(frame)
            await connection.wait_closed()

        async with serve(speak, sock=self._listener):
            await asyncio.wrap_future(self._stop)


def kline(open_time: int, **changes: Any) -> bytes:
    figures = {
        "t": open_time, "T": open_time + 59_999, "s": "BTCUSDT", "i": "1m", "o": "1", "c": "1", "h": "1", "l": "1",
        "v": "1", "n": 1, "x": True, "q": "1", "V": "0", "Q": "0",
    }  # fmt: skip
    event = {"e": "kline", "E": open_time + 60_000, "s": "BTCUSDT", "k": figures | changes}
    return json.dumps({"stream": "btcusdt@kline_1m", "data": event}).encode()


def test_malformed_frames_become_dead_letters_with_their_reason_and_the_stream_goes_on(
    kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    with platform_on(kafka_broker, mongo_server, redis_server, tmp_path) as timekeeper:
        timekeeper.start("simulator")
        now = eventually(lambda: timekeeper.simulator("/api/v3/time"), "the simulator")["serverTime"]
        minute = now - now % 60_000 - 60_000
        bad = {
            kline(minute + 400 * 86_400_000): "ahead of the exchange's clock",
            b"{": "truncated",
            b"\xff\xfe": "malformed",
            b'["not", "an", "object"]': "object",
            kline(minute, h="0.5"): "prices do not fit",
            kline(minute, s="ETHUSDT"): "holds a kline of",
            kline(minute, v="1e400"): "not a plain decimal",
        }
        with (
            SpokenStream([*bad, kline(minute)]) as stream,
            platform_on(
                kafka_broker,
                mongo_server,
                redis_server,
                tmp_path,
                SYMBOLS="BTCUSDT",
                KAFKA_TOPIC=KLINES,
                BACKFILL_HOURS="1",
                EXCHANGE_WS_URL=stream.url,
                EXCHANGE_REST_URL=timekeeper.simulator_url,
            ) as platform,
        ):
            platform.start("candle-producer")
            eventually(platform["candle-producer"].ready, "the candle producer is ready")  # so are its topics

            def good() -> bool:
                values = [json.loads(record.value) for record in read_all(kafka_broker, KLINES)]
                return any(value["open_time"] == minute and value["close"] == "1" for value in values)

            eventually(good, "the good frame after the bad ones")

            def buried() -> dict[bytes, str] | None:
                letters = [decode_dead_letter(record.value) for record in read_all(kafka_broker, DEAD_LETTER)]
                reasons = {letter.original(): letter.reason for letter in letters}
                return reasons if bad.keys() <= reasons.keys() else None

            reasons = eventually(buried, "a dead letter of every bad frame")
            for frame, reason in bad.items():
                assert reason in reasons[frame]
            assert platform["candle-producer"].running()


def test_an_unknown_pair_is_refused_by_name_at_start(
    kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    with platform_on(
        kafka_broker, mongo_server, redis_server, tmp_path, SYMBOLS="BTCUSDT,NOSUCHUSDT"
    ) as platform:
        platform.start("simulator", "candle-producer", "trade-producer")
        for name in ("candle-producer", "trade-producer"):
            assert platform[name].wait_for_exit() == 2
            last_line = platform[name].output().splitlines()[-1]
            assert last_line == "candlestack: bad setting SYMBOLS: the exchange does not list NOSUCHUSDT"


def test_a_bad_setting_is_one_line_that_names_it_and_exit_code_2(
    kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    with platform_on(
        kafka_broker, mongo_server, redis_server, tmp_path, REST_WEIGHT_PER_MINUTE="lots"
    ) as platform:
        platform.start("candle-producer")
        assert platform["candle-producer"].wait_for_exit() == 2
        errors = [line for line in platform["candle-producer"].output().splitlines() if "bad setting" in line]
        assert len(errors) == 1
        assert "REST_WEIGHT_PER_MINUTE" in errors[0]


def test_told_to_stop_while_everything_is_away_a_producer_stops_at_once(
    kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    with platform_on(
        kafka_broker, mongo_server, redis_server, tmp_path, KAFKA_BOOTSTRAP=f"127.0.0.1:{free_port()}"
    ) as platform:
        platform.start("candle-producer")
        program = platform["candle-producer"]
        eventually(lambda: "trying again" in program.output(), "word that the exchange is away")
        assert program.running()
        assert program.signal(signal.SIGTERM) == 0
