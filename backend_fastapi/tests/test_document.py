"""Whatever the OpenAPI document allows, and what it does not, is answered as it says, and never by an error of ours.

CONTRACT_EXAMPLES is how many requests each operation is asked at random, besides those that cover its parameters.
"""

from __future__ import annotations

import os
import time
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api_records import NOON, book, candle, known_book, trade
from api_under_test import Api
from api_world import World
from app.application import create_app
from listing_records import entry, store_listings
from waiting import PATIENCE_S, eventually

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "4"))
PAIR = "BTCUSDT"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DOCUMENT: dict[str, Any] = create_app().openapi()


def without_tuples(part: Any) -> Any:
    """Return a document whose tuples are lists of as many: Schemathesis cannot read them."""
    if isinstance(part, list):
        return [without_tuples(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: without_tuples(each) for name, each in part.items() if name != "prefixItems"}
    if "prefixItems" in part:
        kinds = part["prefixItems"]
        kept |= {"items": {"anyOf": kinds}, "minItems": len(kinds), "maxItems": len(kinds)}
    return kept


schema = schemathesis.openapi.from_dict(without_tuples(DOCUMENT))


@schema.hook
def map_query(_context: schemathesis.HookContext, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask for the pair there is where any would do: most at random would be unknown."""
    symbol = (query or {}).get("symbol")
    known = isinstance(symbol, str) and len(symbol) % 3
    return {**(query or {}), "symbol": PAIR} if known else query


@pytest.fixture(scope="module")
def filled(api: Api, world: World) -> Api:
    """An API that has something to say to every question."""
    now = time.time_ns() // 1_000_000
    minutes = [candle(PAIR, minute) for minute in range(-300, 0)]
    forming = candle(PAIR, 0, closed=False)
    trades = [trade(PAIR, number) for number in range(1, 50)]
    world.store_in_mongo(*minutes)
    world.store_in_redis(*minutes[-60:], forming, *trades)
    for market in ("spot", "usdm"):
        # A builder that falls silent would be said to be; a test may take longer.
        world.store_book(known_book(PAIR, 7, market=market, event_time=now + 3_600_000))
    world.publish(minutes[-1], forming, trades[-1], book(PAIR, 7, event_time=now + 3_600_000))
    store_listings(world.redis, entry(PAIR))

    def ready() -> bool:
        listed = api.ask("/api/v3/exchangeInfo", symbol=PAIR).status == 200
        return listed and api.ask("/latest", symbol=PAIR).json["open_time"] == NOON

    eventually(ready, "the pair is there")
    return api


@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize="CONTRACT_EXAMPLES" not in os.environ)
def test_every_answer_is_one_that_the_document_allows(case: schemathesis.Case[Any], filled: Api) -> None:
    response = case.call(base_url=filled.url, timeout=PATIENCE_S)
    assert response.status_code < 500, response.text
    case.validate_response(response, checks=CHECKS)
    answers = DOCUMENT["paths"][case.path][case.method.lower()]["responses"] if case.method == "GET" else {}
    if response.status_code == 200 and "application/json" in response.headers["content-type"]:
        content = answers["200"]["content"]["application/json"]
        assert jsonschema_rs.is_valid(whole(content), response.json())


def whole(content: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer with all that it refers to, tuples too."""
    return {**content["schema"], "components": DOCUMENT["components"]}


def _examples() -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, media type and content of each answer that has an example."""
    return [
        (path, media, content)
        for path, item in DOCUMENT["paths"].items()
        for operation in item.values()
        for answer in operation["responses"].values()
        for media, content in answer.get("content", {}).items()
        if "example" in content
    ]


def test_every_example_is_an_answer_that_the_document_allows() -> None:
    for path, media, content in _examples():
        assert jsonschema_rs.is_valid(whole(content), content["example"]), f"{path}: {media}"


def test_every_answer_of_the_platforms_own_routes_has_an_example() -> None:
    with_example = {path for path, _, _ in _examples()}
    others = ("/metrics", "/export", "/udf/", "/api/v3/")
    own = {path for path in DOCUMENT["paths"] if not path.startswith(others)}
    assert own <= with_example
