"""The door for clients of Binance: unmodified ones read it, and every answer and error is as they know it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance import Client
from binance.exceptions import BinanceAPIException
from binance_common.errors import BadRequestError, NotFoundError

from api_records import NOON, candle, known_book, trade
from api_under_test import Api
from api_world import World
from binance_clients import ccxt_at, connector_at, python_binance_at
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from listing_records import entry, store_listings
from waiting import eventually

PAIR, OTHER, UNFOLLOWED = "DOORUSDT", "DOORBUSDT", "DOORCUSDT"
MARKET = "DOOR/USDT"
HOLED, CUT, YOUNG = "DOORHUSDT", "DOORDUSDT", "DOOREUSDT"
TRADES = 300
CLOSED = 1_500
"""More minutes than a day has."""


def minute(number: int, **fields: Any) -> Candle:
    """Return a minute of the pair; the prices rise by a cent a minute."""
    price = 100 + (number + CLOSED) / 100
    figures = {"open": f"{price:g}", "high": f"{price + 1:g}", "low": f"{price - 1:g}", "close": f"{price:g}"}
    return candle(PAIR, number, **figures | fields)


@pytest.fixture(scope="module")
def door(api: Api, world: World) -> Api:
    """A day of a pair, its newest trades and its book; another of which there is a candle alone; and one listed."""
    minutes = [minute(number) for number in range(-CLOSED, 0)]
    forming = minute(0, closed=False)
    # Every third trade is one with the one before: the same time, price and side.
    trades = [
        trade(
            PAIR,
            number,
            time=NOON + number // 3 * 1000,
            price=f"{100 + number // 3 % 5}.5",
            buyer_is_maker=number // 3 % 2 == 0,
        )
        for number in range(1, TRADES + 1)
    ]
    world.store_in_mongo(*minutes)
    world.store_in_redis(*minutes[-60:], forming, *trades, candle(OTHER, 0))
    world.store_book(known_book(PAIR, 77, event_time=time.time_ns() // 1_000_000 + 3_600_000))
    halted = entry(OTHER) | {"status": "HALT", "permissionSets": [["SPOT"], ["MARGIN", "TRD_GRP_004"]]}
    store_listings(world.redis, entry(PAIR), halted, entry(UNFOLLOWED))
    eventually(lambda: api.ask("/api/v3/exchangeInfo", symbol=PAIR).status == 200, "the pair is listed")
    return api


@pytest.fixture
def ccxt_client(door: Api) -> Any:
    return ccxt_at(door.url)


@pytest.fixture
def binance_client(door: Api) -> Iterator[Client]:
    client = python_binance_at(door.url)
    yield client
    client.close_connection()


@pytest.fixture
def sdk_client(door: Api) -> Any:
    return connector_at(door.url)


def test_ccxt_reads_markets_candles_trades_books_and_tickers(door: Api, ccxt_client: Any) -> None:
    market = ccxt_client.load_markets()[MARKET]
    assert (market["type"], market["active"], market["precision"]["price"]) == ("spot", True, 0.01)
    assert (market["precision"]["amount"], market["limits"]["cost"]["min"]) == (0.00001, 5.0)
    candles = ccxt_client.fetch_ohlcv(MARKET, "1m", since=NOON - 3 * MINUTE_MS, limit=5)
    assert [row[0] for row in candles] == [NOON - ago * MINUTE_MS for ago in (3, 2, 1, 0)]
    assert candles[-1][1:] == [115.0, 116.0, 114.0, 115.0, 2.125]
    assert ccxt_client.fetch_ohlcv(MARKET, "1h", limit=2)[-1][0] == NOON
    trades = ccxt_client.fetch_trades(MARKET, limit=50)
    assert len(trades) == 50
    assert {each["side"] for each in trades} == {"buy", "sell"}
    book = ccxt_client.fetch_order_book(MARKET, limit=20)
    assert (book["nonce"], len(book["bids"]), len(book["asks"])) == (77, 20, 20)
    assert (book["bids"][0], book["asks"][0]) == ([99.99, 77.0], [100.01, 1.0])
    ticker = ccxt_client.fetch_ticker(MARKET)
    assert (ticker["last"], ticker["open"], ticker["bid"], ticker["ask"]) == (115.0, 100.61, 99.99, 100.01)
    assert {MARKET, "DOORB/USDT"} <= set(ccxt_client.fetch_tickers())
    assert ccxt_client.fetch_bids_asks([MARKET])[MARKET]["bid"] == 99.99
    assert abs(ccxt_client.fetch_time() - time.time() * 1000) < MINUTE_MS


def test_ccxt_reads_the_errors_as_those_of_the_exchange(ccxt_client: Any) -> None:
    with pytest.raises(ccxt.BadSymbol):
        ccxt_client.public_get_klines({"symbol": "NOPEUSDT", "interval": "1m"})
    with pytest.raises(ccxt.BadRequest):
        ccxt_client.public_get_klines({"symbol": PAIR, "interval": "7m"})
    with pytest.raises(ccxt.OperationFailed):
        ccxt_client.public_get_depth({"symbol": OTHER})


def test_python_binance_reads_markets_candles_trades_books_and_tickers(binance_client: Client) -> None:
    info = binance_client.get_symbol_info(PAIR)
    assert info == entry(PAIR)
    # It asks in pages of a thousand until there are no more.
    start, end = str(NOON - 1_200 * MINUTE_MS), str(NOON)
    history = binance_client.get_historical_klines(PAIR, "1m", start, end)
    assert [row[0] for row in history] == [NOON - ago * MINUTE_MS for ago in range(1_200, -1, -1)]
    assert [each["id"] for each in binance_client.get_recent_trades(symbol=PAIR, limit=20)] == [
        *range(281, 301)
    ]
    assert len(binance_client.get_order_book(symbol=PAIR, limit=50)["bids"]) == 50
    assert binance_client.get_ticker(symbol=PAIR)["count"] == 1440 * 7
    assert binance_client.get_symbol_ticker(symbol=PAIR) == {"symbol": PAIR, "price": "115.00000000"}
    assert binance_client.get_orderbook_ticker(symbol=PAIR)["bidPrice"] == "99.99000000"
    with pytest.raises(BinanceAPIException) as refused:
        binance_client.get_ticker(symbol="NOPEUSDT")
    assert (refused.value.code, refused.value.message) == (-1121, "Invalid symbol.")


def test_binances_own_connector_reads_markets_candles_trades_books_and_tickers(sdk_client: Any) -> None:
    sdk_client.ping()
    assert abs(sdk_client.time().data().server_time - time.time() * 1000) < MINUTE_MS
    listed = sdk_client.exchange_info(symbols=[PAIR, OTHER]).data().symbols
    assert [each.symbol for each in listed] == [PAIR, OTHER]
    assert len(sdk_client.klines(symbol=PAIR, interval="1h", limit=10).data()) == 10
    assert len(sdk_client.ui_klines(symbol=PAIR, interval="5m", limit=10).data()) == 10
    assert sdk_client.depth(symbol=PAIR, limit=5).data().last_update_id == 77
    assert len(sdk_client.get_trades(symbol=PAIR, limit=5).data()) == 5
    assert len(sdk_client.agg_trades(symbol=PAIR, limit=5).data()) == 5
    assert sdk_client.ticker24hr(symbol=PAIR).data().actual_instance.symbol == PAIR
    assert sdk_client.ticker_price(symbol=PAIR).data().actual_instance.price == "115.00000000"
    assert sdk_client.ticker_book_ticker(symbol=PAIR).data().actual_instance.ask_price == "100.01000000"
    with pytest.raises(BadRequestError, match="Invalid symbol"):
        sdk_client.klines(symbol="NOPEUSDT", interval="1h")


def test_rows_are_padded_to_the_precision_that_the_exchange_lists(door: Api) -> None:
    rows = door.ask("/api/v3/klines", symbol=PAIR, interval="1m", limit=2).json
    assert rows == door.ask("/api/v3/uiKlines", symbol=PAIR, interval="1m", limit=2).json
    assert rows[0] == [
        NOON - MINUTE_MS,
        "114.99000000",
        "115.99000000",
        "113.99000000",
        "114.99000000",
        "2.12500000",
        NOON - 1,
        "213.56250000",
        7,
        "1.00000000",
        "100.50000000",
        "0",
    ]
    assert door.ask("/api/v3/depth", symbol=PAIR, limit=1).json == {
        "lastUpdateId": 77,
        "bids": [["99.99000000", "77.00000000"]],
        "asks": [["100.01000000", "1.00000000"]],
    }
    assert door.ask("/api/v3/trades", symbol=PAIR, limit=1).json == [
        {
            "id": TRADES,
            "price": "100.50000000",
            "qty": "0.12500000",
            "quoteQty": "12.56250000",
            "time": NOON + 100_000,
            "isBuyerMaker": True,
            "isBestMatch": True,
        }
    ]


def test_the_day_ticker_is_of_1440_minutes_and_the_forming_one_is_the_last(door: Api) -> None:
    assert door.ask("/api/v3/ticker/24hr", symbol=PAIR).json == {
        "symbol": PAIR,
        "priceChange": "14.39000000",
        "priceChangePercent": "14.303",
        "weightedAvgPrice": "100.50000000",
        "prevClosePrice": "100.60000000",
        "lastPrice": "115.00000000",
        "lastQty": "0.12500000",
        "bidPrice": "99.99000000",
        "bidQty": "77.00000000",
        "askPrice": "100.01000000",
        "askQty": "1.00000000",
        "openPrice": "100.61000000",
        "highPrice": "116.00000000",
        "lowPrice": "99.61000000",
        "volume": "3060.00000000",
        "quoteVolume": "307530.00000000",
        "openTime": NOON - 1439 * MINUTE_MS,
        "closeTime": NOON + MINUTE_MS // 2,
        "firstId": -1,
        "lastId": TRADES,
        "count": 10_080,
    }
    mini = door.ask("/api/v3/ticker/24hr", symbols=json.dumps([PAIR]), type="MINI").json
    assert [(each["lastPrice"], "bidPrice" in each) for each in mini] == [("115.00000000", False)]


def test_aggregates_are_neighbours_of_one_time_price_and_side_and_none_is_cut(door: Api) -> None:
    found = door.ask("/api/v3/aggTrades", symbol=PAIR, limit=1000).json
    # The first two trades may belong to one whose beginning is not held.
    assert [(each["f"], each["l"]) for each in found] == [
        (first, min(first + 2, TRADES)) for first in range(3, TRADES + 1, 3)
    ]
    assert found[0] == {
        "a": 3,
        "p": "101.50000000",
        "q": "0.37500000",
        "f": 3,
        "l": 5,
        "T": NOON + 1000,
        "m": False,
        "M": True,
    }
    assert door.ask("/api/v3/aggTrades", symbol=PAIR, fromId=10, limit=2).json == found[3:5]
    window = {"startTime": NOON + 5000, "endTime": NOON + 7000}
    assert door.ask("/api/v3/aggTrades", symbol=PAIR, **window).json == found[4:7]
    newest = {"endTime": NOON + 7000, "limit": 2}
    assert door.ask("/api/v3/aggTrades", symbol=PAIR, **newest).json == found[5:7]


def refused_before(door: Api, symbol: str, known_from: int, **query: int) -> None:
    """Assert that a question is refused which goes back further than what is known."""
    refused = door.ask("/api/v3/aggTrades", symbol=symbol, **query)
    assert (refused.status, refused.json["code"]) == (400, -1130)
    assert f"'{next(iter(query))}' is not valid: trades are known from {known_from} on" in refused.json["msg"]


def test_aggregates_are_refused_from_before_those_that_are_known_and_no_later(door: Api) -> None:
    found = door.ask("/api/v3/aggTrades", symbol=PAIR, limit=1000).json
    # One of the first held trade may have begun before it; every later one is held.
    refused_before(door, PAIR, 2, fromId=1)
    refused_before(door, PAIR, NOON + 1, startTime=NOON)
    refused_before(door, PAIR, NOON + 1000, endTime=NOON + 999)
    for known in ({"fromId": 2}, {"startTime": NOON + 1}):
        assert door.ask("/api/v3/aggTrades", symbol=PAIR, limit=1000, **known).json == found
    assert door.ask("/api/v3/aggTrades", symbol=PAIR, startTime=NOON + 1, endTime=NOON + 999).json == []


def test_aggregates_of_the_time_of_the_first_held_trade_are_not_told_without_its_own(
    door: Api, world: World
) -> None:
    at_once = [trade(CUT, number, time=NOON, price=f"10{number}") for number in (5, 6)]
    world.store_in_redis(candle(CUT, 0), *at_once, trade(CUT, 7, time=NOON + 5))
    store_listings(world.redis, entry(CUT))
    assert [each["a"] for each in door.ask("/api/v3/aggTrades", symbol=CUT).json] == [6, 7]
    refused_before(door, CUT, NOON + 1, startTime=NOON)
    assert [each["a"] for each in door.ask("/api/v3/aggTrades", symbol=CUT, endTime=NOON).json] == [6]


def test_nothing_is_refused_where_the_very_first_trade_is_held(door: Api, world: World) -> None:
    world.store_in_redis(candle(YOUNG, 0), *(trade(YOUNG, number) for number in range(3)))
    store_listings(world.redis, entry(YOUNG))
    for query in ({"fromId": 0}, {"startTime": 0}, {"startTime": 1, "endTime": NOON + 60_000}):
        found = door.ask("/api/v3/aggTrades", symbol=YOUNG, **query).json
        assert [each["a"] for each in found] == [0, 1, 2]
    assert door.ask("/api/v3/aggTrades", symbol=YOUNG, endTime=1).json == []


def test_no_aggregate_is_made_of_trades_among_which_one_is_missing(door: Api, world: World) -> None:
    ids = [0, 1, 2, 4, 5, 6]
    world.store_in_redis(candle(HOLED, 0), *(trade(HOLED, number) for number in ids))
    store_listings(world.redis, entry(HOLED))
    assert [each["a"] for each in door.ask("/api/v3/aggTrades", symbol=HOLED).json] == [5, 6]
    refused = door.ask("/api/v3/aggTrades", symbol=HOLED, fromId=0)
    assert (refused.status, "known from 5 on" in refused.json["msg"]) == (400, True)


def test_pairs_are_chosen_by_their_status_and_permissions(door: Api) -> None:
    def listed(**query: str) -> set[str]:
        answer = door.ask("/api/v3/exchangeInfo", **query).json
        return {each["symbol"] for each in answer["symbols"]} & {PAIR, OTHER}

    assert listed() == listed(permissions="SPOT") == {PAIR, OTHER}
    assert listed(permissions='["MARGIN","LEVERAGED"]') == listed(symbolStatus="HALT") == {OTHER}
    assert listed(symbolStatus="TRADING") == {PAIR}
    (hidden,) = door.ask("/api/v3/exchangeInfo", symbol=OTHER, showPermissionSets="false").json["symbols"]
    assert (hidden["symbol"], hidden["permissionSets"], hidden["filters"]) == (
        OTHER,
        [],
        entry(OTHER)["filters"],
    )
    both = json.dumps([PAIR, OTHER])
    prices = door.ask("/api/v3/ticker/price", symbols=both, symbolStatus="TRADING").json
    assert [each["symbol"] for each in prices] == [PAIR]
    for path in ("depth", "ticker/24hr", "ticker/price", "ticker/bookTicker"):
        refused = door.ask(f"/api/v3/{path}", symbol=PAIR, symbolStatus="BREAK")
        assert (refused.status, refused.json["code"]) == (400, -1220)


def test_a_pair_that_is_listed_and_not_followed_keeps_no_other_from_being_told(door: Api) -> None:
    for path in ("ticker/24hr", "ticker/price", "ticker/bookTicker"):
        told = {each["symbol"] for each in door.ask(f"/api/v3/{path}").json}
        assert PAIR in told
        assert UNFOLLOWED not in told
        assert door.ask(f"/api/v3/{path}", symbol=UNFOLLOWED).json["code"] == -1121


def test_times_are_understood_in_microseconds_and_not_told_in_them(door: Api) -> None:
    window = {"symbol": PAIR, "interval": "1m", "endTime": NOON}
    in_ms = door.ask("/api/v3/klines", startTime=NOON - 3 * MINUTE_MS, **window).json
    assert len(in_ms) == 4
    assert door.ask("/api/v3/klines", startTime=(NOON - 3 * MINUTE_MS) * 1000, **window).json == in_ms
    refused = door.ask_with({"X-MBX-TIME-UNIT": "MICROSECOND"}, "/api/v3/time")
    assert (refused.status, refused.json["code"]) == (400, -1194)
    assert door.ask_with({"X-MBX-TIME-UNIT": "millisecond"}, "/api/v3/time").status == 200


def test_what_is_not_served_here_is_said_in_binances_words(door: Api, sdk_client: Any) -> None:
    with pytest.raises(NotFoundError, match="not supported: GET /api/v3/referencePrice"):
        sdk_client.reference_price(symbol=PAIR)
    for path in ("/api/v1/klines", "/fapi/v1/klines", "/sapi/v1/system/status"):
        refused = door.ask(path)
        assert (refused.status, refused.json) == (
            404,
            {"code": -1020, "msg": f"This operation is not supported: GET {path}."},
        )
    answer = door.post("/api/v3/klines")
    assert (answer.status, answer.json["code"], answer.headers["allow"]) == (405, -1020, "GET")
    assert door.post("/api/v3/order").status == 404


def test_a_book_that_may_not_be_believed_is_not_served_as_one(door: Api, world: World) -> None:
    now = time.time_ns() // 1_000_000
    world.store_book(known_book(OTHER, 5, event_time=now, state="resyncing"))
    answer = door.ask("/api/v3/depth", symbol=OTHER)
    assert (answer.status, answer.json["code"]) == (503, -1001)
    assert "is resyncing" in answer.json["msg"]
    assert door.ask("/api/v3/ticker/bookTicker", symbol=OTHER).status == 503
    best = door.ask("/api/v3/ticker/bookTicker", symbols=json.dumps([PAIR, OTHER])).json
    assert [each["symbol"] for each in best] == [PAIR]
    assert door.ask("/api/v3/ticker/24hr", symbol=OTHER).json["bidPrice"] == "0.00000000"


@pytest.mark.parametrize(
    ("path", "query", "code", "said"),
    [
        ("klines", {"interval": "1m"}, -1102, "Mandatory parameter 'symbol'"),
        ("klines", {"symbol": PAIR}, -1102, "Mandatory parameter 'interval'"),
        ("klines", {"symbol": "", "interval": "1m"}, -1105, "Parameter 'symbol' was empty"),
        ("klines", {"symbol": "NOPEUSDT", "interval": "1m"}, -1121, "Invalid symbol."),
        ("klines", {"symbol": "door usdt", "interval": "1m"}, -1100, "Illegal characters found in parameter"),
        ("klines", {"symbol": PAIR, "interval": "3m"}, -1120, "Kept here are 1m, 5m,"),
        ("klines", {"symbol": PAIR, "interval": "1m", "limit": "-1"}, -1100, "Illegal characters"),
        (
            "klines",
            {"symbol": PAIR, "interval": "1m", "limit": "0"},
            -1130,
            "Data sent for parameter 'limit'",
        ),
        ("klines", {"symbol": PAIR, "interval": "1m", "startTime": "9" * 20}, -1130, "'startTime'"),
        ("klines", {"symbol": PAIR, "interval": "1m", "timeZone": "8"}, -1130, "'timeZone'"),
        (
            "klines",
            {"symbol": PAIR, "interval": "1m", "from": "1"},
            -1101,
            "Too many parameters; expected '6'",
        ),
        ("aggTrades", {"symbol": PAIR, "fromId": "9", "startTime": "1"}, -1128, "Combination of optional"),
        ("exchangeInfo", {"symbol": PAIR, "symbols": '["DOORUSDT"]'}, -1128, "Combination of optional"),
        ("exchangeInfo", {"symbols": PAIR}, -1100, "Illegal characters found in parameter 'symbols'"),
        ("ticker/price", {"symbols": '["DOORUSDT","DOORUSDT"]'}, -1151, "Symbol is present multiple times"),
        ("ticker/24hr", {"type": "SOME"}, -1139, "Invalid ticker type."),
        ("ticker/24hr", {"symbolStatus": "SOME"}, -1122, "Invalid symbolStatus."),
        ("exchangeInfo", {"symbol": PAIR, "symbolStatus": "TRADING"}, -1128, "Combination of optional"),
        ("exchangeInfo", {"symbol": PAIR, "permissions": "SPOT"}, -1128, "Combination of optional"),
        (
            "exchangeInfo",
            {"permissions": "[5]"},
            -1100,
            "Illegal characters found in parameter 'permissions'",
        ),
        ("exchangeInfo", {"showPermissionSets": "1"}, -1100, "'showPermissionSets'"),
    ],
)
def test_a_bad_request_is_told_binances_code(
    door: Api, path: str, query: dict[str, str], code: int, said: str
) -> None:
    answer = door.ask(f"/api/v3/{path}", **query)
    assert answer.status == 400
    assert set(answer.json) == {"code", "msg"}
    assert answer.json["code"] == code
    assert said in answer.json["msg"]
