"""Which endpoint carries which stream."""

from __future__ import annotations

import pytest

from candlestack_core.messages import Market
from candlestack_core.settings import ExchangeSettings, SimulatorSettings
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.routes import UnknownStreamError, route_of


@pytest.mark.parametrize(
    ("market", "stream", "route"),
    [
        ("spot", "btcusdt@trade", ""),
        ("spot", "btcusdt@depth@100ms", ""),
        ("spot", "btcusdt@kline_1m", ""),
        ("usdm", "btcusdt@depth@100ms", "/public"),
        ("usdm", "btcusdt@depth", "/public"),
        ("usdm", "btcusdt@bookTicker", "/public"),
        ("usdm", "btcusdt@aggTrade", "/market"),
        ("usdm", "btcusdt@kline_1m", "/market"),
        ("usdm", "btcusdt@markPrice@1s", "/market"),
    ],
)
def test_each_kind_of_stream_has_its_route(market: Market, stream: str, route: str) -> None:
    assert route_of(market, stream) == route


@pytest.mark.parametrize(
    ("market", "stream"),
    [("spot", "btcusdt@markPrice"), ("usdm", "btcusdt"), ("usdm", "btcusdt@"), ("usdm", "btcusdt@nothing")],
)
def test_a_stream_that_no_endpoint_carries_is_refused(market: Market, stream: str) -> None:
    with pytest.raises(UnknownStreamError):
        route_of(market, stream)


def test_addresses_are_those_of_the_exchange_and_market() -> None:
    simulator = SimulatorSettings.model_validate({"simulator_port": 1234})
    spot = Endpoints.spot(ExchangeSettings(), simulator)
    usdm = Endpoints.usdm(ExchangeSettings(), simulator)
    assert spot.combined(["btcusdt@trade", "币安人生usdt@trade"]) == (
        "ws://127.0.0.1:1234/stream?streams=btcusdt@trade/%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9Fusdt@trade"
    )
    assert usdm.combined(["btcusdt@depth@100ms"]) == (
        "ws://127.0.0.1:1234/usdm/public/stream?streams=btcusdt@depth@100ms"
    )
    binance = Endpoints.usdm(ExchangeSettings.model_validate({"exchange": "binance"}), simulator)
    assert binance.rest.startswith("https://fapi.")
    named = ExchangeSettings.model_validate({"exchange_usdm_rest_url": "http://a:1"})
    assert Endpoints.usdm(named, simulator).rest == "http://a:1"


def test_streams_of_two_routes_share_no_connection() -> None:
    usdm = Endpoints.usdm(ExchangeSettings(), SimulatorSettings())
    with pytest.raises(UnknownStreamError, match="2 routes"):
        usdm.combined(["btcusdt@depth@100ms", "btcusdt@aggTrade"])
