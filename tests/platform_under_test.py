"""The platform's processes as children of a test: started as a user starts them, killed as a fault kills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from candlestack_core.kafka import Consumer, KafkaError, TopicPartition
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer, free_port
from waiting import PATIENCE_S, eventually

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = Path(os.environ.get("CANDLESTACK_RECORDINGS", ROOT.parent / "shared" / "data"))
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "simulator": ("-m", "candlestack_simulator"),
    "candle-producer": ("Kafka/binance_producer.py",),
    "trade-producer": ("Kafka/binance_orderbook_trades_producer.py",),
    "redis-writer": ("Kafka/redis_consumer.py",),
    "candle-writer": ("Kafka/candle_writer.py",),
    "orderbook-builder": ("Kafka/orderbook_builder.py",),
    "completeness-ledger": ("Kafka/completeness_ledger.py",),
    "ranking": ("Spark/ranking_coins/ranking_stream.py",),
}
LIVE = tuple(name for name in PROGRAMS if name != "ranking")
"""What carries data from the exchange to the stores: all but Spark, which takes a core and a checkpoint of its own."""


def get_json(url: str) -> Any:
    """Return the body of a GET as JSON, or None while the address does not answer with 200."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return json.load(response)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return None


def post_json(url: str, body: Mapping[str, object]) -> Any:
    """Return the body of a POST as JSON."""
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
        return json.load(response)


def ends_of(consumer: Consumer, topic: str) -> dict[TopicPartition, int]:
    """Return where each partition of a topic ends; wait for a broker that stands still or has just come back."""

    def look() -> tuple[dict[TopicPartition, int]] | None:
        try:
            return ({partition: consumer.bounds(partition)[1] for partition in consumer.partitions(topic)},)
        except KafkaError:
            return None

    [ends] = eventually(look, f"the broker tells where {topic} ends")
    return ends


def read_values(consumer: Consumer, topic: str) -> list[dict[str, Any]]:
    """Return all values that a topic holds now, in the order of each partition."""
    ends = ends_of(consumer, topic)
    consumer.assign(dict.fromkeys(ends, 0))
    values: list[dict[str, Any]] = []
    while len(values) < sum(ends.values()):
        values += [json.loads(record.value) for record in consumer.poll(0.5, 5_000)]
    return values


def trade_ids_without_a_gap(trades: list[dict[str, Any]]) -> bool:
    """Tell whether the trades of each symbol are in the order of their ids, each once, none missing."""
    ids: dict[str, list[int]] = {}
    for trade in trades:
        ids.setdefault(trade["symbol"], []).append(trade["trade_id"])
    return bool(ids) and all(
        numbers == list(range(numbers[0], numbers[0] + len(numbers))) for numbers in ids.values()
    )


class Program:
    """One process of the platform, on a health port of its own."""

    def __init__(self, name: str, environment: Mapping[str, str], log_dir: Path) -> None:
        self.name = name
        self.health = f"http://127.0.0.1:{environment['HEALTH_PORT']}"
        self.log = log_dir / f"{name}.log"
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *PROGRAMS[self.name]],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def signal(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End the process by SIGKILL, as a fault does."""
        assert self.signal(signal.SIGKILL) == -signal.SIGKILL, f"{self.name} had ended before"

    def kill_and_restart(self) -> None:
        """End the process by SIGKILL and start it anew."""
        self.kill()
        self.start()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ready(self) -> bool:
        return get_json(f"{self.health}/readyz") is not None

    def metrics(self) -> str:
        with urllib.request.urlopen(f"{self.health}/metrics", timeout=PATIENCE_S) as response:
            return str(response.read(), "utf-8")

    def wait_for_exit(self, timeout_s: float = PATIENCE_S) -> int:
        assert self._process is not None
        return self._process.wait(timeout_s)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def close(self) -> None:
        if self._process is not None and self.running():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=12)
                return
            self._process.kill()
            self._process.wait()


class Platform:
    """The processes between an exchange and the stores, on real servers; each is started when asked for."""

    def __init__(
        self,
        *,
        broker: KafkaBroker,
        mongo: MongoServer,
        redis: RedisServer,
        log_dir: Path,
        database: str,
        settings: Mapping[str, str],
    ) -> None:
        self.database = database
        self.simulator_url = f"http://127.0.0.1:{free_port()}"
        self._log_dir = log_dir
        self.environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "MONGO_URI": mongo.uri,
            "MONGO_DB": database,
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(redis.port),
            "SIMULATOR_PORT": self.simulator_url.rpartition(":")[2],
            **settings,
        }
        self.programs: dict[str, Program] = {}

    def __enter__(self) -> Platform:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in reversed(self.programs.values()):
            program.close()

    def start(self, *names: str) -> None:
        """Start programs by name, all at once: each waits for what it needs."""
        for name in names:
            environment = self.environment | {"HEALTH_PORT": str(free_port())}
            self.programs[name] = Program(name, environment, self._log_dir)
            self.programs[name].start()

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def simulator(self, path: str) -> Any:
        """Return what the simulator answers to a GET, or None while it does not."""
        return get_json(self.simulator_url + path)
