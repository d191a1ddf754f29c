"""The REST side on the real servers: what each route answers, and what each bad request is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import NOON, candle, trade
from api_under_test import Answer, Api, until_read
from api_world import World
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from candlestack_core.topics import TRADES
from waiting import PATIENCE_S, eventually

CONTRACT = Path(__file__).resolve().parents[1] / "contract"


def as_json(*records: Any) -> list[Any]:
    """Return records as they are on the wire."""
    return [json.loads(msgspec.json.encode(record)) for record in records]


def until_latest(api: Api, expected: Candle) -> Answer:
    """Wait until a candle that was published is the latest."""

    def look() -> Answer | None:
        answer = api.ask("/latest", symbol=expected.symbol)
        return answer if [answer.json] == as_json(expected) else None

    return eventually(look, f"the latest candle of {expected.symbol}")


def test_latest_is_the_newest_candle_even_while_it_is_forming(api: Api, world: World) -> None:
    forming = candle("LATESTUSDT", 1, closed=False, close="100.75")
    world.publish(candle("LATESTUSDT", 0), forming)
    assert until_latest(api, forming).json == {
        "symbol": "LATESTUSDT",
        "interval": "1m",
        "open_time": 1_767_268_860_000,
        "close_time": 1_767_268_919_999,
        "open": "100",
        "high": "101",
        "low": "99.25",
        "close": "100.75",
        "volume": "2.125",
        "quote_volume": "213.5625",
        "trades": 7,
        "taker_buy_volume": "1",
        "taker_buy_quote_volume": "100.5",
        "closed": False,
        "version": 1_767_268_890_000,
        "source": "simulator",
        "completeness": "complete",
    }


def test_latest_of_a_pair_that_fell_silent_comes_from_redis_and_else_from_mongodb(
    api: Api, world: World
) -> None:
    world.store_in_mongo(candle("SILENTUSDT", 0))
    assert [api.ask("/latest", symbol="SILENTUSDT").json] == as_json(candle("SILENTUSDT", 0))
    world.store_in_redis(candle("SILENTUSDT", 1))
    assert [api.ask("/latest", symbol="SILENTUSDT").json] == as_json(candle("SILENTUSDT", 1))


def test_a_forming_candle_that_comes_after_the_closed_one_is_not_believed(api: Api, world: World) -> None:
    closed = candle("LATEUSDT", 0)
    late = candle("LATEUSDT", 0, closed=False, version=closed.version + 5_000)
    restated = candle("LATEUSDT", 0, close="100.25", version=closed.version + 1, source="backfill:simulator")
    world.publish(closed, late, candle("LATEUSDT", -1))
    until_latest(api, closed)
    world.publish(restated, late)
    until_latest(api, restated)
    assert [api.ask("/latest", symbol="LATEUSDT").json] == as_json(restated)


OHLC = "OHLCUSDT"


@pytest.fixture(scope="module")
def ninety_minutes(api: Api, world: World) -> list[Candle]:
    """Ninety closed candles but one, and a forming one; no store has all of them.

    MongoDB has the old ones, but for every seventh that only Redis has, and one in an older account; Redis
    has the middle, and the topics have the newest.
    """
    closed = [candle(OHLC, minute) for minute in range(-90, 0) if minute != -40]
    forming = candle(OHLC, 0, closed=False)
    every_seventh = [c for c in closed[20:70] if c.open_time % (7 * MINUTE_MS) == 0]
    outdated = candle(OHLC, -50, close="99.5", version=NOON - 50 * MINUTE_MS)
    known = [c for c in closed if c not in every_seventh and c.open_time != outdated.open_time]
    world.store_in_mongo(outdated, *known[:70])
    world.store_in_redis(*closed[20:80])
    world.publish(candle(OHLC, -50), *closed[75:], forming)
    until_latest(api, forming)
    return [*closed, forming]


@settings(max_examples=150, deadline=None)
@given(
    start=st.none() | st.integers(NOON - 100 * MINUTE_MS, NOON + 5 * MINUTE_MS),
    length=st.none() | st.integers(0, 100 * MINUTE_MS),
    limit=st.none() | st.integers(1, 120),
)
def test_any_range_is_answered_in_full_ascending_and_each_minute_once(
    api: Api, ninety_minutes: list[Candle], start: int | None, length: int | None, limit: int | None
) -> None:
    end = None if length is None else (start or NOON - 100 * MINUTE_MS) + length
    query = {"startTime": start, "endTime": end, "limit": limit}
    answer = api.ask(
        "/ohlc", symbol=OHLC, **{name: value for name, value in query.items() if value is not None}
    )
    wanted = [
        c
        for c in ninety_minutes
        if (start is None or c.open_time >= start) and (end is None or c.open_time <= end)
    ]
    count = limit or 500
    wanted = wanted[-count:] if start is None else wanted[:count]
    assert answer.status == 200
    assert answer.json == {"symbol": OHLC, "interval": "1m", "candles": as_json(*wanted)}


def test_without_a_range_the_newest_come_and_the_forming_one_is_the_last(
    api: Api, ninety_minutes: list[Candle]
) -> None:
    candles = api.ask("/ohlc", symbol=OHLC, interval="1m", limit=3).json["candles"]
    assert candles == as_json(*ninety_minutes[-3:])
    assert [c["closed"] for c in candles] == [True, True, False]


def test_the_realtime_window_is_what_redis_holds(api: Api, ninety_minutes: list[Candle]) -> None:
    answer = api.ask("/ohlc/realtime", symbol=OHLC)
    held = [c["open_time"] for c in answer.json["candles"]]
    assert held == sorted(held)
    assert [held[0], held[-1]] == [NOON - 70 * MINUTE_MS, NOON - 10 * MINUTE_MS]
    newest = api.ask("/ohlc/realtime", symbol=OHLC, limit=5).json["candles"]
    assert newest == answer.json["candles"][-5:]


def test_trades_are_the_newest_in_the_order_of_their_ids(api: Api, world: World) -> None:
    trades = [trade("TRADESUSDT", number) for number in range(1, 301)]
    world.store_in_redis(candle("TRADESUSDT", 0), *trades)
    assert api.ask("/trades", symbol="TRADESUSDT").json == {
        "symbol": "TRADESUSDT",
        "trades": as_json(*trades[-100:]),
    }
    assert api.ask("/trades", symbol="TRADESUSDT", limit=1000).json["trades"] == as_json(*trades)
    assert api.ask("/trades", symbol="TRADESUSDT", limit=1).json["trades"] == as_json(trades[-1])


def test_symbols_say_where_their_data_comes_from_and_with_how_many_decimals_it_is_written(
    api: Api, world: World
) -> None:
    published = (
        candle("FINEUSDT", 0, low="99.1234", volume="3.001"),
        candle("FINEUSDT", 1, closed=False, source="backfill:simulator"),
        trade("FINEUSDT", 1, price="99.12345", quantity="0.00001"),
        candle("REALUSDT", 0, source="binance"),
    )
    world.publish(*published)
    until_read(api, *published)
    world.store_in_redis(candle("STOREDUSDT", 0, source="replay"), trade("STOREDUSDT", 1, quantity="0.0005"))
    assert api.ask("/latest", symbol="STOREDUSDT").status == 200

    known = {info["symbol"]: info for info in api.ask("/symbols").json["symbols"]}
    assert list(known) == sorted(known)
    assert known["FINEUSDT"] == {
        "symbol": "FINEUSDT",
        "markets": ["spot"],
        "source": "simulator",
        "simulated": True,
        "price_decimals": 5,
        "quantity_decimals": 5,
    }
    assert known["REALUSDT"]["source"] == "binance"
    assert known["REALUSDT"]["simulated"] is False
    assert known["STOREDUSDT"] == {
        "symbol": "STOREDUSDT",
        "markets": ["spot"],
        "source": "replay",
        "simulated": True,
        "price_decimals": 2,
        "quantity_decimals": 4,
    }


def test_health_says_whose_data_is_served_and_readiness_names_every_part(api: Api, world: World) -> None:
    forming = candle("HEALTHUSDT", 10_000, closed=False)
    world.publish(forming)
    until_latest(api, forming)
    expected = {"status": "alive", "source": "simulator", "simulated": True}
    assert api.ask("/healthz").json == expected
    up = {"state": "up", "reason": None}
    # A busy broker may be called away in between.
    assert api.wait_for("ready") == {
        "status": "ready",
        "source": "simulator",
        "simulated": True,
        "components": {"kafka": up, "redis": up, "mongodb": up},
        "reasons": {},
    }


def test_metrics_count_requests_by_route_and_never_by_what_was_asked(api: Api) -> None:
    api.ask("/ohlc", symbol="NOSUCHUSDT")
    api.ask("/no/such/page")
    text = api.ask("/metrics").body.decode()
    assert 'candlestack_api_request_seconds_count{route="/ohlc",status="404"}' in text
    assert 'candlestack_api_request_seconds_count{route="unmatched",status="404"}' in text
    assert "NOSUCHUSDT" not in text
    # A busy broker may be called away in between.
    eventually(lambda: api.metrics()["feed_live"] == 1, "the feed is live")


def test_a_record_that_is_no_candle_is_left_out_counted_and_stops_nothing(api: Api, world: World) -> None:
    skipped = f'records_skipped_total{{topic="{world.candle_topic}"}}'
    before = api.metrics().get(skipped, 0)
    world.publish_bytes(world.candle_topic, "BROKENUSDT", b'{"symbol": "BROKENUSDT"')
    world.publish_bytes(world.candle_topic, "BROKENUSDT", b'{"symbol": "BROKENUSDT", "open": -1}')
    world.publish_bytes(TRADES, "BROKENUSDT", b"\xff\xfe")
    after = candle("BROKENUSDT", 0)
    world.publish(after)
    until_latest(api, after)
    assert api.metrics()[skipped] - before == 2


@pytest.mark.parametrize("path", ["/latest", "/ohlc", "/ohlc/realtime", "/trades"])
def test_an_unknown_pair_is_a_404_that_names_the_known_ones(api: Api, world: World, path: str) -> None:
    world.store_in_redis(candle("KNOWNUSDT", 0))
    answer = api.ask(path, symbol="KNOWNUSDT")
    assert answer.status == 200, "a pair is known as soon as a store holds it"
    answer = api.ask(path, symbol="NOSUCHUSDT")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["type"] == "urn:candlestack:problem:unknown-symbol"
    assert problem["status"] == 404
    assert problem["instance"] == f"{path}?symbol=NOSUCHUSDT"
    assert "KNOWNUSDT" in problem["known_symbols"]
    assert "'NOSUCHUSDT'" in problem["detail"]
    assert "KNOWNUSDT" in problem["detail"]


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/latest", {}, "symbol"),
        ("/latest", {"symbol": "B"}, "symbol"),
        ("/latest", {"symbol": "B" * 41}, "symbol"),
        ("/latest", {"symbol": "BTCUSDT", "interval": "1m"}, "interval"),
        ("/ohlc", {"interval": "1m"}, "symbol"),
        ("/ohlc", {"symbol": "BTCUSDT", "interval": "2m"}, "interval"),
        ("/ohlc", {"symbol": "BTCUSDT", "interval": ""}, "interval"),
        ("/ohlc", {"symbol": "BTCUSDT", "limit": "0"}, "limit"),
        ("/ohlc", {"symbol": "BTCUSDT", "limit": "1501"}, "limit"),
        ("/ohlc", {"symbol": "BTCUSDT", "limit": "ten"}, "limit"),
        ("/ohlc", {"symbol": "BTCUSDT", "limit": "1.5"}, "limit"),
        ("/ohlc", {"symbol": "BTCUSDT", "startTime": "-1"}, "startTime"),
        ("/ohlc", {"symbol": "BTCUSDT", "startTime": "9007199254740992"}, "startTime"),
        ("/ohlc", {"symbol": "BTCUSDT", "startTime": "2026-01-01"}, "startTime"),
        ("/ohlc", {"symbol": "BTCUSDT", "endTime": "NaN"}, "endTime"),
        ("/ohlc", {"symbol": "BTCUSDT", "startTime": "2", "endTime": "1"}, ""),
        ("/ohlc", {"symbol": "BTCUSDT", "start_time": "1"}, "start_time"),
        ("/ohlc/realtime", {"symbol": "BTCUSDT", "limit": "-1"}, "limit"),
        ("/trades", {"symbol": "BTCUSDT", "limit": "1001"}, "limit"),
        ("/trades", {"limit": "1"}, "symbol"),
        ("/orderbook", {"market": "usdm"}, "symbol"),
        ("/orderbook", {"symbol": "BTCUSDT", "market": "coinm"}, "market"),
        ("/orderbook", {"symbol": "BTCUSDT", "depth": "0"}, "depth"),
        ("/orderbook", {"symbol": "BTCUSDT", "depth": "1001"}, "depth"),
        ("/orderbook", {"symbol": "BTCUSDT", "limit": "5"}, "limit"),
    ],
)
def test_a_bad_query_is_a_422_that_names_the_parameter(
    api: Api, path: str, query: dict[str, str], parameter: str
) -> None:
    answer = api.ask(path, **query)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["type"] == "urn:candlestack:problem:bad-query"
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert all(error["reason"] for error in problem["errors"])


def test_a_time_after_the_last_date_is_no_error_and_finds_nothing(api: Api, world: World) -> None:
    world.store_in_mongo(candle("FARUSDT", 0))
    answer = api.ask("/ohlc", symbol="FARUSDT", startTime=2**53 - 2, endTime=2**53 - 1)
    assert (answer.status, answer.json["candles"]) == (200, [])


@pytest.mark.parametrize(("path", "method", "status"), [("/candles", "GET", 404), ("/ohlc", "POST", 405)])
def test_what_is_not_there_is_a_problem_document_as_well(
    api: Api, path: str, method: str, status: int
) -> None:
    answer = api.ask(path) if method == "GET" else api.post(path)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == "about:blank"


def test_a_page_of_the_dashboard_may_read_and_another_may_not(api: Api) -> None:
    def allowed(origin: str) -> str | None:
        request = Request(f"{api.url}/healthz", headers={"Origin": origin})
        with urlopen(request, timeout=PATIENCE_S) as response:
            header: str | None = response.headers.get("Access-Control-Allow-Origin")
            return header

    assert allowed("http://localhost:3000") == "http://localhost:3000"
    assert allowed("http://localhost:3999") is None


def test_the_running_api_describes_itself_as_the_contract_does(api: Api) -> None:
    assert api.ask("/openapi.json").json == json.loads((CONTRACT / "openapi.json").read_text("utf-8"))
    assert api.ask("/docs").status == 200
