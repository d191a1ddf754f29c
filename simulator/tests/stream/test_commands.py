"""What a client may say on a stream connection, and what the exchange says to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_simulator.stream.commands import Session, answer


def unheard(_added: list[str], _removed: list[str]) -> None:
    """Nobody listens to what changes."""


def say(session: Session, **request: Any) -> dict[str, Any]:
    return answer(json.dumps(request), session, unheard)


@pytest.fixture
def session() -> Session:
    return Session({}, combined=False, stream_limit=1024)


def test_subscriptions_are_listed_in_order_and_without_doubles(session: Session) -> None:
    changes: list[tuple[list[str], list[str]]] = []

    def tell(method: str, *streams: str) -> dict[str, Any]:
        text = json.dumps({"method": method, "params": streams, "id": 1})
        return answer(text, session, lambda added, removed: changes.append((added, removed)))

    assert tell("SUBSCRIBE", "b@trade", "a@trade", "b@trade") == {"result": None, "id": 1}
    tell("SUBSCRIBE", "a@trade", "c@depth@100ms")
    tell("UNSUBSCRIBE", "a@trade", "never@trade")
    assert say(session, method="LIST_SUBSCRIPTIONS", id=2) == {
        "result": ["b@trade", "c@depth@100ms"],
        "id": 2,
    }
    assert changes == [(["b@trade", "a@trade"], []), (["c@depth@100ms"], []), ([], ["a@trade"])]


def test_the_envelope_is_a_property(session: Session) -> None:
    assert say(session, method="GET_PROPERTY", params=["combined"], id=1) == {"result": False, "id": 1}
    assert say(session, method="SET_PROPERTY", params=["combined", True], id=2) == {"result": None, "id": 2}
    assert say(session, method="GET_PROPERTY", params=["combined"], id=3) == {"result": True, "id": 3}


@pytest.mark.parametrize("request_id", [0, 7, -(2**63), 2**63 - 1, "a-b_9", "x" * 36, None])
def test_ids_are_echoed(session: Session, request_id: Any) -> None:
    assert say(session, method="LIST_SUBSCRIPTIONS", id=request_id) == {"result": [], "id": request_id}


@pytest.mark.parametrize("request_id", [1.5, True, [1], {}, "", "x" * 37, "ü", 2**63])
def test_other_ids_are_refused(session: Session, request_id: Any) -> None:
    reply = say(session, method="LIST_SUBSCRIPTIONS", id=request_id)
    message = "Invalid request: request ID must be an unsigned integer"
    assert reply == {"error": {"code": 2, "msg": message}, "id": None}


@pytest.mark.parametrize(
    ("request_body", "code", "message"),
    [
        ({}, 2, "Invalid request: missing field `method` at line 1 column 9"),
        (
            {"method": "SUBSCRIB", "params": ["a@trade"]},
            2,
            (
                "Invalid request: unknown variant `SUBSCRIB`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
                "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 21"
            ),
        ),
        ({"method": "SUBSCRIBE"}, 2, "Invalid request: invalid stream"),
        ({"method": "SUBSCRIBE", "params": []}, 2, "Invalid request: invalid stream"),
        ({"method": "SUBSCRIBE", "params": [1]}, 2, "Invalid request: invalid stream"),
        ({"method": "SUBSCRIBE", "params": ["not a stream"]}, 2, "Invalid request: invalid stream"),
        ({"method": "UNSUBSCRIBE", "params": [""]}, 2, "Invalid request: invalid stream"),
        ({"method": "SUBSCRIBE", "params": "a@trade"}, 2, "Invalid request: params must be an array"),
        ({"method": "LIST_SUBSCRIPTIONS", "params": ["x"]}, 2, "Invalid request: too many parameters"),
        ({"method": "GET_PROPERTY"}, 2, "Invalid request: property name must be a string"),
        ({"method": "GET_PROPERTY", "params": [1]}, 2, "Invalid request: property name must be a string"),
        ({"method": "GET_PROPERTY", "params": ["combined", 1]}, 2, "Invalid request: too many parameters"),
        ({"method": "SET_PROPERTY", "params": ["colour", True]}, 0, "Unknown property"),
        ({"method": "SET_PROPERTY", "params": ["combined"]}, 1, "Invalid value type: expected Boolean"),
        ({"method": "SET_PROPERTY", "params": ["combined", 1]}, 1, "Invalid value type: expected Boolean"),
        (
            {"method": "SET_PROPERTY", "params": ["combined", True, 1]},
            2,
            "Invalid request: too many parameters",
        ),
    ],
)
def test_wrong_requests_get_the_exchanges_error(
    session: Session, request_body: dict[str, Any], code: int, message: str
) -> None:
    reply = say(session, **request_body, id=5)
    assert reply["error"] == {"code": code, "msg": message}
    assert reply["id"] == 5


def test_what_is_not_json_is_told_where_it_breaks(session: Session) -> None:
    reply = answer('{"method": \n SUBSCRIBE}', session, unheard)
    message = "Invalid JSON: expected value at line 2 column 2"
    assert reply == {"error": {"code": 3, "msg": message}, "id": None}


def test_a_subscription_beyond_the_limit_changes_nothing() -> None:
    session = Session(dict.fromkeys(["a@trade", "b@trade"]), combined=True, stream_limit=3)
    reply = say(session, method="SUBSCRIBE", params=["c@trade", "d@trade"], id=1)
    assert reply["error"]["code"] == 2
    assert list(session.streams) == ["a@trade", "b@trade"]
    assert say(session, method="SUBSCRIBE", params=["a@trade", "c@trade"], id=2)["result"] is None


@given(
    st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps)
)
def test_anything_a_client_sends_is_answered(text: str) -> None:
    session = Session({}, combined=False, stream_limit=4)
    reply = answer(text, session, unheard)
    assert set(reply) in ({"result", "id"}, {"error", "id"})
    json.dumps(reply)
