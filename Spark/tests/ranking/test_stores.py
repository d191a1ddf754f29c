"""What the ranking reads from MongoDB and from Kafka, keeps on disk and writes to Redis, on the real servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pymongo
import pytest
import redis
from bson import Int64, Timestamp

from batch_candles import DAY, candle, document
from candlestack_core.intervals import DAY_MS, MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import Ranking, decode_ranking, encode
from candlestack_core.names import KLINE_1M, RANKING_TOP_GAINERS, RANKING_TOP_LOSERS
from candlestack_core.service import Health, Service
from candlestack_core.settings import DEFAULT_SYMBOLS, RankingSettings, RedisSettings
from candlestack_ingest.stores.schema import ensure_candle_collections
from candlestack_local.servers import MongoServer, RedisServer
from candlestack_spark.ranking.days import DAY_MINUTES, Days
from candlestack_spark.ranking.history import History
from candlestack_spark.ranking.keeping import FILE_NAME, KeptFile
from candlestack_spark.ranking.outlet import RankingOutlet, RedisAwayError, connect
from candlestack_spark.ranking.ranker import Ranker
from candlestack_spark.ranking.records import NotUnderstoodError, minute_candle
from candlestack_spark.ranking.rule import Rankings
from candlestack_spark.ranking.service import RankingService
from candlestack_spark.ranking.supply import Supply, SupplyError, read_supply
from candlestack_spark.stores.documents import Document
from candlestack_spark.stores.mongo import CandleStore
from waiting import eventually

NOON = DAY + DAY_MS // 2


@pytest.fixture
def realtime(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A client of Redis, where no ranking is; it outlasts a server that a busy machine lets stand."""
    monkeypatch.setattr("candlestack_spark.ranking.outlet.TIMEOUT_S", 240.0)
    with connect(RedisSettings(redis_host="127.0.0.1", redis_port=redis_server.port)) as client:
        client.delete(RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)
        yield client
        client.delete(RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)


def rankings(time: int, supply_time: int = 0) -> Rankings:
    ranking = Ranking(time=time, source="simulator", rows=[], supply_time=supply_time)
    return Rankings(ranking, ranking)


def documents(symbol: str, first: int, end: int) -> list[Document]:
    return [document(symbol, DAY + n * MINUTE_MS) for n in range(first, end)]


def test_a_ranking_never_goes_back_in_time_and_one_of_the_same_time_is_replaced(
    realtime: redis.Redis,
) -> None:
    outlet = RankingOutlet(realtime)
    assert outlet.has_lost()
    assert outlet.write(rankings(NOON))
    assert not outlet.write(rankings(NOON - MINUTE_MS))
    assert outlet.write(rankings(NOON, supply_time=1))
    assert [decode_ranking(realtime.get(key)) for key in (RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)] == list(  # type: ignore[arg-type]
        rankings(NOON, supply_time=1)
    )
    assert not outlet.has_lost()
    realtime.delete(RANKING_TOP_LOSERS)
    assert outlet.has_lost()


@pytest.mark.parametrize("stranger", [b"no ranking", b'{"time": "noon"}', b"[1]"])
def test_what_is_no_ranking_gives_way(realtime: redis.Redis, stranger: bytes) -> None:
    realtime.set(RANKING_TOP_GAINERS, stranger)
    assert RankingOutlet(realtime).write(rankings(NOON))
    assert realtime.get(RANKING_TOP_GAINERS) == encode(rankings(NOON).gainers)


def test_a_key_of_another_type_is_left_alone_and_a_redis_that_is_away_is_said(realtime: redis.Redis) -> None:
    realtime.hset(RANKING_TOP_GAINERS, "mine", "1")
    assert not RankingOutlet(realtime).write(rankings(NOON))
    assert realtime.hget(RANKING_TOP_GAINERS, "mine") == b"1"
    with (
        connect(RedisSettings(redis_host="127.0.0.1", redis_port=1)) as nobody,
        pytest.raises(RedisAwayError, match="refused"),
    ):
        RankingOutlet(nobody).write(rankings(NOON))


def test_history_is_read_whole_and_then_as_it_is_written(store: CandleStore) -> None:
    minutes = store.database[KLINE_1M]
    minutes.insert_many([*documents("AUSDT", -10, DAY_MINUTES), *documents("BUSDT", 5, 10)])
    days, history = Days(), History(store)
    assert history.read(days).taken == DAY_MINUTES + 5
    assert days.newest == DAY + DAY_MS - MINUTE_MS
    assert days.pairs["AUSDT"].first_seen == DAY - 10 * MINUTE_MS
    assert history.read(days).taken == 0

    # A bulk job fills a hole and restates a minute, without Kafka.
    minutes.insert_many(documents("BUSDT", -100, 5))
    restated = document("AUSDT", DAY + 60 * MINUTE_MS, volume="1000", version=Int64(2**45))
    minutes.replace_one({"_id": restated["_id"]}, restated)
    # Of what is new, the window holds five minutes and the restated one.
    assert history.read(days).taken == 6
    assert days.pairs["BUSDT"].first_seen == DAY - 100 * MINUTE_MS
    assert days.pairs["AUSDT"].minutes[DAY + 60 * MINUTE_MS].volume == "1000"


def test_a_stored_minute_of_the_future_and_one_that_is_no_candle_are_left_out(store: CandleStore) -> None:
    store.database.drop_collection(KLINE_1M)  # with the validator that keeps such documents out
    now = int(datetime.now(UTC).timestamp())
    stored = [*documents("AUSDT", 0, 3), document("AUSDT", (now + 7200) * 1000 // MINUTE_MS * MINUTE_MS)]
    stored[1]["close"] = "-1"
    for each in stored:
        each["written_at"] = Timestamp(now, 1)
    store.database[KLINE_1M].insert_many(stored)
    days = Days()
    look = History(store).read(days)
    assert days.newest == DAY + 2 * MINUTE_MS
    assert look.taken == 2
    assert len(look.refused) == 1
    assert look.refused[0].startswith(f"AUSDT:{DAY + MINUTE_MS}: ")


def test_a_store_that_is_away_at_the_start_is_waited_for(
    own_mongo_server: MongoServer, realtime: redis.Redis, tmp_path: Path
) -> None:
    with pymongo.MongoClient[Document](own_mongo_server.uri, tz_aware=True) as patient:
        ensure_candle_collections(patient["ranking"])
        patient["ranking"][KLINE_1M].insert_many(documents("AUSDT", 0, DAY_MINUTES))
    with pymongo.MongoClient[Document](
        own_mongo_server.uri, tz_aware=True, serverSelectionTimeoutMS=300
    ) as client:
        own_mongo_server.stop()
        ranker = Ranker(
            KeptFile(tmp_path), History(CandleStore(client["ranking"])), RankingOutlet(realtime), Supply()
        )
        service = Service("ranking", get_logger("ranking"), Health())
        process = threading.Thread(target=RankingService(service, ranker, "any").begin)
        process.start()
        try:
            eventually(lambda: "mongodb" in service.health.reasons(), "it says that MongoDB is away")
            own_mongo_server.start()
            eventually(lambda: not process.is_alive(), "it has begun")
        finally:
            service.stopping.set()
            process.join()
        assert service.health.reasons() == {}
    stored = realtime.get(RANKING_TOP_GAINERS)
    assert isinstance(stored, bytes)
    assert [row.symbol for row in decode_ranking(stored).rows] == ["AUSDT"]


def test_what_is_kept_is_there_again_and_a_damaged_file_is_not_the_end(tmp_path: Path) -> None:
    file, days = KeptFile(tmp_path / "new"), Days()
    assert file.load().newest is None
    days.take(candle("BTCUSDT", 0, volume="100000000000000000.5"))
    file.save(days)
    assert file.load().kept() == days.kept()
    (tmp_path / "new" / FILE_NAME).write_bytes(b"\x00damaged")
    assert file.load().newest is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "truncated"),
        (b"no candle", "malformed"),
        (b"[" * 100_000, "nested too deeply|malformed|recursion|Expected"),
        (encode(candle("BTCUSDT", 0, interval="5m")), "none of a minute"),
        (encode(candle("BTCUSDT", 0, open_time=DAY + 1)), "none of a minute"),
        (encode(candle("BTCUSDT", 3)), "had not ended"),
    ],
)
def test_a_record_that_is_no_minute_that_was_over_is_refused(value: bytes | None, reason: str) -> None:
    arrived = DAY + 2 * MINUTE_MS
    with pytest.raises(NotUnderstoodError, match=reason):
        minute_candle(value, arrived)
    assert minute_candle(encode(candle("BTCUSDT", 2)), arrived).open_time == arrived
    assert not minute_candle(encode(candle("BTCUSDT", 900, closed=False)), arrived).closed


def test_the_table_that_comes_with_the_platform_knows_every_default_pair_and_its_date() -> None:
    supply = read_supply(RankingSettings().supply)
    assert all(supply.of(symbol) is not None for symbol in DEFAULT_SYMBOLS)
    assert supply.time == datetime(2022, 12, 16, 18, 5, tzinfo=UTC).timestamp() * 1000
    assert supply.of("BTCUSDT") == supply.of("BTCEUR") != supply.of("ETHBTC")
    assert supply.of("PEPEUSDT") is None
    assert supply.of("USDT") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"as_of": "yesterday", "source": "", "circulating_supply": {}}',
        '{"as_of": "2026-01-01T00:00:00Z", "source": "", "circulating_supply": {"BTC": 19235556}}',
        '{"as_of": "2026-01-01T00:00:00Z", "source": "", "circulating_supply": {"BTC": "1.0"}}',
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "supply.json"
    path.write_text(text)
    with pytest.raises(SupplyError, match=r"supply\.json"):
        read_supply(path)
