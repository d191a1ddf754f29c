"""The contract in the repository is what the code says, and says what clients need."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from app import contract
from app.contract import CONTRACT, documents, stale


def test_the_contract_is_what_the_code_says() -> None:
    assert stale() == [], "write it with: python -m app.contract"


def test_a_stale_contract_is_found_and_mended_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "CONTRACT", tmp_path / "contract")
    assert stale() == [
        "openapi.json",
        "asyncapi.json",
        "socket.schema.json",
        "session.schema.json",
        "fold.examples.json",
    ]
    monkeypatch.setattr(sys, "argv", ["contract", "--check"])
    with pytest.raises(SystemExit) as stopped:
        contract.main()
    assert stopped.value.code == 1
    monkeypatch.setattr(sys, "argv", ["contract"])
    contract.main()
    assert stale() == []
    assert (tmp_path / "contract" / "openapi.json").read_bytes() == (CONTRACT / "openapi.json").read_bytes()


def test_every_route_names_its_problems_and_every_reference_leads_somewhere() -> None:
    openapi = json.loads(documents()["openapi.json"])
    schemas = openapi["components"]["schemas"]
    assert set(openapi["paths"]) == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/symbols",
        "/latest",
        "/ohlc",
        "/ohlc/realtime",
        "/trades",
        "/orderbook",
        "/completeness",
        "/ranking/top-gainers",
        "/ranking/top-losers",
        "/status",
        "/jobs",
        "/export",
        *(f"/udf/{name}" for name in ("config", "symbols", "search", "history", "time")),
        *(f"/api/v3/{name}" for name in ("ping", "time", "exchangeInfo", "klines", "uiKlines", "depth")),
        *(f"/api/v3/{name}" for name in ("trades", "aggTrades", "ticker/24hr", "ticker/price")),
        *(f"/api/v3/{name}" for name in ("historicalTrades", "avgPrice", "ticker", "ticker/tradingDay")),
        "/api/v3/ticker/bookTicker",
    }
    for path in ("/latest", "/ohlc", "/ohlc/realtime", "/trades", "/orderbook", "/completeness", "/status"):
        answers = openapi["paths"][path]["get"]["responses"]
        assert set(answers) - {"304"} == {"200", "401", "404", "422", "429", "503"}
        for status in ("401", "404", "422", "429", "503"):
            (media_type, content), *others = answers[status]["content"].items()
            assert (media_type, others) == ("application/problem+json", [])
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)
    for name in _references(openapi, "#/components/schemas/"):
        assert name in schemas


def test_the_socket_schema_describes_every_message_and_every_close_code() -> None:
    schema = json.loads(documents()["socket.schema.json"])
    kinds = {
        (kind["properties"]["channel"]["enum"][0], kind["properties"]["type"]["enum"][0])
        for name in _references(schema["oneOf"], "#/$defs/")
        for kind in [schema["$defs"][name]]
    }
    assert kinds == {
        ("kline", "snapshot"),
        ("kline", "update"),
        ("trades", "snapshot"),
        ("trades", "update"),
        ("orderbook", "snapshot"),
        ("orderbook", "update"),
        ("status", "update"),
    }
    codes = {code["code"]: code["description"] for code in schema["x-close-codes"].values()}
    assert set(codes) == {1012, 1013, 4400, 4404, 4408, 4429, 4503}
    assert all(codes.values())


def test_the_schema_of_the_socket_of_all_channels_describes_both_sides() -> None:
    schema = json.loads(documents()["session.schema.json"])
    asked, answered, told = (
        [schema["$defs"][name]["properties"] for name in _references(side, "#/$defs/")]
        for side in schema["oneOf"]
    )
    assert {kind["op"]["enum"][0] for kind in asked} == {"subscribe", "unsubscribe", "list", "ping"}
    assert {kind["type"]["enum"][0] for kind in answered} == {"subscriptions", "pong", "error", "heartbeat"}
    assert {kind["channel"]["enum"][0] for kind in told} == {
        "kline",
        "trades",
        "orderbook",
        "ranking",
        "status",
    }
    assert _references(schema, "#/$defs/") <= set(schema["$defs"])


def test_the_asyncapi_document_has_every_address_and_all_that_is_said_there() -> None:
    document = json.loads(documents()["asyncapi.json"])
    channels, components = document["channels"], document["components"]
    assert {channel["address"] for channel in channels.values()} == {
        "/ws",
        "/ws/kline",
        "/ws/trades",
        "/ws/orderbook",
    }
    said: dict[str, set[str]] = {name: set() for name in channels}
    for operation in document["operations"].values():
        name = operation["channel"]["$ref"].rpartition("/")[2]
        said[name] |= _references(operation["messages"], f"#/channels/{name}/messages/")
    assert said == {name: set(channel["messages"]) for name, channel in channels.items()}
    assert _references(channels, "#/components/messages/") == set(components["messages"])
    assert _references(document, "#/components/schemas/") == set(components["schemas"])


def _references(document: object, prefix: str) -> set[str]:
    if isinstance(document, dict):
        named = str(document.get("$ref", ""))
        own = {named.removeprefix(prefix)} if named.startswith(prefix) else set()
        return own.union(*(_references(value, prefix) for value in document.values()))
    if isinstance(document, list):
        return set().union(*(_references(value, prefix) for value in document))
    return set()
