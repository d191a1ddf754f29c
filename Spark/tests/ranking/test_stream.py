"""The ranking as a process on a real broker, MongoDB and Redis, judged by DuckDB from the same candles."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pymongo
import pytest
import redis

from batch_candles import FIGURES, candle, feather, thin
from candlestack_core.decimals import canonical_decimal, product
from candlestack_core.intervals import DAY_MS, MINUTE_MS
from candlestack_core.kafka import open_admin, open_producer
from candlestack_core.messages import Candle, Ranking, decode_ranking, encode
from candlestack_core.names import KLINE_1M, RANKING_TOP_GAINERS, RANKING_TOP_LOSERS
from candlestack_core.settings import KafkaSettings, RankingSettings
from candlestack_core.topics import all_topics
from candlestack_ingest.stores.candles import minute_document
from candlestack_ingest.stores.schema import ensure_candle_collections
from candlestack_local.servers import SHORT_LIVED_JVM, KafkaBroker, MongoServer, RedisServer, free_port
from candlestack_local.servers.jars import fetch, spark_jars
from candlestack_spark.ranking.supply import read_supply
from platform_under_test import ROOT, Platform
from waiting import eventually as eventually_within

from .judge import judged, of_rows

DATABASE = "ranking"
TOPIC = "ranking-candles"
SUPPLY = {
    symbol: units
    for symbol, units in read_supply(RankingSettings().supply).circulating.items()
    if symbol != "BNB"
}
"""BNB's is not known here."""
HALT_MINUTES = 80
AWAY = '"store": "redis", "reason"'


def eventually(look: Callable[[], bool], what: str) -> None:
    """Wait for what a Java machine has to start for, which takes a minute where the machine is busy."""
    eventually_within(look, what, timeout_s=300)


@pytest.fixture(scope="module")
def market(recordings: Path) -> dict[int, list[Candle]]:
    """Two days of recorded minutes by open time: three busy pairs, and a thin one, moved beside them.

    The thin one halts in the second day, as long as the exchange did on 2023-03-24.
    """
    rows = {f"{pair}USDT": feather(recordings, f"{pair}_USDT", "1m") for pair in ("BTC", "ETH", "BNB")}
    busy = sorted(rows["BTCUSDT"])[-2880:]
    adabtc = thin(recordings, "1m")
    moved = busy[0] - min(adabtc)
    halt = range(busy[1440 + 300], busy[1440 + 300 + HALT_MINUTES], MINUTE_MS)
    rows["ADABTC"] = {time + moved: figures for time, figures in adabtc.items() if time + moved not in halt}
    minutes: dict[int, list[Candle]] = {}
    for symbol, figures in rows.items():
        for time in busy:
            if time in figures:
                open_, high, low, close, volume = map(canonical_decimal, figures[time])
                minutes.setdefault(time, []).append(
                    candle(
                        symbol,
                        0,
                        open_time=time,
                        close_time=time + MINUTE_MS - 1,
                        version=time + MINUTE_MS,
                        **dict(zip(FIGURES, (open_, high, low, close, volume), strict=True)),
                        quote_volume=product(close, volume),
                        trades=int(volume != "0"),
                        source="binance",
                    )
                )
    return minutes


class World:
    """A running ranking, the candles that it was given, and how they get to it."""

    def __init__(self, platform: Platform, store: redis.Redis, market: dict[int, list[Candle]]) -> None:
        self.platform = platform
        self.store = store
        self.given: list[Candle] = []
        self._coming = [market[time] for time in sorted(market)]
        self._producer = open_producer(
            KafkaSettings(kafka_bootstrap=platform.environment["KAFKA_BOOTSTRAP"]), max_pending=100_000
        )

    def minutes(self, count: int) -> list[Candle]:
        """Return the candles of the next minutes."""
        taken, self._coming = self._coming[:count], self._coming[count:]
        return [each for minute in taken for each in minute]

    def give(self, candles: Sequence[Candle]) -> None:
        """Produce candles as the stream producer does, each forming before it closes."""
        for each in candles:
            forming = msgspec.structs.replace(each, closed=False, close="1", version=each.version - 1)
            self.send(encode(forming))
            self.send(encode(each))
        assert self._producer.flush(180) == 0
        self.given += candles

    def send(self, value: bytes) -> None:
        self._producer.send(TOPIC, json.loads(value)["symbol"] if value[:1] == b"{" else "?", value)

    def rankings(self) -> tuple[Ranking, Ranking] | None:
        found = [self.store.get(key) for key in (RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)]
        return None if None in found else (decode_ranking(found[0]), decode_ranking(found[1]))  # type: ignore[arg-type]

    def newest(self) -> int:
        return max(each.open_time for each in self.given)

    def until_right(self) -> None:
        """Wait until Redis has what DuckDB makes of all that was given."""
        time, expected = self.newest(), judged(self.given, SUPPLY)

        def is_right() -> bool:
            found = self.rankings()
            return (
                found is not None
                and [each.time for each in found] == [time, time]
                and [of_rows(each.rows) for each in found] == [expected, expected[::-1]]
            )

        eventually(is_right, "the ranking equals DuckDB's")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A broker of this file alone, which may be killed."""
    ports = {"port": free_port(), "controller_port": free_port()}
    folder = tmp_path_factory.mktemp("kafka")
    with KafkaBroker(**ports, data_dir=folder, jvm_options=SHORT_LIVED_JVM) as broker:
        yield broker


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of this file alone, which may be stopped."""
    with RedisServer(port=free_port(), data_dir=tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def world(
    broker: KafkaBroker,
    mongo_server: MongoServer,
    own_redis: RedisServer,
    market: dict[int, list[Candle]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A store with a day of history, a topic with nothing yet, and the ranking, started."""
    folder = tmp_path_factory.mktemp("ranking")
    table = {"as_of": "2026-01-01T00:00:00Z", "source": "a test", "circulating_supply": SUPPLY}
    (folder / "supply.json").write_text(json.dumps(table))
    settings = {
        "KAFKA_TOPIC": TOPIC,
        "RANKING_CHECKPOINT": str(folder / "checkpoint"),
        "CIRCULATING_SUPPLY": str(folder / "supply.json"),
        "RANKING_TRIGGER_S": "1",
        "RANKING_BATCH_RECORDS": "400",
        "SPARK_JARS": str(fetch(spark_jars())),
    }
    kafka = KafkaSettings(kafka_bootstrap=broker.bootstrap, kafka_topic=TOPIC)
    admin = open_admin(kafka)
    admin.ensure_topics([topic for topic in all_topics(TOPIC) if topic.name == TOPIC], 1)
    admin.close()
    with (
        redis.Redis(port=own_redis.port) as store,
        Platform(
            broker=broker,
            mongo=mongo_server,
            redis=own_redis,
            log_dir=folder,
            database=DATABASE,
            settings=settings,
        ) as platform,
        pymongo.MongoClient[dict[str, Any]](mongo_server.uri) as client,
    ):
        world = World(platform, store, market)
        world.given = world.minutes(1440)
        ensure_candle_collections(client[DATABASE])
        client[DATABASE][KLINE_1M].insert_many([minute_document(each) for each in world.given])
        platform.start("ranking")
        yield world
        client.drop_database(DATABASE)


def test_it_is_right_at_once_from_the_candle_store(world: World) -> None:
    world.until_right()
    found = world.rankings()
    assert found is not None
    assert len(found[0].rows) == 4
    assert found[0].source == "binance"
    assert found[0].supply_time == 1_767_225_600_000
    assert [row.symbol for row in found[0].rows if row.market_cap is None] == ["BNBUSDT"]


def test_closed_candles_move_it_on_and_a_late_and_a_restated_one_change_it(world: World) -> None:
    candles = world.minutes(40)
    late = next(each for each in candles if each.symbol == "ETHUSDT")
    world.give([each for each in candles if each != late])
    world.send(b"no candle")
    # A minute that is still to come would take the window with it.
    world.send(encode(candle("BTCUSDT", 0, open_time=DAY_MS * 40_000)))
    world.until_right()

    before = world.rankings()
    first = world.newest() - DAY_MS + MINUTE_MS
    restated = next(each for each in world.given if each.symbol == "BTCUSDT" and each.open_time == first)
    world.give([late, msgspec.structs.replace(restated, open="1", version=restated.version + 1)])
    world.until_right()
    after = world.rankings()
    assert before is not None
    assert after is not None
    assert after[0].time == before[0].time
    assert after[0].rows[0].symbol == "BTCUSDT"
    assert float(after[0].rows[0].change_percent) > 1_000_000

    ranking = world.platform["ranking"]
    eventually(ranking.ready, "the ranking is ready")
    # They are told after Redis is.
    wanted = {
        f'candlestack_records_skipped_total{{topic="{TOPIC}"}} 2.0',
        'candlestack_ranking_pairs{state="ranked"} 4.0',
        "candlestack_ranking_minutes_missing 0.0",
    }
    eventually(lambda: wanted <= set(ranking.metrics().splitlines()), f"metrics say {wanted}")


def test_killed_half_way_and_started_again_it_loses_nothing_and_never_goes_back(
    world: World, own_redis: RedisServer
) -> None:
    ranking = world.platform["ranking"]
    eventually(ranking.ready, "the ranking is ready")
    world.until_right()
    times: list[int] = []

    def time_is_past(time: int) -> bool:
        found = world.rankings()
        times.append(found[0].time if found is not None else 0)
        return times[-1] > time

    begun = False
    while not begun:  # where this process stands still for long, all batches are done before it looks
        began = world.newest()
        world.give(world.minutes(400))
        end = world.newest()
        eventually(lambda began=began: time_is_past(began), "the first of many batches is ranked")  # type: ignore[misc]
        begun = times[-1] < end
    ranking.kill()
    # While it starts, Redis is away: what it reads from Kafka meanwhile is kept, and no batch is done.
    own_redis.stop()
    said = ranking.output().count(AWAY)
    ranking.start()
    eventually(lambda: ranking.output().count(AWAY) >= said + 5, "batches wait for Redis")
    assert not ranking.ready()
    own_redis.start()
    own_redis.wait_ready()
    eventually(lambda: time_is_past(end - MINUTE_MS), "all is ranked")
    assert times == sorted(times)
    world.until_right()
    # The pair that halted has a hole, and is ranked by what there is.
    missing = f"candlestack_ranking_minutes_missing {HALT_MINUTES}.0"
    eventually(lambda: missing in ranking.metrics(), missing)


def test_a_ranking_that_redis_has_lost_comes_back_by_itself(world: World) -> None:
    world.until_right()
    world.store.delete(RANKING_TOP_GAINERS)
    world.until_right()
    assert world.store.exists(RANKING_TOP_GAINERS)


def test_a_broker_that_is_away_is_waited_for_and_a_stop_is_graceful(
    world: World, broker: KafkaBroker
) -> None:
    ranking = world.platform["ranking"]
    eventually(ranking.ready, "the ranking is ready")
    broker.kill()
    eventually(lambda: not ranking.ready(), "it says that the broker is away")
    broker.start()
    broker.wait_ready()
    world.give(world.minutes(5))
    world.until_right()
    eventually(ranking.ready, "the ranking is ready again")
    assert ranking.signal(signal.SIGTERM) == 0
    # Its Java machine ends after it, and may have a last word.
    own = [line for line in ranking.output().splitlines() if line.startswith("{")]
    assert json.loads(own[-1])["event"] == "stopped"


def test_a_table_of_supplies_that_is_none_is_one_line_and_exit_code_2(world: World, tmp_path: Path) -> None:
    table = tmp_path / "supply.json"
    table.write_text('{"as_of": "yesterday"}')
    done = subprocess.run(
        [sys.executable, "Spark/ranking_coins/ranking_stream.py"],
        cwd=ROOT,
        env=world.platform.environment | {"CIRCULATING_SUPPLY": str(table)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("candlestack: bad setting CIRCULATING_SUPPLY: ")
    assert len(done.stderr.splitlines()) == 1
