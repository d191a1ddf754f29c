"""A recording behind the exchange's own port: from the first subscription to the end, and after it."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from candlestack_simulator import wire
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.testing import Exchange, Seconds, replay_of, running, until

MINUTE_MS = 60_000
KINDS = ("trade", "aggTrade", "bookTicker", "depth@100ms", "kline_1m")


async def listen(exchange: Exchange, path: str) -> ClientWebSocketResponse:
    """Open a connection, and wait until the exchange knows what it wants."""
    connection = await exchange.connect(path)

    async def subscribed() -> bool:
        return bool((await exchange.get("/sim/source"))["streams"])

    await until(subscribed)
    return connection


async def read_to_the_end(connection: ClientWebSocketResponse) -> tuple[list[dict[str, Any]], int | None]:
    messages = []
    while (message := await connection.receive()).type is WSMsgType.TEXT:
        messages.append(json.loads(message.data))
    return messages, connection.close_code


async def test_a_client_receives_the_whole_recording_and_then_the_announced_end(
    aggregate_tapes: dict[str, PairTape],
) -> None:
    seconds = Seconds()
    recording = replay_of(aggregate_tapes, seconds, start_delay_s=3.0)
    async with running(recording) as exchange:
        streams = [f"{pair.symbol.lower()}@{kind}" for pair in recording.pairs() for kind in KINDS]
        seconds.now = 1_000.0
        before = await exchange.get("/sim/source")
        assert (before["now_ms"], before["ended"]) == (
            min(c["start_ms"] for c in before["coverage"].values()) - 1,
            False,
        )
        connection = await listen(exchange, f"/stream?streams={'/'.join(streams)}")
        seconds.now = 2_000.0
        messages, code = await read_to_the_end(connection)

        assert messages[-1]["stream"] == "!serverShutdown"
        assert messages[-1]["data"]["e"] == "serverShutdown"
        assert code == 1001
        received: defaultdict[str, list[Any]] = defaultdict(list)
        for message in messages[:-1]:
            received[message["stream"]].append(message["data"])
        expected: defaultdict[str, list[Any]] = defaultdict(list)
        for emission in recording.emissions(streams, 0, recording.now_ms()):
            expected[emission.stream].append(json.loads(wire.stream_payload(emission)))
        assert received == expected


async def test_after_the_end_rest_answers_and_a_new_connection_is_accepted_and_silent(
    aggregate_tapes: dict[str, PairTape],
) -> None:
    seconds = Seconds()
    recording = replay_of(aggregate_tapes, seconds)
    async with running(recording) as exchange:
        first = await listen(exchange, "/ws/btcusdt@trade")
        seconds.now = 1_000.0
        await read_to_the_end(first)
        assert (await exchange.get("/sim/source"))["ended"] is True
        assert len(await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1m")) == 2
        assert len((await exchange.get("/api/v3/depth", symbol="BTCUSDT"))["bids"]) == 100

        late = await exchange.connect("/ws")
        await late.send_json({"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1})
        assert await late.receive_json() == {"result": None, "id": 1}
        seconds.now = 2_000.0
        await asyncio.sleep(0.05)
        await late.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 2})
        assert await late.receive_json() == {"result": ["btcusdt@trade"], "id": 2}


async def test_before_the_snapshot_a_book_is_refused_and_before_a_trade_everything_else_is_empty(
    spot_tapes: dict[str, PairTape],
) -> None:
    async with running(replay_of(spot_tapes, Seconds())) as exchange:
        for path in ("klines?interval=1m&", "trades?", "aggTrades?", "historicalTrades?"):
            assert await exchange.get(f"/api/v3/{path}symbol=BTCUSDT") == []
        book = await exchange.request("/api/v3/depth", symbol="BTCUSDT")
        assert (book.status, book.body["code"]) == (503, -1001)
        price = await exchange.get("/api/v3/ticker/price", symbol="BTCUSDT")
        assert price["price"] == "0.00000000"
        day = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
        assert (day["lastPrice"], day["count"], day["lastId"]) == ("0.00000000", 0, -1)
        assert len((await exchange.get("/api/v3/exchangeInfo"))["symbols"]) == 2


async def test_the_truth_tells_what_was_sent(spot_tapes: dict[str, PairTape]) -> None:
    seconds = Seconds()
    recording = replay_of(spot_tapes, seconds)
    recording.start()
    seconds.now = 200.0
    async with running(recording) as exchange:
        covered = (await exchange.get("/sim/source"))["coverage"]["ETHUSDT"]
        span = {"symbol": "ETHUSDT", "start": covered["start_ms"] - MINUTE_MS, "end": covered["end_ms"]}
        candles = await exchange.get("/sim/truth/candles", interval="1m", **span)
        rows = await exchange.get("/api/v3/klines", symbol="ETHUSDT", interval="1m")
        assert [(candle["open_time"], candle["volume"], candle["trades"]) for candle in candles] == [
            (row[0], row[5], row[8]) for row in rows
        ]
        assert [(candle["closed"], candle["partial"]) for candle in candles] == [
            (True, True),
            (True, False),
            (True, False),
            (False, False),
        ]
        trades = await exchange.get("/sim/truth/trades", **span)
        served = await exchange.get("/api/v3/trades", symbol="ETHUSDT", limit=1000)
        assert [(t["trade_id"], t["price"], t["quantity"], t["time_ms"]) for t in trades[-1000:]] == [
            (t["id"], t["price"], t["qty"], t["time"]) for t in served
        ]
        assert len(trades) == sum(candle["trades"] for candle in candles)

        book = await exchange.get("/api/v3/depth", symbol="ETHUSDT", limit=5)
        truth = await exchange.get("/sim/truth/book", symbol="ETHUSDT", update_id=book["lastUpdateId"])
        assert (truth["bids"][:5], truth["asks"][:5]) == (book["bids"], book["asks"])
        await _refuses_what_it_cannot_answer(exchange, book["lastUpdateId"])


async def _refuses_what_it_cannot_answer(exchange: Exchange, update_id: int) -> None:
    unknown = await exchange.request("/sim/truth/book", symbol="ETHUSDT", update_id=update_id + 1)
    assert unknown.status == 404
    for path, query in (
        ("book", {}),
        ("candles", {"interval": "1m"}),
        ("candles", {"interval": "1m", "start": 0, "end": 10_000 * MINUTE_MS}),
        ("trades", {"start": 0, "end": 3_600_001}),
    ):
        assert (await exchange.request(f"/sim/truth/{path}", symbol="ETHUSDT", **query)).status == 400


def trade_line(number: int, time_ms: int, price: str = "1.50", late_ms: int = 0) -> str:
    data = {
        "e": "trade",
        "E": time_ms + late_ms,
        "t": number,
        "p": price,
        "q": "2.0",
        "T": time_ms,
        "m": True,
    }
    return f"{time_ms}000000 {json.dumps({'stream': 'aaausdt@trade', 'data': data})}"


async def test_a_minute_without_trades_repeats_the_close_and_a_hole_has_no_candle(tmp_path: Path) -> None:
    start = 1_700_000_040_000
    minutes = [0, 1, 4, 8, 9]
    lines = [trade_line(n, start + m * MINUTE_MS, f"{m}.5") for n, m in enumerate(minutes[:3])]
    lines += [trade_line(100 + n, start + m * MINUTE_MS, f"{m}.5") for n, m in enumerate(minutes[3:])]
    (tmp_path / "thin").write_text("\n".join(lines))
    seconds = Seconds()
    recording = replay_of(load_tapes(str(tmp_path / "thin"))["spot"], seconds)
    async with running(recording) as exchange:
        connection = await listen(exchange, "/ws/aaausdt@kline_1m")
        seconds.now = 1_000.0
        messages, _ = await read_to_the_end(connection)
        rows = await exchange.get("/api/v3/klines", symbol="AAAUSDT", interval="1m")
        truth = await exchange.get(
            "/sim/truth/candles", symbol="AAAUSDT", interval="1m", start=start, end=start + 9 * MINUTE_MS
        )
    closes = [((row[0] - start) // MINUTE_MS, row[4][:3], row[8]) for row in rows]
    # Trades 3 to 99 are missing between the minutes 4 and 8: nothing is known of 5, 6 and 7.
    assert closes == [
        (0, "0.5", 1),
        (1, "1.5", 1),
        (2, "1.5", 0),
        (3, "1.5", 0),
        (4, "4.5", 1),
        (8, "8.5", 1),
        (9, "9.5", 1),
    ]
    assert [candle["partial"] for candle in truth] == [False, False, False, False, True, True, True]
    empty = truth[2]
    assert empty["open"] == empty["high"] == empty["low"] == empty["close"] == "1.50000000"
    assert (empty["volume"], empty["first_trade_id"], empty["last_trade_id"]) == ("0.00000000", -1, -1)
    closed = [(message["k"]["t"] - start) // MINUTE_MS for message in messages[:-1] if message["k"]["x"]]
    assert closed == [0, 1, 2, 3, 4, 8]


async def test_a_minute_closes_after_its_last_trade_was_sent(tmp_path: Path) -> None:
    start = 1_700_000_040_000
    late = trade_line(1, start + MINUTE_MS - 10, "2.5", late_ms=300)
    lines = [trade_line(0, start), late, trade_line(2, start + MINUTE_MS + 5_000)]
    (tmp_path / "late").write_text("\n".join(lines))
    seconds = Seconds()
    recording = replay_of(load_tapes(str(tmp_path / "late"))["spot"], seconds)
    async with running(recording) as exchange:
        connection = await listen(exchange, "/stream?streams=aaausdt@kline_1m/aaausdt@trade")
        seconds.now = 60.1
        truth: dict[str, str | int] = {"symbol": "AAAUSDT", "interval": "1m", "start": start, "end": start}
        (candle,) = await exchange.get("/sim/truth/candles", **truth)
        assert (candle["closed"], candle["trades"]) == (False, 1)
        seconds.now = 1_000.0
        messages, _ = await read_to_the_end(connection)
        (candle,) = await exchange.get("/sim/truth/candles", **truth)
        assert (candle["closed"], candle["trades"], candle["close"]) == (True, 2, "2.50000000")
    sent = [message["data"] for message in messages]
    (closed,) = [event for event in sent if event["e"] == "kline" and event["k"]["x"]]
    assert (closed["E"], closed["k"]["L"], closed["k"]["c"]) == (start + MINUTE_MS + 290, 1, "2.50000000")
    assert sent.index(closed) > [event.get("t") for event in sent].index(1)
