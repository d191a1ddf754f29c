"""Stream, REST and truth of the seeded market tell the same, through the exchange's own port."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from typing import Any

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Clock, Exchange, running

MINUTE_MS = 60_000
PAIRS = ("BTCUSDT", "ADAUSDT")
KINDS = ("trade", "kline_1m", "depth@100ms", "bookTicker", "aggTrade")
STREAMED_MS = 3 * MINUTE_MS


async def streamed(exchange: Exchange, clock: Clock) -> dict[str, list[Any]]:
    """Return what every stream sends over three minutes, by stream."""
    names = [f"{pair.lower()}@{kind}" for pair in PAIRS for kind in KINDS]
    connection = await exchange.connect(f"/stream?streams={'/'.join(names)}")
    received: defaultdict[str, list[Any]] = defaultdict(list)
    end = clock.ms + STREAMED_MS
    clock.ms = end
    last_slots = {f"{pair.lower()}@depth@100ms" for pair in PAIRS}
    while last_slots:
        message = await connection.receive_json()
        stream, data = message["stream"], message["data"]
        received[stream].append(data)
        if stream in last_slots and data["E"] > end - 100:
            last_slots.remove(stream)
    return received


async def test_three_minutes_of_streams_are_what_rest_and_truth_answer(
    market: SeededMarket, clock: Clock
) -> None:
    async with running(market) as exchange:
        start = clock.ms
        books = {pair: await exchange.get("/api/v3/depth", symbol=pair, limit=5000) for pair in PAIRS}
        received = await streamed(exchange, clock)
        for pair in PAIRS:
            events = {kind: received[f"{pair.lower()}@{kind}"] for kind in KINDS}
            await _trades_agree(exchange, pair, start, events["trade"], events["aggTrade"])
            await _candles_agree(exchange, pair, start, events["kline_1m"], events["trade"])
            await _books_agree(exchange, pair, books[pair], events["depth@100ms"], events["bookTicker"])


async def _trades_agree(
    exchange: Exchange, pair: str, start: int, trades: list[Any], aggregates: list[Any]
) -> None:
    truth = await exchange.get("/sim/truth/trades", symbol=pair, start=start, end=start + STREAMED_MS + 1)
    told = [
        (t["trade_id"], t["price"], t["quantity"], t["time_ms"], t["buyer_is_maker"])
        for t in truth
        if t["time_ms"] > start
    ]
    assert told == [(t["t"], t["p"], t["q"], t["T"], t["m"]) for t in trades]
    rest = await exchange.get("/api/v3/historicalTrades", symbol=pair, fromId=trades[0]["t"], limit=1000)
    assert [(t["id"], t["price"], t["qty"], t["time"], t["isBuyerMaker"]) for t in rest] == told[:1000]
    by_id = {trade["t"]: trade for trade in trades}
    for aggregate in aggregates:
        members = [by_id[number] for number in range(aggregate["f"], aggregate["l"] + 1)]
        assert sum(Decimal(trade["q"]) for trade in members) == Decimal(aggregate["q"])


async def _candles_agree(
    exchange: Exchange, pair: str, start: int, klines: list[Any], trades: list[Any]
) -> None:
    closed = [event["k"] for event in klines if event["k"]["x"]]
    first = start // MINUTE_MS * MINUTE_MS
    assert [k["t"] for k in closed] == [first, first + MINUTE_MS, first + 2 * MINUTE_MS]
    rows = await exchange.get("/api/v3/klines", symbol=pair, interval="1m", startTime=first, limit=3)
    fields = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")
    assert rows == [[k[field] for field in fields] for k in closed]
    truth = await exchange.get(
        "/sim/truth/candles", symbol=pair, interval="1m", start=first, end=first + 2 * MINUTE_MS
    )
    for k, candle in zip(closed, truth, strict=True):
        assert (candle["closed"], candle["partial"]) == (True, False)
        assert (candle["open"], candle["close"], candle["trades"]) == (k["o"], k["c"], k["n"])
    for k in closed[1:]:  # the streams began in the middle of the first minute
        inside = [trade for trade in trades if k["t"] <= trade["T"] <= k["T"]]
        prices = [Decimal(trade["p"]) for trade in inside]
        assert (prices[0], max(prices), min(prices), prices[-1]) == tuple(Decimal(k[f]) for f in "ohlc")
        assert [inside[0]["t"], inside[-1]["t"], len(inside)] == [k["f"], k["L"], k["n"]]
        assert sum(Decimal(trade["q"]) for trade in inside) == Decimal(k["v"])
        quote = sum(Decimal(trade["p"]) * Decimal(trade["q"]) for trade in inside)
        assert quote == Decimal(k["q"])
        bought = sum(Decimal(trade["q"]) for trade in inside if not trade["m"])
        assert bought == Decimal(k["V"])
    assert any(not event["k"]["x"] for event in klines)


async def _books_agree(
    exchange: Exchange, pair: str, snapshot: Any, diffs: list[Any], tickers: list[Any]
) -> None:
    sides: dict[str, dict[str, str]] = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}
    applied = [diff for diff in diffs if diff["u"] > snapshot["lastUpdateId"]]
    assert applied[0]["U"] <= snapshot["lastUpdateId"] + 1
    assert all(after["U"] == before["u"] + 1 for before, after in pairwise(applied))
    assert len(applied) == STREAMED_MS // 100
    for diff in applied:
        for side, levels in sides.items():
            for price, quantity in diff[side]:
                levels.pop(price, None)
                if Decimal(quantity):
                    levels[price] = quantity
    truth = await exchange.get("/sim/truth/book", symbol=pair, update_id=applied[-1]["u"])
    for side, true in (("b", truth["bids"]), ("a", truth["asks"])):
        prices = [price for price, _ in true[:1000]]
        assert {price: sides[side].get(price) for price in prices} == dict(true[:1000])
    assert len(tickers) > 20
    for ticker in tickers[:: len(tickers) // 20]:
        truth = await exchange.get("/sim/truth/book", symbol=pair, update_id=ticker["u"])
        best = [ticker["b"], ticker["B"]], [ticker["a"], ticker["A"]]
        assert (truth["bids"][0], truth["asks"][0]) == best


async def test_rest_and_truth_agree_at_random_minutes_of_three_years(
    exchange: Exchange, clock: Clock
) -> None:
    chance = random.Random(3)
    for _ in range(12):
        pair = chance.choice(("BTCUSDT", "ETHUSDT", "DOGEUSDT"))
        minute = (clock.ms - chance.randrange(3 * 365 * 24 * 60) * MINUTE_MS) // MINUTE_MS * MINUTE_MS
        rows = await exchange.get("/api/v3/klines", symbol=pair, interval="1m", startTime=minute, limit=1)
        span: dict[str, str | int] = {"symbol": pair, "start": minute, "end": minute + MINUTE_MS}
        (candle, *_) = await exchange.get("/sim/truth/candles", interval="1m", **span)
        trades = await exchange.get("/sim/truth/trades", **span)
        (row,) = rows
        assert (row[0], row[8]) == (candle["open_time"], len(trades))
        assert row[1:6] == [candle[name] for name in ("open", "high", "low", "close", "volume")]
        assert Decimal(row[5]) == sum(Decimal(trade["quantity"]) for trade in trades)
        if trades:
            prices = [Decimal(trade["price"]) for trade in trades]
            shape = prices[0], max(prices), min(prices), prices[-1]
            assert tuple(map(Decimal, row[1:5])) == shape
