"""USD-M futures through the exchange's own port: REST with its weights, the routed sockets, and the truth."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.rest.usdm_market_data import kline_weight
from candlestack_simulator.testing import PROMPT, Clock, Exchange, Seconds, running

PAIRS = ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "ADAUSDT", "XRPUSDT"]


async def subscribe(connection: ClientWebSocketResponse, *streams: str) -> None:
    await connection.send_json({"method": "SUBSCRIBE", "params": streams, "id": 1})
    assert await connection.receive_json() == {"result": None, "id": 1}


async def test_rest_answers_in_the_futures_own_form(exchange: Exchange, clock: Clock) -> None:
    assert await exchange.get("/fapi/v1/ping") == {}
    assert await exchange.get("/fapi/v1/time") == {"serverTime": clock.ms}
    info = await exchange.get("/fapi/v1/exchangeInfo")
    assert [symbol["symbol"] for symbol in info["symbols"]] == PAIRS
    assert info["symbols"][0]["contractType"] == "PERPETUAL"
    assert info["rateLimits"][0]["limit"] == 2400
    book = await exchange.get("/fapi/v1/depth", symbol="BTCUSDT", limit=1000)
    assert set(book) == {"lastUpdateId", "E", "T", "bids", "asks"}
    assert (len(book["bids"]), len(book["asks"])) == (1000, 1000)
    price, quantity = book["bids"][0]
    assert (len(price.partition(".")[2]), len(quantity.partition(".")[2])) == (2, 3)
    whole = (await exchange.get("/fapi/v1/depth", symbol="ADAUSDT", limit=5))["bids"][0]
    assert (len(whole[0].partition(".")[2]), "." in whole[1]) == (5, False)
    rows = await exchange.get("/fapi/v1/klines", symbol="BTCUSDT", interval="1m", limit=3)
    aggregates = await exchange.get(
        "/fapi/v1/aggTrades", symbol="BTCUSDT", startTime=rows[1][0], endTime=rows[1][6], limit=1000
    )
    assert [aggregates[0]["p"], aggregates[-1]["p"]] == [rows[1][1], rows[1][4]]
    best = await exchange.get("/fapi/v1/ticker/bookTicker", symbol="BTCUSDT")
    assert [best["bidPrice"], best["bidQty"]] == book["bids"][0]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("depth", {"symbol": "BTCUSDT", "limit": "99"}, -4021),
        ("depth", {"symbol": "DOGEUSDT"}, -1121),
        ("depth", {}, -1102),
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ("ping", {"symbol": "BTCUSDT"}, -1101),
    ],
)
async def test_wrong_requests_get_the_exchanges_error(
    exchange: Exchange, path: str, query: dict[str, str], code: int
) -> None:
    answer = await exchange.request(f"/fapi/v1/{path}", **query)
    assert (answer.status, answer.body["code"]) == (400, code)


async def test_futures_weight_is_counted_apart_from_spots(exchange: Exchange) -> None:
    await exchange.get("/api/v3/exchangeInfo")
    used = 0
    for path, query, weight in (
        ("ping", {}, 1),
        ("exchangeInfo", {}, 1),
        ("depth", {"symbol": "BTCUSDT", "limit": 50}, 2),
        ("depth", {"symbol": "BTCUSDT", "limit": 100}, 5),
        ("depth", {"symbol": "BTCUSDT"}, 10),
        ("depth", {"symbol": "BTCUSDT", "limit": 1000}, 20),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 99}, 1),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m"}, 5),
        ("aggTrades", {"symbol": "BTCUSDT", "limit": 1}, 20),
    ):
        answer = await exchange.request(f"/fapi/v1/{path}", **query)
        used += weight
        assert (answer.status, int(answer.headers["x-mbx-used-weight-1m"])) == (200, used), path
    spot = await exchange.request("/api/v3/ping")
    assert int(spot.headers["x-mbx-used-weight-1m"]) == 21
    assert [kline_weight({"limit": limit}) for limit in ("99", "100", "499", "500", "1000", "1001")] == [
        1,
        2,
        2,
        5,
        5,
        10,
    ]


async def test_futures_weight_above_the_limit_is_429_then_418_and_spot_goes_on(market: SeededMarket) -> None:
    wall = Seconds(1_000_000 * 60 + 20.0)
    config = replace(PROMPT, usdm_rest_weight_per_minute=20, refusals_before_ban=2)
    async with running(market, config, clock=wall) as exchange:
        answers = [await exchange.request("/fapi/v1/depth", symbol="BTCUSDT", limit=1000) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 429, 429, 418]
        assert answers[1].headers["retry-after"] == "40"
        assert await exchange.get("/api/v3/ping") == {}


@pytest.mark.parametrize(
    ("path", "spoken"),
    [
        ("/usdm/public", {"depthUpdate", "bookTicker"}),
        ("/usdm/market", {"aggTrade", "kline"}),
        ("/usdm", set()),
    ],
)
async def test_each_endpoint_sends_its_kinds_and_acknowledges_all(
    exchange: Exchange, clock: Clock, path: str, spoken: set[str]
) -> None:
    kinds = ("depth@100ms", "bookTicker", "aggTrade", "kline_1m", "trade", "markPrice")
    streams = [f"btcusdt@{kind}" for kind in kinds]
    connection = await exchange.connect(f"{path}/stream")
    await subscribe(connection, *streams)
    clock.advance(3_000)
    seen: set[str] = set()
    while seen != spoken:
        message = await connection.receive_json()
        assert message["stream"] in streams
        seen.add(message["data"]["e"])
    # The old path has nothing to say: whatever came would come before the answer.
    await connection.send_json({"method": "UNSUBSCRIBE", "params": streams, "id": 2})
    rest = await connection.receive_json()
    while rest != {"result": None, "id": 2}:
        assert rest["data"]["e"] in spoken
        rest = await connection.receive_json()


async def test_raw_streams_are_named_in_the_url(exchange: Exchange, clock: Clock) -> None:
    connection = await exchange.connect("/usdm/public/ws/btcusdt@depth@100ms")
    clock.advance(500)
    diffs = [await connection.receive_json() for _ in range(5)]
    assert list(diffs[0]) == ["e", "E", "T", "s", "U", "u", "pu", "b", "a"]
    assert all(after["pu"] == before["u"] for before, after in itertools.pairwise(diffs))
    assert any(diff["U"] > diff["pu"] + 1 for diff in diffs)
    quantities = {quantity for diff in diffs for _, quantity in diff["b"] + diff["a"]}
    assert all(len(quantity.partition(".")[2]) == 3 for quantity in quantities)


async def test_spot_is_not_served_under_the_futures_prefix_nor_futures_without_it(
    exchange: Exchange, clock: Clock
) -> None:
    connections = [await exchange.connect(f"{path}/ws/btcusdt@depth@100ms") for path in ("", "/usdm/public")]
    clock.advance(100)
    spot, usdm = [await connection.receive_json() for connection in connections]
    assert ("pu" in spot, "pu" in usdm) == (False, True)
    assert usdm["u"] > spot["u"] * 4
    thin = await exchange.connect("/usdm/public/ws/dogeusdt@depth@100ms/btcusdt@depth@100ms")
    clock.advance(200)
    assert {(await thin.receive_json())["s"] for _ in range(2)} == {"BTCUSDT"}


async def test_more_than_ten_messages_a_second_close_a_futures_connection(exchange: Exchange) -> None:
    connection = await exchange.connect("/usdm/public/ws")
    for number in range(11):
        await connection.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
    answers = 0
    while (await connection.receive()).type is WSMsgType.TEXT:
        answers += 1
    assert (answers, connection.close_code) == (10, 1008)


def written_out(levels: list[list[str]], other: list[list[str]]) -> str:
    """Write the text that is checked, on its own terms: strings cut, no integers."""

    def plain(text: str) -> str:
        return text.rstrip("0").rstrip(".") if "." in text else text

    pairs = [amount for bid, ask in zip(levels[:10], other[:10], strict=True) for amount in (*bid, *ask)]
    return ":".join(map(plain, pairs))


@pytest.mark.parametrize(
    ("market_name", "path", "limit"), [("spot", "/api/v3/depth", 20), ("usdm", "/fapi/v1/depth", 20)]
)
async def test_the_truth_has_best_levels_and_checksum_of_each_market(
    exchange: Exchange, clock: Clock, market_name: str, path: str, limit: int
) -> None:
    clock.advance(37)
    book = await exchange.get(path, symbol="BTCUSDT", limit=limit)
    truth: Any = await exchange.get(
        "/sim/truth/book", market=market_name, symbol="BTCUSDT", update_id=book["lastUpdateId"]
    )
    assert truth["last_update_id"] == book["lastUpdateId"]
    assert truth["checksum"] == zlib.crc32(written_out(book["bids"], book["asks"]).encode())
    strip: Callable[[str], str] = lambda text: text.rstrip("0").rstrip(".")  # noqa: E731
    assert truth["best_bid"] == list(map(strip, book["bids"][0]))
    assert truth["best_ask"] == list(map(strip, book["asks"][0]))


async def test_the_truth_of_an_unknown_market_or_of_a_spot_id_on_futures_is_refused(
    exchange: Exchange,
) -> None:
    wrong = await exchange.request("/sim/truth/book", market="coinm", symbol="BTCUSDT", update_id=1)
    assert (wrong.status, wrong.body["code"]) == (400, -1130)
    future = await exchange.request("/sim/truth/book", market="usdm", symbol="BTCUSDT", update_id=10**15)
    assert future.status == 404
    about = await exchange.get("/sim/source")
    assert list(about["markets"]["usdm"]["coverage"]) == PAIRS
    assert len(about["coverage"]) == 17
