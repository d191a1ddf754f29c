"""The debug consumer as its users run it, on a real broker and a real Redis."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from typer.testing import CliRunner, Result

from candlestack_core.kafka import Producer, cluster, confluent_consumer, open_consumer, open_producer
from candlestack_core.kafka.cluster import Cluster
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import Book, DeadLetter, DepthDiff, KnownBook, MarketData, encode
from candlestack_core.names import order_book_key
from candlestack_core.settings import KafkaSettings
from candlestack_core.topics import DEAD_LETTER, MARKET_DATA, ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from candlestack_ingest.books.checksum import checksum
from candlestack_ingest.inspection.cli import app
from candlestack_local.servers import LOOPBACK, KafkaBroker, RedisServer, free_port
from records import START, candle, trade

ROOT = Path(__file__).resolve().parents[3]
WAIT_S = 180.0
MARK = uuid.uuid4().hex[:10].upper()
"""In every symbol of this run: the topics are shared with other tests."""


@pytest.fixture
def kafka(kafka_broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    topic = f"inspected-{uuid.uuid4().hex}"
    monkeypatch.setenv("KAFKA_BOOTSTRAP", kafka_broker.bootstrap)
    monkeypatch.setenv("KAFKA_TOPIC", topic)
    # It asks within this process, and a busy machine lets the broker stand.
    monkeypatch.setattr(cluster, "ANSWER_WITHIN_MS", round(WAIT_S * 1000))
    monkeypatch.setattr(confluent_consumer, "_COMMIT_TIMEOUT_S", WAIT_S)
    settings = KafkaSettings(kafka_bootstrap=kafka_broker.bootstrap, kafka_topic=topic)
    ensure_topics(settings)
    return settings


@pytest.fixture
def producer(kafka: KafkaSettings) -> Iterator[Producer]:
    producer = open_producer(kafka, max_pending=10_000)
    yield producer
    producer.close()


@pytest.fixture
def store(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    monkeypatch.setenv("REDIS_HOST", LOOPBACK)
    monkeypatch.setenv("REDIS_PORT", str(redis_server.port))
    with redis.Redis(host=LOOPBACK, port=redis_server.port) as client:
        yield client


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def tail(*arguments: str) -> list[str]:
    """Return the lines that reading up to the present end prints."""
    result = run("tail", *arguments, "--until-end")
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def send(producer: Producer, topic: str, symbol: str, *values: bytes) -> None:
    for value in values:
        producer.send(topic, symbol, value)
    assert producer.flush(WAIT_S) == 0


def test_every_topic_is_shown_decoded(kafka: KafkaSettings, producer: Producer) -> None:
    symbol = f"ALL{MARK}"
    send(producer, kafka.kafka_topic, symbol, encode(candle(0, 1, symbol=symbol)))
    send(producer, TRADES, symbol, encode(trade(7, symbol)))
    diff = DepthDiff(
        market="usdm",
        symbol=symbol,
        first_update_id=5,
        final_update_id=9,
        previous_final_update_id=3,
        bids=[("1", "2")],
        asks=[],
        event_time=START,
        source="simulator",
    )
    send(producer, ORDERBOOK_UPDATE, symbol, encode(diff))
    book = Book(
        market="spot",
        symbol=symbol,
        bids=[("1.5", "2")],
        asks=[],
        last_update_id=9,
        state="resyncing",
        checksum=255,
        event_time=START,
        source="simulator",
    )
    send(producer, ORDERBOOK, symbol, encode(book))
    amount = Decimal("0.00000001")
    data = MarketData(
        symbol=symbol,
        timestamp=START,
        open=amount,
        high=amount,
        low=amount,
        close=amount,
        volume=amount,
        source="replay",
    )
    send(producer, MARKET_DATA, symbol, encode(data))
    letter = DeadLetter.of(b"\x00 what", origin=symbol, reason="no JSON", time=START)
    send(producer, DEAD_LETTER, symbol, encode(letter))
    topics = [kafka.kafka_topic, TRADES, ORDERBOOK_UPDATE, ORDERBOOK, MARKET_DATA, DEAD_LETTER]
    said = {line.partition("/")[0]: line for line in tail(*topics, "--from", "start", "--symbol", symbol)}
    assert "1m 22:14 O 1 H 2 L 0.5 C 1.5 V 10 closed" in said[kafka.kafka_topic]
    assert "#7 22:14:00.007 bought 2 at 1.5, simulator" in said[TRADES]
    assert "usdm 5..9 after 3 22:14:00.000 1 bids 0 asks" in said[ORDERBOOK_UPDATE]
    assert "spot resyncing 9 22:14:00.000 bid 1.5 x 2 ask none" in said[ORDERBOOK]
    assert "checksum 000000ff" in said[ORDERBOOK]
    assert "22:14:00 O 0.00000001 H 0.00000001" in said[MARKET_DATA]
    assert "no JSON: \\x00 what" in said[DEAD_LETTER].replace("\x00", "\\x00")


def test_a_symbol_is_picked_out_and_what_cannot_be_decoded_is_shown_with_the_reason(
    kafka: KafkaSettings, producer: Producer
) -> None:
    wanted, other = f"ONE{MARK}", f"TWO{MARK}"
    for symbol in (wanted, other):
        send(producer, kafka.kafka_topic, symbol, *(encode(candle(i, 1, symbol=symbol)) for i in range(3)))
    send(producer, kafka.kafka_topic, wanted, b'{"symbol":', b"\xff\xfe")
    lines = tail(kafka.kafka_topic, "--from", "start", "--symbol", wanted.lower())
    assert len(lines) == 5
    assert all(f" {wanted} " in line for line in lines)
    assert [("not understood" in line) for line in lines] == [False] * 3 + [True] * 2
    assert len(tail(kafka.kafka_topic, "--from", "start")) == 8


def test_reading_starts_at_the_end_the_start_or_a_time(kafka: KafkaSettings, producer: Producer) -> None:
    symbol = f"WHEN{MARK}"
    send(producer, kafka.kafka_topic, symbol, *(encode(candle(i, 1, symbol=symbol)) for i in range(4)))
    whole = [json.loads(line) for line in tail(kafka.kafka_topic, "--from", "start", "--json")]
    assert [record["offset"] for record in whole] == [0, 1, 2, 3]
    assert whole[0]["value"] == json.loads(encode(candle(0, 1, symbol=symbol)))
    after = whole[-1]["timestamp"] + 1
    send(producer, kafka.kafka_topic, symbol, encode(candle(4, 1, symbol=symbol)))
    later = [json.loads(line) for line in tail(kafka.kafka_topic, "--from", str(after), "--json")]
    assert [record["offset"] for record in later if record["timestamp"] >= after] == [4]
    assert len(tail(kafka.kafka_topic, "--from", "1h")) == 5
    assert len(tail(kafka.kafka_topic, "--from", "2000-01-01")) == 5
    assert tail(kafka.kafka_topic, "--from", "2999-01-01T00:00+02:00") == []
    assert tail(kafka.kafka_topic) == []


def test_following_the_end_shows_what_comes_then_with_rate_and_lag(
    kafka: KafkaSettings, producer: Producer
) -> None:
    send(producer, kafka.kafka_topic, "BTCUSDT", encode(candle(0, 1)))
    command = [sys.executable, "Kafka/debug_consumer.py", "tail", kafka.kafka_topic, "--limit", "3"]
    following = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        minute = 0
        while following.poll() is None:
            minute += 1
            assert minute < 6_000, "nothing that came was shown"
            send(producer, kafka.kafka_topic, "BTCUSDT", encode(candle(minute, 1)))
            try:
                following.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        shown, said = following.communicate()
    finally:
        following.kill()
    assert following.returncode == 0
    offsets = [int(line.split("@")[1].split()[0]) for line in shown.splitlines()]
    assert offsets == list(range(offsets[0], offsets[0] + 3))
    assert offsets[0] > 0, "the record before the start was shown"
    assert "3 shown" in said
    assert "lag" in said


def test_topics_and_the_lag_of_groups_are_listed_and_nothing_is_committed(
    kafka: KafkaSettings, producer: Producer
) -> None:
    group = f"group-{MARK}"
    send(producer, kafka.kafka_topic, "BTCUSDT", *(encode(candle(i, 1)) for i in range(10)))
    consumer = open_consumer(kafka, group=group)
    try:
        consumer.subscribe([kafka.kafka_topic])
        read = consumer.poll(1.0)
        while not read:
            read = consumer.poll(1.0)
        consumer.commit({read[0].topic_partition: 4})
    finally:
        consumer.close()
    asked = Cluster(kafka)
    try:
        before = {each.name for each in asked.groups()}
        assert len(tail(kafka.kafka_topic, "--from", "start")) == 10
        assert {each.name for each in asked.groups()} == before
        topic = asked.topics([kafka.kafka_topic])[0]
        assert topic.records == 10
        assert (topic.size or 0) > 100
        lags = {each.name: each.lag(topic) for each in asked.groups()}
        assert lags[group] == 6
    finally:
        asked.close()
    listed = next(line for line in run("topics").stdout.splitlines() if kafka.kafka_topic in line)
    assert "7 d" in listed
    assert f"{group} 6" in listed
    told = run("describe", kafka.kafka_topic).stdout
    assert "kept for 7 d, up to 1.00 GiB in all" in told
    assert any(line.split()[:1] == [group] and line.split()[-2:] == ["4", "6"] for line in told.splitlines())


def test_a_book_is_shown_with_its_state_and_age_or_as_absent(store: redis.Redis) -> None:
    symbol = f"BOOK{MARK}"
    bids, asks = [("9", "1"), ("8", "1"), ("7", "1"), ("6", "1")], [("10", "0.5")]
    book = KnownBook(
        market="spot",
        symbol=symbol,
        bids=bids,
        asks=asks,
        last_update_id=42,
        state="starved",
        checksum=checksum(bids, asks),
        event_time=START,
        source="simulator",
        bid_limit=None,
        ask_limit=None,
    )
    store.set(order_book_key(symbol), encode(book))
    result = run("book", symbol.lower(), "--once")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][:3] == [symbol, "spot", "starved"]
    assert [line[1] for line in lines if line[0] == "bid"] == ["9", "8", "7"]
    assert ["ask", "10", "0.5"] in lines
    assert "fits the levels" in result.stdout
    assert lines[-1][:3] == [symbol, "usdm", "absent"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("tail", "no_such_topic"), "no topic is called no_such_topic; there are: "),
        (("describe", "no_such_topic"), "no topic is called no_such_topic; there are: "),
        (("tail", TRADES, "--from", "yesterday"), "--from 'yesterday' names no place; write end, start"),
    ],
)
def test_a_wrong_question_is_answered_in_one_line(
    kafka: KafkaSettings, arguments: tuple[str, ...], reason: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"debug-consumer: {reason}")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "server", "variable"),
    [(("topics",), "Kafka", "KAFKA_BOOTSTRAP"), (("book", "BTCUSDT"), "Redis", "REDIS_PORT")],
)
def test_a_server_that_is_away_is_said_in_one_line(
    arguments: tuple[str, ...], server: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("KAFKA_BOOTSTRAP", f"{LOOPBACK}:{port}")
    monkeypatch.setenv("REDIS_HOST", LOOPBACK)
    monkeypatch.setenv("REDIS_PORT", str(port))
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"debug-consumer: no answer from {server} at {LOOPBACK}:{port} (")
    assert variable in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_help_has_examples_that_can_be_copied() -> None:
    told = run("--help").stdout
    assert f"  debug_consumer.py tail {TRADES} --symbol BTCUSDT\n" in told
    assert "--until-end" in run("tail", "--help").stdout
