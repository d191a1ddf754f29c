"""The client's own types beside the contract that the API publishes: where they drift apart, this fails."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from candlestack_client import Kline, OrderBook, Position, Ranking, Status, Trades, calls, messages, models
from candlestack_client.calls import PAGE, Call, Paging
from candlestack_client.errors import _KINDS
from candlestack_client.following import Following
from candlestack_client.subscriptions import Subscription

CONTRACT = Path(__file__).resolve().parents[3] / "backend_fastapi" / "contract"
OPENAPI: dict[str, Any] = json.loads((CONTRACT / "openapi.json").read_text())
SESSION: dict[str, Any] = json.loads((CONTRACT / "session.schema.json").read_text())
ANSWERS = OPENAPI["components"]["schemas"]
MESSAGES = SESSION["$defs"]

PUBLISHED: list[tuple[type[msgspec.Struct], dict[str, Any]]] = [
    (models.Candle, ANSWERS["OhlcCandle"]),
    (models.Ohlc, ANSWERS["Ohlc"]),
    (models.TradeList, ANSWERS["TradeList"]),
    (models.DeepBook, ANSWERS["OrderBook"]),
    (models.Symbols, ANSWERS["Symbols"]),
    (models.RankingList, ANSWERS["RankingList"]),
    (models.Completeness, ANSWERS["Completeness"]),
    (models.PlatformStatus, ANSWERS["Status"]),
    (models.Problem, ANSWERS["Problem"]),
    (messages.TradesSnapshot, MESSAGES["TradesSnapshot"]),
    (messages.TradesUpdate, MESSAGES["TradesUpdate"]),
    (messages.OrderBookSnapshot, MESSAGES["BookViewSnapshot"]),
    (messages.OrderBookUpdate, MESSAGES["BookViewUpdate"]),
    (messages.RankingSnapshot, MESSAGES["RankingSnapshot"]),
    (messages.StatusSnapshot, MESSAGES["StatusSnapshot"]),
]
Shape = Any


def shape(schema: dict[str, Any], definitions: dict[str, Any]) -> Shape:
    """Return what a schema allows, without its words and bounds: the same for two that mean the same."""
    if "$ref" in schema:
        return shape(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in schema:
        return frozenset(shape(each, definitions) for each in schema["anyOf"])
    if "enum" in schema:
        return ("one of", frozenset(schema["enum"]))
    if "properties" in schema:
        required = schema.get("required", [])
        fields = schema["properties"].items()
        return frozenset(
            # An optional field may be left out or null: to the client it is the same.
            (
                name,
                "must" if name in required else "may",
                _without_null(shape(each, definitions), name, required),
            )
            for name, each in fields
        )
    if schema.get("type") == "array":
        parts = schema.get("prefixItems") or [schema["items"]]
        return ("list", tuple(shape(each, definitions) for each in parts))
    if isinstance(schema.get("additionalProperties"), dict):
        return ("map", shape(schema["additionalProperties"], definitions))
    return schema["type"]


def _without_null(found: Shape, name: str, required: list[str]) -> Shape:
    if name in required or not isinstance(found, frozenset):
        return found
    rest = found - {"null"}
    return next(iter(rest)) if len(rest) == 1 else rest


def own_shape(kind: type[msgspec.Struct]) -> Shape:
    schema = msgspec.json.schema(kind)
    return shape(schema, schema["$defs"])


@pytest.mark.parametrize(("kind", "published"), PUBLISHED, ids=[kind.__name__ for kind, _ in PUBLISHED])
def test_every_type_has_the_fields_of_the_contract(
    kind: type[msgspec.Struct], published: dict[str, Any]
) -> None:
    definitions = MESSAGES if kind.__module__ == messages.__name__ else ANSWERS
    assert own_shape(kind) == shape(published, definitions)


@pytest.mark.parametrize("kind", [messages.KlineSnapshot, messages.KlineUpdate])
def test_a_message_of_candles_stands_for_those_of_both_kinds_of_interval(kind: type[msgspec.Struct]) -> None:
    """The contract has 1m candles and longer ones apart: other intervals, and children besides."""
    name = kind.__name__
    longer, minute = MESSAGES[f"Longer{name}"], MESSAGES[name]
    intervals = {"enum": longer["properties"]["interval"]["enum"] + minute["properties"]["interval"]["enum"]}
    both = {**longer, "properties": {**longer["properties"], "interval": intervals}}
    assert own_shape(kind) == shape(both, MESSAGES)
    assert minute["required"] == longer["required"]
    assert set(MESSAGES["Candle"]["required"]) == set(MESSAGES["OhlcCandle"]["required"])


def test_a_field_that_is_new_missing_or_of_another_type_is_a_drift() -> None:
    published = ANSWERS["TradeList"]
    for changed in (
        {**published, "required": ["symbol"]},
        {**published, "properties": {**published["properties"], "symbol": {"type": "integer"}}},
        {**published, "properties": {**published["properties"], "more": {"type": "string"}}},
    ):
        assert shape(changed, ANSWERS) != own_shape(models.TradeList)


def test_every_message_that_the_contract_names_is_known_or_only_says_that_the_connection_lives() -> None:
    told = {ref["$ref"].rsplit("/", 1)[-1] for group in SESSION["oneOf"][1:] for ref in group["oneOf"]}
    kinds = {
        (MESSAGES[name]["properties"]["channel"]["enum"][0], MESSAGES[name]["properties"]["type"]["enum"][0])
        for name in told
    }
    known = {(kind.channel, kind.type) for kind in messages._DECODERS}
    assert kinds - known == {("control", "heartbeat"), ("control", "pong"), ("control", "subscriptions")}
    assert known <= kinds


WANTED: list[Subscription] = [
    *(Kline("BTCUSDT", interval) for interval in ("1m", "5m", "1h", "4h", "1d")),
    Kline("BTCUSDT", "1m", Position("candles/0", 7)),
    Trades("ETHUSDT"),
    OrderBook("BTCUSDT", "usdm", depth=5, every_ms=500),
    Ranking("top_losers", 20),
    Status(),
]


def test_what_is_asked_of_a_stream_is_what_the_contract_allows() -> None:
    validator = jsonschema_rs.validator_for(SESSION)
    asked = Following([*WANTED, *(Trades(f"PAIR{number}USDT") for number in range(100))]).requests()
    for text in asked:
        validator.validate(json.loads(text))
        assert len(text) < 16_384, "the API takes no longer messages"
    assert [json.loads(text)["id"] for text in asked] == [0, 1, 2]
    since = [each["since"] for each in json.loads(asked[0])["subscriptions"] if "since" in each]
    assert since == [{"epoch": "candles/0", "seq": 7}]


CALLS: list[Call[Any]] = [
    calls.symbols(),
    calls.latest("BTCUSDT"),
    calls.trades("BTCUSDT", 5),
    calls.order_book("BTCUSDT", "usdm", 5),
    calls.top_gainers(5),
    calls.top_losers(5),
    calls.completeness("BTCUSDT", "spot", "trade", start=0, end=1, limit=5),
    calls.status("BTCUSDT"),
    calls.export("BTCUSDT", "1m", 0, 1, "csv"),
]


def test_what_is_asked_by_rest_is_what_the_contract_allows() -> None:
    page = Paging("BTCUSDT", "1m", 0, 1, None).next
    assert page is not None
    for call in [*CALLS, page]:
        parameters = {each["name"]: each for each in OPENAPI["paths"][call.path]["get"].get("parameters", [])}
        needed = {name for name, each in parameters.items() if each["required"]}
        assert needed <= set(call.query) <= set(parameters), call.path
    limit = next(each for each in OPENAPI["paths"]["/ohlc"]["get"]["parameters"] if each["name"] == "limit")
    assert limit["schema"]["maximum"] == PAGE


def test_every_kind_of_problem_in_the_contract_is_an_error_of_its_own() -> None:
    named = set(re.findall(r"urn:candlestack:problem:[a-z-]+", json.dumps(OPENAPI)))
    assert named
    assert named <= set(_KINDS)
