"""TradingView's UDF: the calls that the charting library's adapter makes, in its order, and what it reads."""

from __future__ import annotations

import time
from typing import Any

import pytest

from api_records import NOON, candle
from api_under_test import Api
from api_world import World
from listing_records import entry, store_listings
from waiting import eventually

PAIR, CENTS = "UDFUSDT", "UDFCENTUSDT"
NOON_S = NOON // 1000
CLOSED = 6_000


@pytest.fixture(scope="module")
def chart(api: Api, world: World) -> Api:
    """Minutes of a pair up to a forming one, and a pair whose tick is no power of ten."""
    world.store_in_mongo(*(candle(PAIR, minute) for minute in range(-CLOSED, 0)))
    world.store_in_redis(candle(PAIR, 0, closed=False, close="100.123456"))
    store_listings(world.redis, entry(PAIR, step="0.00100000"), entry(CENTS, tick="0.05000000"))
    eventually(lambda: api.ask("/udf/symbols", symbol=PAIR).status == 200, "the pair is listed")
    return api


def test_the_library_opens_a_chart_and_scrolls_back_to_where_the_data_begins(chart: Api) -> None:
    config = chart.ask("/udf/config").json
    assert config["supported_resolutions"] == ["1", "5", "60", "240", "1D"]
    assert (config["supports_search"], config["supports_time"]) == (True, True)
    assert abs(int(chart.ask("/udf/time").body) - time.time()) < 60
    found = chart.ask("/udf/search", query="udfus", type="", exchange="", limit=30).json
    assert [each["full_name"] for each in found] == ["SIMULATOR:UDFUSDT"]
    symbol = chart.ask("/udf/symbols", symbol=found[0]["full_name"]).json
    assert (symbol["ticker"], symbol["pricescale"], symbol["minmov"]) == (PAIR, 100, 1)
    assert (symbol["volume_precision"], symbol["session"], symbol["timezone"]) == (3, "24x7", "Etc/UTC")

    # Each call ends where the bars of the one before begin, as the library's do.
    seen: list[int] = []
    to, answer = NOON_S + 60, chart.ask("/udf/config")
    for _ in range(10):
        answer = chart.ask(
            "/udf/history",
            symbol=symbol["ticker"],
            resolution="1",
            countback=1_000,
            **{"from": to - 60_000, "to": to},
        )
        if answer.json["s"] == "no_data":
            break
        seen = answer.json["t"] + seen
        to = answer.json["t"][0]
    assert answer.json == {"s": "no_data"}
    assert seen == [NOON_S - 60 * ago for ago in range(CLOSED, -1, -1)]


def test_bars_are_those_in_the_range_and_to_is_not_in_it(chart: Api) -> None:
    def history(**query: Any) -> Any:
        return chart.ask("/udf/history", symbol=PAIR, **query).json

    bars = history(resolution="1", **{"from": NOON_S - 120, "to": NOON_S + 60})
    assert bars["t"] == [NOON_S - 120, NOON_S - 60, NOON_S]
    assert (bars["s"], bars["o"], bars["h"], bars["l"]) == ("ok", [100] * 3, [101] * 3, [99.25] * 3)
    assert (bars["c"], bars["v"]) == ([100.5, 100.5, 100.123456], [2.125] * 3)
    assert history(resolution="1", **{"from": NOON_S - 120, "to": NOON_S})["t"] == bars["t"][:2]
    days = history(resolution="1D", **{"from": 0, "to": NOON_S})["t"]
    assert days == history(resolution="D", **{"from": 0, "to": NOON_S})["t"]
    assert days[-1] == NOON_S - 12 * 3600
    # countback counts, whatever `from` says.
    assert history(resolution="60", countback=3, **{"from": NOON_S, "to": NOON_S})["t"] == [
        NOON_S - 3600 * ago for ago in (3, 2, 1)
    ]
    assert history(resolution="1", **{"from": NOON_S + 600, "to": NOON_S + 660}) == {
        "s": "no_data",
        "nextTime": NOON_S,
    }
    assert len(history(resolution="1", **{"from": 0, "to": NOON_S + 60})["t"]) == 5_000
    assert history(resolution="1", **{"from": -(2**40), "to": -(2**39)}) == {"s": "no_data"}


def test_a_tick_that_is_no_power_of_ten_is_a_fraction(chart: Api) -> None:
    symbol = chart.ask("/udf/symbols", symbol=CENTS).json
    assert (symbol["minmov"], symbol["pricescale"]) == (5, 100)


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("symbols", {"symbol": "NOPEUSDT"}, 404, "unknown_symbol"),
        ("history", {"symbol": "NOPEUSDT", "resolution": "1", "from": 0, "to": 60}, 404, "unknown_symbol"),
        ("history", {"symbol": PAIR, "resolution": "3", "from": 0, "to": 60}, 422, "resolution"),
        ("history", {"symbol": PAIR, "resolution": "1", "from": 0}, 422, "to"),
        ("symbols", {}, 422, "symbol"),
        ("search", {"limit": 1_000}, 422, "limit"),
    ],
)
def test_errors_are_said_as_the_library_reads_them(
    chart: Api, path: str, query: dict[str, Any], status: int, said: str
) -> None:
    answer = chart.ask(f"/udf/{path}", **query)
    assert answer.status == status
    assert answer.json["s"] == "error"
    assert said in answer.json["errmsg"]
