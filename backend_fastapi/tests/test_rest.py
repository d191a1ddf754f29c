"""The REST side on the real servers: what each route answers, and what each bad request is told."""

from __future__ import annotations

from api_under_test import Api, World, candle, eventually


def test_latest_is_the_newest_candle_even_while_it_is_forming(api: Api, world: World) -> None:
    world.publish(candle("LATESTUSDT", 0), candle("LATESTUSDT", 1, closed=False, close="100.75"))
    eventually(lambda: api.ask("/latest", symbol="LATESTUSDT").status == 200, "the candle is served")
    answer = api.ask("/latest", symbol="LATESTUSDT")
    assert answer.json == {
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
