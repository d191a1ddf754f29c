"""The tickers of a window, the average price and older trades, as clients of Binance ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from binance import Client

from api_records import NOON, candle, trade
from api_under_test import Api
from api_world import World
from binance_clients import ccxt_at, connector_at, python_binance_at
from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle
from listing_records import entry, store_listings
from waiting import eventually

PAIR, SILENT = "WINDOWUSDT", "UNTRADEDUSDT"
MARKET = "WINDOW/USDT"
FIRST_ID, LAST_ID = 51, 90
DAY_MS = Interval.D1.ms


def minute(number: int) -> Candle:
    """Return a minute of the pair; the price rises, and not each brings as much."""
    price, volume = Decimal(2_000 + number) / 8, Decimal(number % 3 + 1)
    figures = {
        "open": price,
        "high": price + 1,
        "low": price - 1,
        "close": price + Decimal("0.5"),
        "volume": volume,
        "quote_volume": price * volume,
    }
    written = {name: canonical(str(figure)) for name, figure in figures.items()}
    return candle(PAIR, number, **written, trades=3 + number % 2, closed=number < 0)


MINUTES = [minute(number) for number in range(-1_500, 1)]


@pytest.fixture(scope="module")
def door(api: Api, world: World) -> Api:
    """A day and more of a pair, its newest trades, and one in which nothing is traded."""
    trades = [trade(PAIR, number, time=NOON + number) for number in range(FIRST_ID, LAST_ID + 1)]
    still = [candle(SILENT, number, volume="0", quote_volume="0", trades=0) for number in range(-5, 1)]
    world.store_in_mongo(*MINUTES[:-1])
    world.store_in_redis(*MINUTES[-60:], *trades, *still)
    store_listings(world.redis, entry(PAIR), entry(SILENT))
    eventually(lambda: api.ask("/api/v3/exchangeInfo", symbol=PAIR).status == 200, "the pair is listed")
    return api


@pytest.fixture
def binance_client(door: Api) -> Iterator[Client]:
    client = python_binance_at(door.url)
    yield client
    client.close_connection()


def summed(minutes: Sequence[Candle], name: str) -> Decimal:
    return sum((Decimal(getattr(each, name)) for each in minutes), Decimal())


def rounded(figure: Decimal, decimals: int) -> Decimal:
    return figure.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def assert_is_of(ticker: dict[str, Any], minutes: Sequence[Candle]) -> None:
    """Assert that a ticker is what some minutes come to."""
    first, last = minutes[0], minutes[-1]
    change = Decimal(last.close) - Decimal(first.open)
    volume, quote_volume = summed(minutes, "volume"), summed(minutes, "quote_volume")
    figures = {
        "openPrice": Decimal(first.open),
        "highPrice": Decimal(last.high),
        "lowPrice": Decimal(first.low),
        "lastPrice": Decimal(last.close),
        "volume": volume,
        "quoteVolume": quote_volume,
        "priceChange": change,
        "priceChangePercent": rounded(change * 100 / Decimal(first.open), 3),
        "weightedAvgPrice": rounded(quote_volume / volume, 8),
    }
    assert {name: Decimal(ticker[name]) for name in figures} == figures
    assert (ticker["openTime"], ticker["count"]) == (first.open_time, summed(minutes, "trades"))
    assert (ticker["firstId"], ticker["lastId"]) == (-1, LAST_ID)


@pytest.mark.parametrize(
    ("size", "minutes"), [("1m", 1), ("59m", 59), ("1h", 60), ("5h", 300), ("1d", 1_440)]
)
def test_a_rolling_window_begins_so_long_before_the_newest_minute(door: Api, size: str, minutes: int) -> None:
    ticker = door.ask("/api/v3/ticker", symbol=PAIR, windowSize=size).json
    assert_is_of(ticker, MINUTES[-minutes - 1 :])
    assert ticker["closeTime"] == MINUTES[-1].version


def test_a_window_that_is_longer_than_what_is_known_tells_all_that_is_known(door: Api) -> None:
    ticker = door.ask("/api/v3/ticker", symbol=PAIR, windowSize="7d").json
    assert_is_of(ticker | {"openTime": MINUTES[0].open_time}, MINUTES)
    assert ticker["openTime"] == NOON - 7 * DAY_MS


def test_the_trading_day_is_that_since_midnight_and_closes_with_it(door: Api) -> None:
    (ticker,) = door.ask("/api/v3/ticker/tradingDay", symbols=json.dumps([PAIR])).json
    assert_is_of(ticker, MINUTES[-721:])
    assert (ticker["openTime"], ticker["closeTime"]) == (NOON - DAY_MS // 2, NOON + DAY_MS // 2 - 1)
    mini = door.ask("/api/v3/ticker/tradingDay", symbol=PAIR, type="MINI").json
    assert mini == {name: ticker[name] for name in mini}
    assert "priceChange" not in mini


def test_the_average_price_is_that_of_five_minutes_by_volume_or_else_the_last(door: Api) -> None:
    last = MINUTES[-5:]
    average = summed(last, "quote_volume") / summed(last, "volume")
    assert door.ask("/api/v3/avgPrice", symbol=PAIR).json == {
        "mins": 5,
        "price": str(rounded(average, 8)),
        "closeTime": NOON + LAST_ID,
    }
    assert door.ask("/api/v3/avgPrice", symbol=SILENT).json["price"] == "100.50000000"


def test_older_trades_are_told_as_far_as_they_are_held(door: Api) -> None:
    def ids(**query: int) -> list[int]:
        return [each["id"] for each in door.ask("/api/v3/historicalTrades", symbol=PAIR, **query).json]

    assert ids(fromId=60, limit=3) == [60, 61, 62]
    assert ids(limit=2) == [LAST_ID - 1, LAST_ID]
    assert ids(fromId=LAST_ID + 1) == []
    refused = door.ask("/api/v3/historicalTrades", symbol=PAIR, fromId=FIRST_ID - 1)
    assert (refused.status, refused.json["code"]) == (400, -1130)
    assert f"known from {FIRST_ID} on" in refused.json["msg"]


def test_the_clients_read_windows_averages_and_older_trades(door: Api, binance_client: Client) -> None:
    ccxt_client, connector = ccxt_at(door.url), connector_at(door.url)
    last = float(MINUTES[-1].close)
    assert ccxt_client.fetch_ticker(MARKET, {"rolling": True, "windowSize": "2h"})["last"] == last
    assert ccxt_client.fetch_tickers([MARKET], {"rolling": True})[MARKET]["last"] == last
    ccxt_client.apiKey = "any"  # it asks for one itself
    older = ccxt_client.fetch_trades(
        MARKET, limit=5, params={"fetchTradesMethod": "publicGetHistoricalTrades", "fromId": 60}
    )
    assert [each["id"] for each in older] == ["60", "61", "62", "63", "64"]
    since = ccxt_client.fetch_trades(MARKET, since=NOON + 60)
    assert (since[0]["timestamp"], since[-1]["id"]) == (NOON + 60, str(LAST_ID))

    hour = binance_client.get_symbol_ticker_window(symbol=PAIR, windowSize="1h")
    assert hour["openTime"] == NOON - 60 * MINUTE_MS
    assert binance_client.get_avg_price(symbol=PAIR)["mins"] == 5
    assert binance_client.get_historical_trades(symbol=PAIR, fromId=60, limit=1)[0]["id"] == 60
    followed = binance_client.aggregate_trade_iter(PAIR, start_str=NOON + 60)
    assert [each["a"] for each in followed] == [*range(60, LAST_ID + 1)]

    assert connector.avg_price(symbol=PAIR).data().mins == 5
    assert (
        connector.ticker(symbol=PAIR, window_size="1h").data().actual_instance.open_time == hour["openTime"]
    )
    day = connector.ticker_trading_day(symbol=PAIR).data().actual_instance
    assert day.open_time == NOON - DAY_MS // 2
    assert connector.historical_trades(symbol=PAIR, limit=2).data()[-1].id == LAST_ID


@pytest.mark.parametrize(
    ("path", "query", "code", "said"),
    [
        ("ticker", {}, -1102, "Param 'symbol' or 'symbols' must be sent"),
        ("ticker", {"symbol": PAIR, "windowSize": "60m"}, -1100, "'windowSize'"),
        ("ticker", {"symbol": PAIR, "windowSize": "1d2h"}, -1100, "'windowSize'"),
        ("ticker/tradingDay", {"type": "MINI"}, -1102, "must be sent"),
        ("ticker/tradingDay", {"symbol": PAIR, "timeZone": "8"}, -1130, "'timeZone'"),
        ("avgPrice", {}, -1102, "Mandatory parameter 'symbol'"),
        ("historicalTrades", {"symbol": "NOPEUSDT"}, -1121, "Invalid symbol."),
    ],
)
def test_a_bad_request_is_told_binances_code(
    door: Api, path: str, query: dict[str, str], code: int, said: str
) -> None:
    answer = door.ask(f"/api/v3/{path}", **query)
    assert (answer.status, answer.json["code"]) == (400, code)
    assert said in answer.json["msg"]
