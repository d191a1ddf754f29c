"""REST requests to a running exchange: bodies, validations, weights, limits and faults."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.rest.market_data import day_ticker_weight, depth_weight
from candlestack_simulator.testing import PROMPT, Clock, Exchange, Seconds, running

DECIMAL8 = re.compile(r"\d+\.\d{8}")
MINUTE_MS = 60_000
HOUR_MS = 3_600_000


async def test_ping_and_time(exchange: Exchange, clock: Clock) -> None:
    assert await exchange.get("/api/v3/ping") == {}
    assert await exchange.get("/api/v3/time") == {"serverTime": clock.ms}


async def test_klines_are_twelve_fields_with_eight_decimals(exchange: Exchange, clock: Clock) -> None:
    rows = await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1m", limit=5)
    assert len(rows) == 5
    minute = clock.ms // MINUTE_MS * MINUTE_MS
    assert [row[0] for row in rows] == [minute - ago * MINUTE_MS for ago in (4, 3, 2, 1, 0)]
    for row in rows:
        assert len(row) == 12
        assert row[6] == row[0] + MINUTE_MS - 1
        assert all(DECIMAL8.fullmatch(row[place]) for place in (1, 2, 3, 4, 5, 7, 9, 10))
        opened, high, low, closed = map(Decimal, row[1:5])
        assert low <= min(opened, closed) <= max(opened, closed) <= high
        assert isinstance(row[8], int)
        assert row[11] == "0"


async def test_klines_by_time_are_the_first_of_the_range(exchange: Exchange, clock: Clock) -> None:
    start = (clock.ms // MINUTE_MS - 1000) * MINUTE_MS
    ask: dict[str, str | int] = {"symbol": "ETHUSDT", "interval": "1m", "startTime": start + 1}
    rows = await exchange.get("/api/v3/klines", **ask, limit=3)
    assert [row[0] - start for row in rows] == [MINUTE_MS, 2 * MINUTE_MS, 3 * MINUTE_MS]
    rows = await exchange.get("/api/v3/klines", **ask, endTime=start + 2 * MINUTE_MS)
    assert [row[0] - start for row in rows] == [MINUTE_MS, 2 * MINUTE_MS]
    assert await exchange.get("/api/v3/klines", **ask, endTime=start - MINUTE_MS) == []
    assert len(await exchange.get("/api/v3/klines", **ask, limit=5000)) == 1000
    assert await exchange.get("/api/v3/uiKlines", **ask, limit=3) == await exchange.get(
        "/api/v3/klines", **ask, limit=3
    )


@pytest.mark.parametrize(
    ("path", "query", "code", "message"),
    [
        ("klines", {"interval": "1m"}, -1102, "Mandatory parameter 'symbol' was not sent"),
        ("klines", {"symbol": "BTCUSDT"}, -1102, "Mandatory parameter 'interval' was not sent"),
        ("klines", {"symbol": "NOPEUSDT", "interval": "1m"}, -1121, "Invalid symbol."),
        ("klines", {"symbol": "btcusdt", "interval": "1m"}, -1100, "Illegal characters found in parameter"),
        ("klines", {"symbol": "BTC USDT", "interval": "1m"}, -1100, "Illegal characters found in parameter"),
        ("klines", {"symbol": "", "interval": "1m"}, -1105, "Parameter 'symbol' was empty."),
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120, "Invalid interval."),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "x"}, -1100, "Illegal characters found"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "-1"}, -1100, "Illegal characters found"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "0"}, -1130, "Data sent for parameter"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "startTime": "9" * 20}, -1130, "Data sent for"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "startTime": "1.5"}, -1100, "Illegal characters"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "timeZone": "8"}, -1130, "Data sent for"),
        (
            "klines",
            {"symbol": "BTCUSDT", "interval": "1m", "colour": "red"},
            -1101,
            "Too many parameters; expected '2' and received '3'.",
        ),
        ("ping", {"symbol": "BTCUSDT"}, -1101, "Too many parameters; expected '0' and received '1'."),
        ("depth", {}, -1102, "Mandatory parameter 'symbol' was not sent"),
        ("depth", {"symbol": "BTCUSDT", "limit": "0"}, -1130, "Data sent for parameter 'limit'"),
        ("trades", {"symbol": "X"}, -1121, "Invalid symbol."),
        ("historicalTrades", {"symbol": "BTCUSDT", "fromId": "a"}, -1100, "Illegal characters found"),
        (
            "aggTrades",
            {"symbol": "BTCUSDT", "fromId": "1", "startTime": "1"},
            -1128,
            "Combination of optional",
        ),
        ("exchangeInfo", {"symbol": "BTCUSDT", "symbols": '["ETHUSDT"]'}, -1128, "Combination of optional"),
        ("exchangeInfo", {"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151, "Symbol is present multiple times"),
        ("exchangeInfo", {"symbols": "BTCUSDT"}, -1100, "Illegal characters found in parameter 'symbols'"),
        ("exchangeInfo", {"symbols": '["NOPE"]'}, -1121, "Invalid symbol."),
        ("exchangeInfo", {"symbolStatus": "GONE"}, -1122, "Invalid symbolStatus."),
        ("ticker/24hr", {"symbol": "BTCUSDT", "type": "BIG"}, -1139, "Invalid ticker type."),
        ("ticker/price", {"symbol": "NOPE"}, -1121, "Invalid symbol."),
    ],
)
async def test_wrong_requests_get_the_exchanges_error(
    exchange: Exchange, path: str, query: dict[str, str], code: int, message: str
) -> None:
    answer = await exchange.request(f"/api/v3/{path}", **query)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert answer.body["msg"].startswith(message)
    assert set(answer.body) == {"code", "msg"}


async def test_repeated_parameters_are_refused(exchange: Exchange) -> None:
    answer = await exchange.request("/api/v3/trades?symbol=BTCUSDT&symbol=ETHUSDT")
    assert (answer.status, answer.body["code"]) == (400, -1101)


async def test_unknown_paths_are_json_too(exchange: Exchange) -> None:
    answer = await exchange.request("/api/v3/nothing")
    assert (answer.status, answer.body) == (404, {"code": -1000, "msg": "Not Found"})


async def test_exchange_info_names_pairs_filters_and_limits(exchange: Exchange, clock: Clock) -> None:
    everything = await exchange.get("/api/v3/exchangeInfo")
    assert everything["serverTime"] == clock.ms
    weight = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000}
    assert weight in everything["rateLimits"]
    symbols = [entry["symbol"] for entry in everything["symbols"]]
    assert {"BTCUSDT", "ETHUSDT", "XRPUSDT"} <= set(symbols)

    one = await exchange.get("/api/v3/exchangeInfo", symbol="BTCUSDT")
    filters = {entry["filterType"]: entry for entry in one["symbols"][0]["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert {"LOT_SIZE", "NOTIONAL", "MARKET_LOT_SIZE"} <= set(filters)
    assert (one["symbols"][0]["baseAsset"], one["symbols"][0]["quoteAsset"]) == ("BTC", "USDT")

    two = await exchange.get("/api/v3/exchangeInfo", symbols=json.dumps(["XRPUSDT", "BTCUSDT"]))
    assert [entry["symbol"] for entry in two["symbols"]] == ["XRPUSDT", "BTCUSDT"]
    trading = await exchange.get("/api/v3/exchangeInfo", symbolStatus="TRADING")
    assert {entry["status"] for entry in trading["symbols"]} == {"TRADING"}


async def test_a_book_has_the_levels_asked_for_and_is_not_crossed(exchange: Exchange) -> None:
    for limit in (1, 5, 100, 1000):
        book = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=limit)
        assert len(book["bids"]) == len(book["asks"]) == limit
        bids = [Decimal(price) for price, _ in book["bids"]]
        asks = [Decimal(price) for price, _ in book["asks"]]
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]


async def test_trades_and_their_aggregates_tell_the_same(exchange: Exchange, clock: Clock) -> None:
    newest = await exchange.get("/api/v3/trades", symbol="BTCUSDT", limit=1000)
    assert [trade["id"] for trade in newest] == list(range(newest[0]["id"], newest[0]["id"] + 1000))
    assert newest[-1]["time"] <= clock.ms
    older = await exchange.get("/api/v3/historicalTrades", symbol="BTCUSDT", fromId=newest[0]["id"], limit=10)
    assert older == newest[:10]
    for trade in newest[:20]:
        cut = (Decimal(trade["price"]) * Decimal(trade["qty"])).quantize(Decimal("1E-8"), "ROUND_DOWN")
        assert Decimal(trade["quoteQty"]) == cut

    first = next(trade for trade in newest if trade["time"] > newest[0]["time"])
    aggregates = await exchange.get("/api/v3/aggTrades", symbol="BTCUSDT", startTime=first["time"], limit=20)
    by_id = {trade["id"]: trade for trade in newest}
    assert aggregates[0]["f"] == first["id"]
    for aggregate in aggregates:
        members = [by_id[number] for number in range(aggregate["f"], aggregate["l"] + 1)]
        assert sum(Decimal(trade["qty"]) for trade in members) == Decimal(aggregate["q"])
        assert {trade["price"] for trade in members} == {aggregate["p"]}
        assert {trade["isBuyerMaker"] for trade in members} == {aggregate["m"]}


@pytest.mark.parametrize("after_the_hour_ms", [-1, 0, 1, MINUTE_MS, 1_234_567])
async def test_tickers_agree_with_klines_trades_and_the_book(
    exchange: Exchange, clock: Clock, after_the_hour_ms: int
) -> None:
    clock.ms = clock.ms // HOUR_MS * HOUR_MS + after_the_hour_ms
    day = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
    assert day["closeTime"] == clock.ms
    rows: list[Any] = []
    for start in (day["openTime"], day["openTime"] + 1000 * MINUTE_MS):
        rows += await exchange.get(
            "/api/v3/klines", symbol="BTCUSDT", interval="1m", startTime=start, limit=1000
        )
    assert len(rows) == 1440
    assert Decimal(day["highPrice"]) == max(Decimal(row[2]) for row in rows)
    assert Decimal(day["lowPrice"]) == min(Decimal(row[3]) for row in rows)
    assert Decimal(day["volume"]) == sum(Decimal(row[5]) for row in rows)
    assert (day["openPrice"], day["lastPrice"]) == (rows[0][1], rows[-1][4])
    assert day["count"] == sum(row[8] for row in rows) == day["lastId"] - day["firstId"] + 1
    assert Decimal(day["priceChange"]) == Decimal(day["lastPrice"]) - Decimal(day["openPrice"])
    percent = Decimal(day["priceChange"]) / Decimal(day["openPrice"]) * 100
    assert abs(Decimal(day["priceChangePercent"]) - percent) <= Decimal("0.0005")

    mini = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT", type="MINI")
    assert mini == {name: day[name] for name in mini}
    assert "priceChange" not in mini
    price = await exchange.get("/api/v3/ticker/price", symbol="BTCUSDT")
    assert price == {"symbol": "BTCUSDT", "price": day["lastPrice"]}
    best = await exchange.get("/api/v3/ticker/bookTicker", symbol="BTCUSDT")
    book = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=1)
    assert [[best["bidPrice"], best["bidQty"]], [best["askPrice"], best["askQty"]]] == [
        *book["bids"],
        *book["asks"],
    ]


@pytest.mark.parametrize("path", ["ticker/24hr", "ticker/price", "ticker/bookTicker"])
async def test_tickers_of_several_and_of_all_pairs_are_lists(exchange: Exchange, path: str) -> None:
    two = await exchange.get(f"/api/v3/{path}", symbols='["ETHUSDT","BTCUSDT"]')
    assert [ticker["symbol"] for ticker in two] == ["ETHUSDT", "BTCUSDT"]
    symbols = [entry["symbol"] for entry in (await exchange.get("/api/v3/exchangeInfo"))["symbols"]]
    assert [ticker["symbol"] for ticker in await exchange.get(f"/api/v3/{path}")] == symbols


async def test_every_request_costs_its_weight(exchange: Exchange) -> None:
    used = 0
    requests: list[tuple[str, dict[str, str | int], int]] = [
        ("ping", {}, 1),
        ("time", {}, 1),
        ("exchangeInfo", {}, 20),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m"}, 2),
        ("depth", {"symbol": "BTCUSDT"}, 5),
        ("depth", {"symbol": "BTCUSDT", "limit": 101}, 25),
        ("depth", {"symbol": "BTCUSDT", "limit": 1000}, 50),
        ("depth", {"symbol": "BTCUSDT", "limit": 5000}, 250),
        ("trades", {"symbol": "BTCUSDT"}, 25),
        ("historicalTrades", {"symbol": "BTCUSDT"}, 25),
        ("aggTrades", {"symbol": "BTCUSDT"}, 4),
        ("ticker/24hr", {"symbol": "BTCUSDT"}, 2),
        ("ticker/24hr", {}, 80),
        ("ticker/price", {"symbol": "BTCUSDT"}, 2),
        ("ticker/price", {}, 4),
        ("ticker/bookTicker", {}, 4),
        ("klines", {}, 2),
    ]
    for path, query, weight in requests:
        answer = await exchange.request(f"/api/v3/{path}", **query)
        used += weight
        assert int(answer.headers["x-mbx-used-weight-1m"]) == used, path
    assert "x-mbx-used-weight-1m" not in (await exchange.request("/sim/source")).headers


def test_weights_grow_with_what_is_asked_for() -> None:
    limits = ("", "1", "100", "101", "500", "501", "1000", "1001", "5000", "99999", "x")
    weights = [5, 5, 5, 25, 25, 50, 50, 250, 250, 250, 5]
    assert [depth_weight({"limit": limit} if limit else {}) for limit in limits] == weights
    counts = [day_ticker_weight({"symbols": ",".join(["X"] * count)}) for count in (1, 20, 21, 100, 101)]
    assert counts == [2, 2, 40, 40, 80]


async def test_weight_above_the_limit_is_429_then_418(market: SeededMarket) -> None:
    wall = Seconds(1_000_000 * 60 + 20.0)
    config = replace(PROMPT, rest_weight_per_minute=20, refusals_before_ban=2)
    async with running(market, config, clock=wall) as exchange:
        answers = [await exchange.request("/api/v3/exchangeInfo") for _ in range(5)]
        assert [answer.status for answer in answers] == [200, 429, 429, 418, 418]
        assert [answer.body["code"] for answer in answers[1:]] == [-1003] * 4
        assert answers[1].headers["retry-after"] == "40"
        assert answers[3].headers["retry-after"] == "120"
        assert await exchange.get("/sim/source")
        wall.now += 120
        assert await exchange.get("/api/v3/ping") == {}
