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
    assert stale() == ["openapi.json", "socket.schema.json", "fold.examples.json"]
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
    }
    for path in ("/latest", "/ohlc", "/ohlc/realtime", "/trades", "/orderbook", "/completeness"):
        answers = openapi["paths"][path]["get"]["responses"]
        assert set(answers) == {"200", "404", "422", "503"}
        for status in ("404", "422", "503"):
            content = answers[status]["content"]
            assert content == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
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
    assert set(codes) == {1012, 1013, 4400, 4404, 4408, 4503}
    assert all(codes.values())


def _references(document: object, prefix: str) -> set[str]:
    if isinstance(document, dict):
        own = {document["$ref"].removeprefix(prefix)} if "$ref" in document else set()
        return own.union(*(_references(value, prefix) for value in document.values()))
    if isinstance(document, list):
        return set().union(*(_references(value, prefix) for value in document))
    return set()
