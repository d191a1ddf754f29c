"""The completeness of the streams, as the ledger's own code has stored it, told by the API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest

from api_records import candle
from api_under_test import Api
from api_world import World
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Book, Candle, DepthDiff, Trade
from candlestack_core.names import COMPLETENESS
from candlestack_core.topics import KLINE_1M
from candlestack_ingest.completeness.sightings import readers
from candlestack_ingest.completeness.sink import CompletenessSink
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer
from ledger_records import a_book, a_candle, a_diff, a_trade, record_of
from records import START
from waiting import eventually

PAIR, SILENT = "LEDGERUSDT", "SILENTLEDGERUSDT"
DATABASE = "API_LEDGER"
HOUR = {"startTime": START, "endTime": START + 60 * MINUTE_MS}


@pytest.fixture(scope="module")
def world(kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer) -> Iterator[World]:
    """A candle topic and a database of this module, where the ledger has had ten minutes to account for."""
    with World(
        kafka_broker, mongo_server, redis_server, candle_topic="ledger_api_candles", database=DATABASE
    ) as world:
        world.publish(candle(PAIR, 0))
        with pymongo.MongoClient[dict[str, Any]](mongo_server.uri, tz_aware=True) as client:
            client[DATABASE][COMPLETENESS].delete_many({})
            account_for(client, *ten_minutes())
        yield world


@pytest.fixture(scope="module")
def api(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("ledger-api")
    with Api(world, folder, SYMBOLS=f"{PAIR},{SILENT}", FUTURES_SYMBOLS=PAIR) as api:
        eventually(lambda: api.ask("/latest", symbol=PAIR).status == 200, "the pair's candle is read")
        yield api


def account_for(
    client: pymongo.MongoClient[dict[str, Any]], *told: tuple[Candle | Trade | DepthDiff | Book, int]
) -> None:
    sink = CompletenessSink(
        client[DATABASE], readers(KLINE_1M), keep_days=10_000, clock_ms=lambda: START + 10 * MINUTE_MS
    )
    sink.open()
    for message, at in told:
        sink.add(record_of(message, at))
    assert sink.flush() == []


def ten_minutes() -> list[tuple[Candle | Trade | DepthDiff | Book, int]]:
    """Return what the ledger is told, with the ms after START at which it came.

    Candles but for those of the minutes 3 (filled by REST) and 7; trades with a gap of three, one of which is
    filled; futures with a gap that a snapshot heals.
    """
    candles = [a_candle(minute, PAIR, by_rest=minute == 3) for minute in range(10) if minute != 7]
    trades = [a_trade(number, number // 10, PAIR) for number in range(100) if number not in (54, 55, 56)]
    chain = [a_diff(u - 2, u, 5, PAIR, market="usdm", previous=u - 10) for u in (10, 20, 40)]
    return [
        *((made, 4_000) for made in candles),
        *((made, 0) for made in trades),
        (a_trade(56, 5, PAIR, by_rest=True), 5_000),
        *((made, 0) for made in chain),
        (a_book(40, PAIR, market="usdm"), 6_000),
    ]


def row(market: str, stream: str, *figures: int, symbol: str = PAIR) -> dict[str, Any]:
    names = ("minutes_known", "minutes_unknown", "expected", "received", "filled", "missing")
    return {"market": market, "stream": stream, "symbol": symbol} | dict(zip(names, figures, strict=True))


def hole(stream: str, minute: int, ids: tuple[int, int], filled: tuple[str, int] | None) -> dict[str, Any]:
    how, filled_at = (None, None) if filled is None else (filled[0], START + filled[1])
    return {
        "market": "usdm" if stream == "depth" else "spot",
        "stream": stream,
        "symbol": PAIR,
        "minute": START + minute * MINUTE_MS,
        "first_id": ids[0],
        "last_id": ids[1],
        "count": 1 if stream == "kline_1m" else ids[1] - ids[0] + 1,
        "how": how,
        "filled_at": filled_at,
    }


def candle_hole(minute: int, filled: tuple[str, int] | None) -> dict[str, Any]:
    return hole("kline_1m", minute, (START + minute * MINUTE_MS,) * 2, filled)


HOLES = [
    candle_hole(7, None),
    hole("trade", 5, (56, 56), ("rest", 5_000)),
    hole("trade", 5, (54, 55), None),
    hole("depth", 5, (21, 30), ("snapshot", 6_000)),
    candle_hole(3, ("rest", 4_000)),
]


def test_every_stream_of_a_pair_has_its_sums_and_every_hole_is_named_newest_first(api: Api) -> None:
    assert api.ask("/completeness", symbol=PAIR, **HOUR).json == {
        "start_time": HOUR["startTime"],
        "end_time": HOUR["endTime"],
        "streams": [
            row("spot", "depth", 0, 60, 0, 0, 0, 0),
            row("spot", "kline_1m", 10, 50, 10, 8, 1, 1),
            row("spot", "trade", 10, 50, 100, 97, 1, 2),
            row("usdm", "depth", 1, 59, 40, 30, 10, 0),
        ],
        "holes": HOLES,
        "truncated": False,
    }


def test_a_pair_of_which_nothing_came_is_there_with_no_minute_known(api: Api) -> None:
    answer = api.ask("/completeness", **HOUR).json
    silent = [each for each in answer["streams"] if each["symbol"] == SILENT]
    assert silent == [
        row("spot", stream, 0, 60, 0, 0, 0, 0, symbol=SILENT) for stream in ("depth", "kline_1m", "trade")
    ]
    assert row("spot", "trade", 10, 50, 100, 97, 1, 2) in answer["streams"]


@pytest.mark.parametrize(
    ("query", "streams", "holes"),
    [
        ({"stream": "trade"}, [("spot", "trade")], HOLES[1:3]),
        ({"market": "usdm"}, [("usdm", "depth")], HOLES[3:4]),
        ({"market": "spot", "stream": "depth"}, [("spot", "depth")], []),
        ({"market": "usdm", "stream": "trade"}, [], []),
    ],
    ids=str,
)
def test_one_market_or_one_kind_of_stream_can_be_asked_for(
    api: Api, query: dict[str, str], streams: list[tuple[str, str]], holes: list[dict[str, Any]]
) -> None:
    answer = api.ask("/completeness", symbol=PAIR, **HOUR, **query).json
    assert [(each["market"], each["stream"]) for each in answer["streams"]] == streams
    assert answer["holes"] == holes


def test_the_end_of_a_range_is_not_in_it_and_minutes_count_by_their_open_times(api: Api) -> None:
    def known(start: int, end: int) -> tuple[int, int]:
        query = {"startTime": START + start, "endTime": START + end}
        [answered] = api.ask("/completeness", symbol=PAIR, stream="trade", **query).json["streams"]
        return answered["minutes_known"], answered["minutes_unknown"]

    assert known(0, MINUTE_MS) == (1, 0)
    assert known(0, MINUTE_MS + 1) == (2, 0)
    assert known(1, MINUTE_MS) == (0, 0)
    assert known(1, MINUTE_MS + 1) == (1, 0)
    assert known(9 * MINUTE_MS, 11 * MINUTE_MS) == (1, 1)


def test_more_holes_than_the_limit_are_cut_off_and_said_to_be(api: Api) -> None:
    cut = api.ask("/completeness", symbol=PAIR, limit=2, **HOUR).json
    assert (cut["holes"], cut["truncated"]) == (HOLES[:2], True)
    whole = api.ask("/completeness", symbol=PAIR, limit=5, **HOUR).json
    assert (whole["holes"], whole["truncated"]) == (HOLES, False)


def test_without_a_range_it_is_the_last_hour_and_with_one_end_an_hour_from_there(api: Api) -> None:
    before = time.time_ns() // 1_000_000
    answer = api.ask("/completeness", symbol=PAIR).json
    assert before <= answer["end_time"] <= time.time_ns() // 1_000_000
    assert answer["end_time"] - answer["start_time"] == 60 * MINUTE_MS
    assert api.ask("/completeness", symbol=PAIR, startTime=START).json["end_time"] == HOUR["endTime"]
    assert api.ask("/completeness", symbol=PAIR, endTime=HOUR["endTime"]).json["start_time"] == START


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"startTime": START, "endTime": START}, ""),
        ({"startTime": START, "endTime": START + 24 * 60 * MINUTE_MS + 1}, ""),
        ({"startTime": -1}, "startTime"),
        ({"stream": "ticker"}, "stream"),
        ({"market": "coinm"}, "market"),
        ({"symbol": "B"}, "symbol"),
        ({"limit": 1001}, "limit"),
        ({"interval": "1m"}, "interval"),
    ],
    ids=str,
)
def test_a_bad_query_is_a_422_that_names_the_parameter(
    api: Api, query: dict[str, object], parameter: str
) -> None:
    answer = api.ask("/completeness", **query)
    assert answer.status == 422
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]


def test_a_whole_day_may_be_asked_for_and_the_end_of_time_is_no_error(api: Api) -> None:
    day = {"startTime": START, "endTime": START + 24 * 60 * MINUTE_MS}
    assert api.ask("/completeness", symbol=PAIR, **day).json["holes"] == HOLES
    last = api.ask("/completeness", symbol=PAIR, startTime=2**53 - 2, endTime=2**53 - 1)
    assert (last.status, last.json["holes"]) == (200, [])


@pytest.mark.parametrize("query", [{}, {"market": "spot"}, {"market": "usdm"}], ids=str)
def test_an_unknown_pair_is_a_404_that_names_the_known_ones(api: Api, query: dict[str, str]) -> None:
    answer = api.ask("/completeness", symbol="NOSUCHUSDT", **query)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert PAIR in answer.json["known_symbols"]


def test_a_pair_without_futures_is_a_404_in_that_market(api: Api) -> None:
    answer = api.ask("/completeness", symbol=SILENT, market="usdm")
    assert answer.status == 404
    assert PAIR in answer.json["known_symbols"]
    assert SILENT not in answer.json["known_symbols"]
