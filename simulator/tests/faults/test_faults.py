"""Faults on demand, seen by a client at the exchange's own port."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from hypothesis import given
from hypothesis import strategies as st

from candlestack_simulator.faults.frames import UNKNOWN_PAIR, Frame, spoil
from candlestack_simulator.faults.kinds import Absurd, StreamFault, Truncated
from candlestack_simulator.faults.scenarios import scenarios
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.testing import Clock, Exchange, Seconds, replay_of, running, until

DEPTH = "btcusdt@depth@100ms"
WITHIN_S = 180.0


async def inject(exchange: Exchange, kind: str, **fields: Any) -> Any:
    answer = await exchange.post("/sim/faults", {"kind": kind, **fields})
    assert answer.status == 201, answer
    return answer.body


async def fault(exchange: Exchange, number: int) -> Any:
    return await exchange.get(f"/sim/faults/{number}")


async def diffs(connection: ClientWebSocketResponse, count: int) -> list[Any]:
    """Receive so many texts; those that are no JSON stay text."""
    received = []
    for _ in range(count):
        text = await connection.receive_str(timeout=WITHIN_S)
        try:
            received.append(json.loads(text))
        except ValueError:
            received.append(text)
    return received


async def listening(exchange: Exchange, *streams: str, path: str = "/ws") -> ClientWebSocketResponse:
    """Open a connection and subscribe; return when the exchange has acknowledged."""
    connection = await exchange.connect(path)
    await connection.send_json({"method": "SUBSCRIBE", "params": streams, "id": 1})
    assert await connection.receive_json() == {"result": None, "id": 1}
    return connection


@pytest.mark.parametrize(
    ("kind", "received"),
    [
        ("doubled", ["1", "1", "2", "3"]),
        ("dropped", ["2", "3"]),
        ("reordered", ["2", "1", "3"]),
        ("truncated", ["text", "2", "3"]),
        ("not_json", ["text", "2", "3"]),
        ("unknown_symbol", ["unknown", "1", "2", "3"]),
        ("absurd", ["absurd", "2", "3"]),
    ],
)
@pytest.mark.parametrize("path", ["/ws", "/stream"])
async def test_one_frame_is_befallen_and_the_others_come_as_ever(
    exchange: Exchange, clock: Clock, kind: str, received: list[str], path: str
) -> None:
    connection = await listening(exchange, DEPTH, path=path)
    injected = await inject(exchange, kind, streams=[DEPTH])
    assert (injected["active"], injected["remaining"]) == (True, 1)
    for _ in range(3):
        clock.advance(100)
        await asyncio.sleep(0.02)
    messages = await diffs(connection, len(received))
    bodies = [m["data"] if isinstance(m, dict) and "data" in m else m for m in messages]
    ids = [body["u"] for body in bodies if isinstance(body, dict)]
    first = max(ids) - 16
    seen = []
    for body in bodies:
        if isinstance(body, str):
            seen.append("text")
        elif body["s"] == UNKNOWN_PAIR:
            seen.append("unknown")
        elif body["b"] and body["b"][0][0] == "-1":
            seen.append("absurd")
        else:
            seen.append(str((body["u"] - first) // 8 + 1))
    assert seen == received
    told = await fault(exchange, injected["id"])
    assert (told["active"], told["affected"], told["remaining"]) == (False, 1, 0)


async def test_only_every_nth_frame_of_the_named_streams_is_befallen(
    exchange: Exchange, clock: Clock
) -> None:
    connection = await listening(exchange, DEPTH, "ethusdt@depth@100ms")
    await inject(exchange, "dropped", streams=["btc*"], count=2, every=3)
    clock.advance(1_000)
    received = await diffs(connection, 18)
    bitcoin = [diff["u"] for diff in received if diff["s"] == "BTCUSDT"]
    assert [after - before for before, after in pairwise(bitcoin)] == [8, 16, 8, 16, 8, 8, 8]


async def test_a_frozen_connection_sends_nothing_answers_nothing_and_goes_on(
    exchange: Exchange, clock: Clock
) -> None:
    frozen = await listening(exchange, DEPTH)
    injected = await inject(exchange, "frozen", duration_s=3_600)
    lively = await listening(exchange, DEPTH)
    clock.advance(300)
    await diffs(lively, 3)
    await frozen.ping(b"anybody there")
    await frozen.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 5})
    with pytest.raises(TimeoutError):
        await frozen.receive(timeout=0.3)
    assert (await exchange.delete(f"/sim/faults/{injected['id']}")).body == {"cleared": 1}
    assert await frozen.receive_json(timeout=WITHIN_S) == {"result": [DEPTH], "id": 5}
    clock.advance(100)
    (after,) = await diffs(frozen, 1)
    assert after["u"] == (await diffs(lively, 1))[0]["u"]


async def test_new_connections_freeze_too_where_all_are_to(exchange: Exchange, clock: Clock) -> None:
    injected = await inject(exchange, "frozen", duration_s=3_600, connections="all")
    connection = await exchange.connect(f"/ws/{DEPTH}")
    clock.advance(300)
    with pytest.raises(TimeoutError):
        await connection.receive(timeout=0.2)
    assert (await fault(exchange, injected["id"]))["affected"] == 1


async def test_a_client_that_leaves_a_frozen_connection_is_forgotten(exchange: Exchange) -> None:
    connection = await listening(exchange, DEPTH)
    await inject(exchange, "frozen", duration_s=3_600)
    connection._response.close()  # a frozen peer would answer no close frame: the client gives up at once

    async def gone() -> bool:
        return bool((await exchange.get("/sim/source"))["connections"] == 0)

    await until(gone)


async def test_a_starved_stream_is_silent_where_it_stood_and_speaks_elsewhere(
    exchange: Exchange, clock: Clock
) -> None:
    old = await listening(exchange, DEPTH, "ethusdt@depth@100ms")
    injected = await inject(exchange, "starved", streams=[DEPTH], duration_s=3_600)
    assert injected["affected"] == 1
    moved = await listening(exchange, DEPTH)
    clock.advance(300)
    assert {diff["s"] for diff in await diffs(old, 3)} == {"ETHUSDT"}
    assert {diff["s"] for diff in await diffs(moved, 3)} == {"BTCUSDT"}
    await exchange.delete("/sim/faults")
    clock.advance(100)
    assert {diff["s"] for diff in await diffs(old, 2)} == {"BTCUSDT", "ETHUSDT"}


async def test_new_subscriptions_are_acknowledged_and_silent_as_often_as_told(
    exchange: Exchange, clock: Clock
) -> None:
    standing = await listening(exchange, DEPTH)
    await inject(exchange, "starved", symbols=["BTCUSDT"], subscriptions="new", count=1, duration_s=3_600)
    silent = await listening(exchange, DEPTH, "ethusdt@depth@100ms")
    spoken = await listening(exchange, DEPTH)
    clock.advance(200)
    for connection in (standing, spoken):
        assert len(await diffs(connection, 2)) == 2
    assert {diff["s"] for diff in await diffs(silent, 2)} == {"ETHUSDT"}


async def test_a_cut_of_one_market_leaves_the_other_and_refuses_while_it_lasts(exchange: Exchange) -> None:
    spot = await listening(exchange, DEPTH)
    usdm = await listening(exchange, DEPTH, path="/usdm/public/ws")
    injected = await inject(exchange, "cut", market="usdm", duration_s=3_600)
    assert injected["affected"] == 1
    assert (await usdm.receive()).type is not WSMsgType.TEXT
    with pytest.raises(aiohttp.ClientError):
        await exchange.connect("/usdm/public/ws")
    await exchange.connect("/ws")
    assert not spot.closed
    await exchange.delete(f"/sim/faults/{injected['id']}")
    await listening(exchange, DEPTH, path="/usdm/public/ws")


async def test_a_shutdown_is_announced_and_carried_out(exchange: Exchange, clock: Clock) -> None:
    concerned = await listening(exchange, DEPTH)
    other = await listening(exchange, "ethusdt@depth@100ms")
    await inject(exchange, "shutdown", symbols=["BTCUSDT"], notice_s=0.2)
    assert await concerned.receive_json() == {"e": "serverShutdown", "E": clock.ms}
    assert (await concerned.receive()).type is WSMsgType.CLOSE
    assert concerned.close_code == 1001
    assert not other.closed


@pytest.mark.parametrize(("status", "code"), [(429, -1003), (418, -1003), (500, -1001), (503, -1001)])
async def test_requests_fail_as_often_as_told(exchange: Exchange, status: int, code: int) -> None:
    await inject(exchange, "rest_error", market="usdm", status=status, retry_after_s=7, count=2)
    answers = [await exchange.request("/fapi/v1/ping") for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert (answers[0].body["code"], answers[0].headers["retry-after"]) == (code, "7")
    await inject(exchange, "rest_error", paths=["depth"])
    assert await exchange.get("/api/v3/ping") == {}
    assert (await exchange.request("/api/v3/depth", symbol="BTCUSDT")).status == 503


async def test_late_answers_come_after_the_others(exchange: Exchange, clock: Clock) -> None:
    injected = await inject(exchange, "rest_late", delay_s=60, paths=["time"])

    async def met() -> bool:
        return bool((await fault(exchange, injected["id"]))["affected"] == 1)

    late = asyncio.create_task(exchange.get("/api/v3/time"))
    await until(met)
    await exchange.get("/api/v3/ping")
    assert not late.done()
    late.cancel()

    loop = asyncio.get_running_loop()
    await inject(exchange, "rest_late", delay_s=0.3, paths=["time"])
    asked = loop.time()
    assert await exchange.get("/api/v3/time") == {"serverTime": clock.ms}
    assert loop.time() - asked >= 0.3


@pytest.mark.parametrize("path", ["/api/v3/depth", "/fapi/v1/depth"])
async def test_a_stale_snapshot_is_the_book_of_before(exchange: Exchange, clock: Clock, path: str) -> None:
    before = await exchange.get(path, symbol="BTCUSDT", limit=100)
    clock.advance(5_000)
    await inject(exchange, "stale_depth", age_ms=5_000)
    assert await exchange.get(path, symbol="BTCUSDT", limit=100) == before
    assert (await exchange.get(path, symbol="BTCUSDT", limit=100))["lastUpdateId"] > before["lastUpdateId"]


async def test_the_clock_goes_ahead_on_both_markets_and_comes_back(exchange: Exchange, clock: Clock) -> None:
    await inject(exchange, "clock_offset", offset_ms=1_300, duration_s=3_600)
    for path in ("/api/v3/time", "/fapi/v1/time"):
        assert (await exchange.get(path))["serverTime"] == clock.ms + 1_300
    await exchange.delete("/sim/faults")
    assert (await exchange.get("/fapi/v1/time"))["serverTime"] == clock.ms


async def test_a_fault_is_over_with_its_time(exchange: Exchange) -> None:
    lasting = await inject(exchange, "rest_error", duration_s=3_600)
    assert lasting["remaining"] is None, "it is not over with the first request"
    for _ in range(2):
        assert (await exchange.request("/api/v3/ping")).status == 503
    await exchange.delete("/sim/faults")
    injected = await inject(exchange, "rest_error", duration_s=0.1)

    async def over() -> bool:
        return not (await fault(exchange, injected["id"]))["active"]

    await until(over)
    assert await exchange.get("/api/v3/ping") == {}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "earthquake"),
        ({"kind": "frozen"}, "duration_s"),
        ({"kind": "frozen", "duration_s": 0}, "duration_s"),
        ({"kind": "frozen", "duration_s": 3601}, "duration_s"),
        ({"kind": "doubled", "count": 0}, "count"),
        ({"kind": "doubled", "streams": ["x"] * 65}, "streams"),
        ({"kind": "doubled", "colour": "red"}, "colour"),
        ({"kind": "rest_error", "status": 200}, "status"),
        ({"kind": "cut", "market": "coinm"}, "market"),
        ({"kind": "starved", "duration_s": 1}, "streams"),
        ([], "object"),
    ],
)
async def test_a_wrong_fault_is_refused_and_named(exchange: Exchange, body: Any, word: str) -> None:
    answer = await exchange.post("/sim/faults", body)
    assert answer.status == 400
    assert word in answer.body["msg"]
    assert await exchange.get("/sim/faults") == {"faults": []}


async def test_there_is_a_bound_to_faults_and_unknown_ones_are_404(exchange: Exchange) -> None:
    for _ in range(100):
        await inject(exchange, "doubled", streams=["none"])
    assert (await exchange.post("/sim/faults", {"kind": "doubled"})).status == 409
    assert (await exchange.request("/sim/faults/9999")).status == 404
    assert (await exchange.delete("/sim/faults/x")).status == 404
    assert (await exchange.delete("/sim/faults")).body == {"cleared": 100}


async def test_the_clock_of_a_recording_cannot_be_moved(aggregate_tapes: dict[str, PairTape]) -> None:
    async with running(replay_of(aggregate_tapes, Seconds())) as exchange:
        order = {"kind": "clock_offset", "offset_ms": 1, "duration_s": 1}
        assert (await exchange.post("/sim/faults", order)).status == 400
        assert await exchange.get("/sim/faults") == {"faults": []}


@pytest.mark.parametrize("name", sorted(scenarios()))
async def test_every_scenario_can_be_played(market: SeededMarket, name: str) -> None:
    async with running(market) as exchange:
        await exchange.connect(f"/stream?streams={DEPTH}/btcusdt@trade/btcusdt@kline_1m")
        answer = await exchange.post(f"/sim/scenarios/{name}")
        assert answer.status == 201
        kinds = {step.fault.__struct_config__.tag for step in scenarios()[name].steps}
        assert {injected["kind"] for injected in answer.body["faults"]} == kinds
        assert name in await exchange.get("/sim/scenarios")
        assert (await exchange.post("/sim/scenarios/nothing")).status == 404


@given(st.binary(min_size=1, max_size=200), st.booleans())
def test_half_of_a_text_is_never_json(payload: bytes, combined: bool) -> None:
    frame = Frame(DEPTH, b'{"p":%b}' % json.dumps(payload.hex()).encode(), DEPTH)
    (cut,) = spoil(Truncated(), frame, 1)
    text = cut.text(combined=combined)
    with pytest.raises(ValueError, match=r".*"):
        json.loads(text)
    assert frame.text(combined=combined).startswith(text)


@given(st.integers(1, 1_000), st.sampled_from(["k", "p", "b", "levels"]))
def test_an_absurd_frame_is_json_and_differs_in_its_price_alone(number: int, field: str) -> None:
    message: dict[str, Any] = {"s": "BTCUSDT", "u": 7}
    whole: dict[str, dict[str, Any]] = {
        "k": {"k": {"c": "1.0", "o": "2.0"}},
        "p": {"p": "1.0"},
        "b": {"b": "1.0"},
        "levels": {"b": []},
    }
    message |= whole[field]
    (spoilt,) = spoil(Absurd(), Frame(DEPTH, json.dumps(message).encode(), DEPTH), number)
    told = json.loads(spoilt.payload)
    assert told != message
    assert (told["s"], told["u"], set(told)) == ("BTCUSDT", 7, set(message))


@given(st.sampled_from(["btcusdt", "ethusdt"]), st.sampled_from(["trade", "depth@100ms", "kline_1m"]))
def test_a_fault_fits_what_its_patterns_and_its_symbols_name(pair: str, kind: str) -> None:
    stream = f"{pair}@{kind}"
    assert StreamFault().fits(stream)
    assert StreamFault(streams=(f"*@{kind}",)).fits(stream)
    assert StreamFault(symbols=(pair.upper(),)).fits(stream)
    assert not StreamFault(symbols=("XRPUSDT",), streams=(stream,)).fits(stream)
    assert not StreamFault(streams=(f"{pair}@aggTrade",)).fits(stream)
