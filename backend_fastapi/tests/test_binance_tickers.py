"""The 24 hours of a pair: minute by minute as a rule, and REST and the streams side by side."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import NOON, book, candle, known_book, trade
from api_under_test import Api
from api_world import World
from app.compat.binance.day import DAY_MINUTES, RollingDay
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from listing_records import entry, store_listings
from waiting import PATIENCE_S, eventually

PAIR = "DAYUSDT"
NAME = PAIR.lower()
STREAMS = f"{NAME}@ticker/{NAME}@miniTicker/{NAME}@aggTrade/!miniTicker@arr"
REST_NAMES = {
    "s": "symbol",
    "p": "priceChange",
    "P": "priceChangePercent",
    "w": "weightedAvgPrice",
    "x": "prevClosePrice",
    "c": "lastPrice",
    "Q": "lastQty",
    "b": "bidPrice",
    "B": "bidQty",
    "a": "askPrice",
    "A": "askQty",
    "o": "openPrice",
    "h": "highPrice",
    "l": "lowPrice",
    "v": "volume",
    "q": "quoteVolume",
    "O": "openTime",
    "C": "closeTime",
    "F": "firstId",
    "L": "lastId",
    "n": "count",
}
MINI_FIELDS = ("s", "c", "o", "h", "l", "v", "q")


def minute(number: int, seed: int = 0, **fields: Any) -> Candle:
    """Return a minute of the pair at random; every fifth has no trades, and repeats a price that does not count."""
    draw = random.Random(f"{number} {seed}")
    low, open_, close, high = (
        f"{price / 8:g}" for price in sorted(draw.randrange(700, 900) for _ in range(4))
    )
    traded = number % 5 != 0
    figures: dict[str, Any] = {
        "open": open_,
        "high": high,
        "low": low,
        "close": close,
        "volume": f"{draw.randrange(1, 800) / 8:g}" if traded else "0",
        "quote_volume": f"{draw.randrange(1, 80_000) / 8:g}" if traded else "0",
        "trades": draw.randrange(1, 50) if traded else 0,
    }
    return candle(PAIR, number, **figures | fields)


def day_of(*minutes: Candle) -> Any:
    """Return the day of minutes, asked for after each of them."""
    rolling = RollingDay()
    for each in minutes:
        rolling.take(each)
        rolling.day()
    return rolling.day()


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(1, 60))
def test_the_day_is_that_of_the_newest_minutes_in_whatever_order_and_however_often_they_come(
    order: random.Random, older: int
) -> None:
    newest = [minute(-ago) for ago in range(0, DAY_MINUTES + 1, 29)]
    superseded = [minute(-29, seed=1, closed=False), minute(-58, seed=1, version=NOON - 59 * MINUTE_MS)]
    before = [minute(-DAY_MINUTES - ago) for ago in range(1, older + 1)]
    told = [*newest, *superseded, *before, *newest[::3]]
    order.shuffle(told)
    day = day_of(*told)
    summed_up_once = RollingDay()
    for each in newest:
        summed_up_once.take(each)
    assert day == summed_up_once.day()
    assert (day.open_time, day.count) == (
        NOON - (DAY_MINUTES - 1) * MINUTE_MS,
        sum(each.trades for each in newest if each.open_time > NOON - DAY_MINUTES * MINUTE_MS),
    )


def test_a_day_moves_on_with_each_minute_and_knows_the_price_before_it() -> None:
    rolling = RollingDay()
    assert rolling.day() is None
    for number in range(-DAY_MINUTES, 1):
        rolling.take(candle(PAIR, number, close=str(2_000 + number)))
    day = rolling.day()
    assert day is not None
    assert (day.count, day.close_before // 10**8) == (DAY_MINUTES * 7, 2_000 - DAY_MINUTES)
    rolling.take(candle(PAIR, 1, trades=100, high="5000"))
    day = rolling.day()
    assert day is not None
    assert (day.count, day.close_before // 10**8) == ((DAY_MINUTES - 1) * 7 + 100, 2_001 - DAY_MINUTES)
    assert day.high == 5_000 * 10**8


def as_rest(event: dict[str, Any]) -> dict[str, Any]:
    """Return a `24hrTicker` in the names that REST has for its fields."""
    return {rest: event[name] for name, rest in REST_NAMES.items()}


class Streams:
    """The streams of the pair, read until they have told what is waited for."""

    def __init__(self, api: Api) -> None:
        self._connected = api.connect("/binance/stream", streams=STREAMS)
        self.told: dict[str, list[Any]] = {stream: [] for stream in STREAMS.split("/")}

    def __enter__(self) -> Streams:
        self._connection = self._connected.__enter__()
        # A connection is open before its streams are. The answer says that nothing is missed from now on.
        self._connection.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": 1}))
        while "id" not in (message := self._receive()):
            self._keep(message)
        return self

    def __exit__(self, *raised: Any) -> None:
        self._connected.__exit__(*raised)

    def read_until(self, stream: str, wanted: Callable[[Any], bool], what: str) -> Any:
        """Return the event of a stream that is wanted: the one told last, or one that comes."""
        give_up = time.monotonic() + PATIENCE_S
        while not (told := self.told[stream]) or not wanted(told[-1]):
            assert time.monotonic() < give_up, f"not told on {stream}: {what}"
            self._keep(self._receive())
        return told[-1]

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(timeout=PATIENCE_S))
        return message

    def _keep(self, message: dict[str, Any]) -> None:
        self.told[message["stream"]].append(message["data"])


def test_streams_and_rest_tell_the_same_tickers_and_aggregates(api: Api, world: World) -> None:
    closed = [minute(-ago) for ago in range(DAY_MINUTES + 5, 0, -1)]
    world.store_in_mongo(*closed)
    world.store_in_redis(*closed[-60:])
    store_listings(world.redis, entry(PAIR))
    number = 0

    def happen(*candles: Candle, best: int) -> None:
        """Let ten trades, three of them one aggregate, candles and a book be told and stored."""
        nonlocal number
        now = time.time_ns() // 1_000_000
        ids = range(number, number + 10)
        number += 10
        trades = [trade(PAIR, each, time=NOON + each - (each % 10 if each % 10 < 3 else 0)) for each in ids]
        trades = [trade(PAIR, each.trade_id, time=each.time, buyer_is_maker=False) for each in trades]
        world.store_book(known_book(PAIR, best, event_time=now + 3_600_000))
        world.store_in_redis(*trades, *candles)
        world.store_in_mongo(*candles)
        world.publish(*trades, *candles, book(PAIR, best, event_time=now + 3_600_000))

    def as_told(event: dict[str, Any]) -> bool:
        return bool(as_rest(event) == api.ask("/api/v3/ticker/24hr", symbol=PAIR).json)

    happen(minute(0, closed=False), best=7)
    eventually(lambda: api.ask("/api/v3/ticker/24hr", symbol=PAIR).status == 200, "the pair is there")
    with Streams(api) as streams:
        forming = minute(0, seed=2, closed=False, version=NOON + 40_000)
        restated = minute(-700, seed=2, version=NOON)
        pushes_out_the_first = minute(1)
        for step, changes in enumerate(((forming, restated), (pushes_out_the_first,)), 8):
            happen(*changes, best=step)
            event = streams.read_until(f"{NAME}@ticker", as_told, f"what REST answers after {changes}")
            assert (event["e"], event["F"], event["L"]) == ("24hrTicker", -1, number - 1)
            assert event["E"] > event["C"]
        mini = {"e": "24hrMiniTicker"} | {name: event[name] for name in MINI_FIELDS}

        def is_mini(told: dict[str, Any]) -> bool:
            return told == {**mini, "E": told["E"]}

        streams.read_until(f"{NAME}@miniTicker", is_mini, "the same in short")
        lists = streams.told["!miniTicker@arr"]
        streams.read_until(
            "!miniTicker@arr", lambda _: any(any(map(is_mini, each)) for each in lists), "it among all"
        )
        streams.read_until(f"{NAME}@aggTrade", lambda last: last["l"] == number - 1, "the newest aggregate")
    at_rest = api.ask("/api/v3/aggTrades", symbol=PAIR, limit=1000).json
    since = [each for each in at_rest if each["f"] >= 10]
    assert [(each["f"], each["l"]) for each in since[:3]] == [(10, 12), (13, 13), (14, 14)]
    told = [each for each in streams.told[f"{NAME}@aggTrade"] if each["f"] >= 10]
    assert told == [{"e": "aggTrade", "E": each["T"], "s": PAIR, **each} for each in since]
