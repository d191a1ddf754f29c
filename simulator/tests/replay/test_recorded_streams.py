"""Real recordings, replayed: against their own raw lines, against DuckDB, and against themselves."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator import wire
from candlestack_simulator.replay import Recording
from candlestack_simulator.replay.book import BookHistory
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.source import E8, Candle, Recorded
from candlestack_simulator.testing import Seconds, replay_of

MINUTE_MS = 60_000
FOREVER_S = 1e6

Tapes = dict[str, PairTape]


def finished(tapes: Tapes) -> Recording:
    """Return a replay that has come to its end."""
    seconds = Seconds()
    recording = replay_of(tapes, seconds)
    recording.start()
    seconds.now = FOREVER_S
    return recording


def emitted(recording: Recording, *streams: str) -> list[tuple[str, int, Any]]:
    """Return everything that streams send: name, event time and decoded payload."""
    return [
        (emission.stream, emission.event_time, json.loads(wire.stream_payload(emission)))
        for emission in recording.emissions(streams, 0, recording.now_ms())
    ]


def raw_payloads(folder: Path, pattern: str) -> dict[str, list[bytes]]:
    """Return the payloads of a recording by stream, cut out of its lines without any decoding."""
    payloads: defaultdict[str, list[bytes]] = defaultdict(list)
    for path in sorted(folder.glob(pattern)):
        with gzip.open(path) as lines:
            for line in lines:
                _, found, rest = line.strip().partition(b'{"stream":"')
                if found:
                    stream, _, data = rest.partition(b'","data":')
                    payloads[stream.decode()].append(data[:-1])
    return payloads


@pytest.mark.parametrize(
    ("tapes_name", "pattern"), [("spot_tapes", "*usdt_2024*.gz"), ("aggregate_tapes", "btc_eth_dot*.gz")]
)
def test_every_recorded_payload_is_sent_once_in_order_and_as_it_came(
    request: pytest.FixtureRequest, recorded_streams: Path, tapes_name: str, pattern: str
) -> None:
    recording = finished(request.getfixturevalue(tapes_name))
    expected = raw_payloads(recorded_streams / "spot", pattern)
    sent: defaultdict[str, list[bytes]] = defaultdict(list)
    for emission in recording.emissions(list(expected), 0, recording.now_ms()):
        assert isinstance(emission.record, Recorded)
        sent[emission.stream].append(emission.record.payload)
    assert sent == expected


def aggregate_by_duckdb(folder: Path, symbol: str) -> dict[int, tuple[Any, ...]]:
    """Return open, high, low, close, volume, quote volume, count and taker buys of each minute of a recording."""
    trades = [
        json.loads(payload)
        for payload in raw_payloads(folder, f"{symbol.lower()}_2024*.gz")[f"{symbol.lower()}@trade"]
    ]
    names = {"id": "t", "time": "T", "price": "p", "amount": "q", "maker": "m"}
    columns = {name: [trade[field] for trade in trades] for name, field in names.items()}
    with duckdb.connect() as database:
        database.register("raw", pa.table(columns))
        found = database.execute(
            """
            WITH trade AS (
                SELECT id, time, price::DECIMAL(18, 8) AS p, amount::DECIMAL(18, 8) AS q, NOT maker AS buy
                FROM raw
            )
            SELECT time // 60000 * 60000 AS minute,
                arg_min(p, id), max(p), min(p), arg_max(p, id),
                sum(q), sum(p::DECIMAL(19, 8) * q::DECIMAL(19, 8)), count(*),
                coalesce(sum(q) FILTER (buy), 0),
                coalesce(sum(p::DECIMAL(19, 8) * q::DECIMAL(19, 8)) FILTER (buy), 0),
                min(id), max(id)
            FROM trade GROUP BY minute
            """
        ).fetchall()
    return {row[0]: row[1:] for row in found}


def decimal(value_e8: int) -> Decimal:
    return Decimal(value_e8) / E8


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_every_fully_covered_minute_equals_the_aggregation_of_its_trades(
    spot_tapes: Tapes, recorded_streams: Path, symbol: str
) -> None:
    recording = finished(spot_tapes)
    coverage = recording.coverage(symbol)
    assert coverage.end_ms is not None
    candles = {candle.open_time: candle for candle in recording.candles(symbol, "1m", None, None, 1000)}
    judged = aggregate_by_duckdb(recorded_streams / "spot", symbol)
    whole = range(
        -(-coverage.start_ms // MINUTE_MS) * MINUTE_MS, coverage.end_ms // MINUTE_MS * MINUTE_MS, MINUTE_MS
    )
    assert len(whole) == 10
    for minute in whole:
        candle = candles[minute]
        assert (candle.closed, candle.partial) == (True, False)
        assert (
            decimal(candle.open_e8),
            decimal(candle.high_e8),
            decimal(candle.low_e8),
            decimal(candle.close_e8),
            decimal(candle.volume_e8),
            decimal(candle.quote_volume_e8),
            candle.trades,
            decimal(candle.taker_buy_volume_e8),
            decimal(candle.taker_buy_quote_volume_e8),
            candle.first_trade_id,
            candle.last_trade_id,
        ) == judged[minute]
    assert [candle.partial for candle in candles.values()] == [True] + [False] * 10 + [True]

    closed = {
        event["k"]["t"]: event
        for _, _, event in emitted(recording, f"{symbol.lower()}@kline_1m")
        if event["k"]["x"]
    }
    assert list(closed) == list(candles)[:-1]
    for minute, event in closed.items():
        assert wire.kline_row(candles[minute]) == _row_of(event["k"])
        assert event["E"] >= event["k"]["T"]


def _row_of(k: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(k[name] for name in ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B"))


def test_a_made_kline_stream_forms_by_the_second_and_closes_after_its_last_trade(spot_tapes: Tapes) -> None:
    events = emitted(finished(spot_tapes), "btcusdt@kline_1m", "btcusdt@trade")
    last_trade_ms, previous_forming, seen_trades = 0, 0, 0
    for stream, event_time, event in events:
        if stream.endswith("trade"):
            last_trade_ms, seen_trades = event["T"], event["t"]
            continue
        k = event["k"]
        assert k["L"] in (seen_trades, -1)
        if k["x"]:
            assert last_trade_ms < k["T"] + 1 <= event_time
        else:
            assert event_time % 1000 == 0
            assert event_time > previous_forming
            previous_forming = event_time


STREAMS = tuple(
    f"{pair}@{kind}"
    for pair in ("btcusdt", "ethusdt", "dotusdt")
    for kind in ("trade", "aggTrade", "bookTicker", "depth", "depth@100ms", "kline_1m", "kline_5m")
)


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 95_000), max_size=12), names=st.permutations(STREAMS))
def test_the_sequence_does_not_depend_on_how_it_is_asked_for(
    aggregate_tapes: Tapes, cuts: list[int], names: list[str]
) -> None:
    recording = finished(aggregate_tapes)
    start = recording.coverage("BTCUSDT").start_ms - 1
    whole = list(recording.emissions(STREAMS, start, recording.now_ms()))
    bounds = [start, *sorted(start + cut for cut in cuts), recording.now_ms() + 5_000]
    pieces = [
        emission
        for after, until_ms in pairwise(bounds)
        for emission in recording.emissions(names, after, until_ms)
    ]
    assert pieces == whole
    assert all(before.event_time <= after.event_time for before, after in pairwise(whole))


@settings(max_examples=25, deadline=None)
@given(offset_s=st.floats(0, 700, allow_nan=False), minutes=st.integers(-3, 12))
def test_nothing_is_answered_from_beyond_now(spot_tapes: Tapes, offset_s: float, minutes: int) -> None:
    seconds = Seconds()
    recording = replay_of(spot_tapes, seconds)
    recording.start()
    seconds.now = offset_s
    now = recording.now_ms()
    known = list(recording.emissions(["btcusdt@trade"], 0, now))
    newest = json.loads(wire.stream_payload(known[-1]))["t"] if known else -1

    trades = recording.last_trades("BTCUSDT", 10**6)
    assert len(trades) == len(known)
    assert newest == (trades[-1].trade_id if trades else -1)
    since = now + minutes * MINUTE_MS
    assert all(t.time_ms <= now for t in recording.trades_between("BTCUSDT", since, since + 10 * MINUTE_MS))
    assert recording.trades_from_id("BTCUSDT", newest + 1, 10) == []
    aggregates = recording.agg_trades("BTCUSDT", from_id=None, start_ms=None, end_ms=None, limit=1000)
    assert all(aggregate.last_trade_id <= newest for aggregate in aggregates)
    candles = recording.candles("BTCUSDT", "1m", None, since, 1000)
    for candle in candles:
        assert candle.open_time <= min(now, since)
        assert candle.last_trade_id <= newest
        assert not (candle.closed and candle.close_time >= now)
    book = recording.depth("BTCUSDT", 5)
    assert book.event_time <= now
    diffs = list(recording.emissions(["btcusdt@depth@100ms"], 0, now))
    sent = json.loads(wire.stream_payload(diffs[-1]))["u"] if diffs else 0
    assert book.last_update_id in (0, sent)
    final = spot_tapes["BTCUSDT"].book.diffs[-1].final_update_id
    assert (recording.depth_at("BTCUSDT", final) is None) == (not recording.ended())


class ClientBook:
    """A book kept as the exchange tells its clients to: a snapshot, then the diffs that continue it."""

    def __init__(self, last_update_id: int, bids: Any, asks: Any) -> None:
        self.sides = {"b": dict(bids), "a": dict(asks)}
        self.last_update_id = last_update_id

    def apply(self, diff: dict[str, Any]) -> None:
        if diff["u"] <= self.last_update_id:
            return
        assert diff["U"] <= self.last_update_id + 1
        for side, levels in self.sides.items():
            for price, quantity in diff[side]:
                levels[wire_e8(price)] = wire_e8(quantity)
        self.last_update_id = diff["u"]

    def best(self) -> tuple[int, int, int, int]:
        bid = max(price for price, quantity in self.sides["b"].items() if quantity)
        ask = min(price for price, quantity in self.sides["a"].items() if quantity)
        return bid, self.sides["b"][bid], ask, self.sides["a"][ask]


def wire_e8(text: str) -> int:
    return int(Decimal(text) * E8)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_a_client_that_joins_at_any_time_keeps_the_book_of_the_truth(spot_tapes: Tapes, symbol: str) -> None:
    seconds = Seconds()
    recording = replay_of(spot_tapes, seconds)
    recording.start()
    stream = f"{symbol.lower()}@depth@100ms"
    for joined_s in (3.0, 200.0):
        seconds.now = joined_s
        snapshot = recording.depth(symbol, 5000)
        joined = recording.now_ms()
        book = ClientBook(snapshot.last_update_id, snapshot.bids, snapshot.asks)
        seconds.now = joined_s + 30.0
        tickers: dict[int, dict[str, Any]] = {
            event["u"]: event for _, _, event in emitted(recording, f"{symbol.lower()}@bookTicker")
        }
        compared = 0
        for emission in recording.emissions([stream], joined - 2_000, recording.now_ms()):
            diff = json.loads(wire.stream_payload(emission))
            book.apply(diff)
            if (ticker := tickers.get(book.last_update_id)) and diff["u"] == book.last_update_id:
                assert book.best() == tuple(wire_e8(ticker[name]) for name in "bBaA")
                compared += 1
        assert compared > 20
        truth = recording.depth_at(symbol, book.last_update_id)
        assert truth is not None
        lowest, highest = snapshot.bids[-1][0], snapshot.asks[-1][0]
        kept = {
            price: quantity for side in book.sides.values() for price, quantity in side.items() if quantity
        }
        true = dict((*truth.bids, *truth.asks))
        # Beyond the snapshot's horizon a client knows only what changed.
        assert {price: kept[price] for price in kept if lowest <= price <= highest} == {
            price: true[price] for price in true if lowest <= price <= highest
        }


@settings(max_examples=10, deadline=None)
@given(places=st.lists(st.integers(1, 898), min_size=2, max_size=8))
def test_a_past_book_is_the_same_whenever_it_is_asked_for(aggregate_tapes: Tapes, places: list[int]) -> None:
    tape = aggregate_tapes["BTCUSDT"]
    kept = BookHistory("BTCUSDT", tape.book.diffs, tape.snapshots)
    kept.prepare()
    for place in places:
        fresh = BookHistory("BTCUSDT", tape.book.diffs, tape.snapshots)
        update_id = tape.book.diffs[place].final_update_id
        assert kept.depth_at(update_id, tape.last_ms) == fresh.depth_at(update_id, tape.last_ms)


def test_a_made_book_ticker_is_the_best_of_the_book(aggregate_tapes: Tapes) -> None:
    recording = finished(aggregate_tapes)
    events = emitted(recording, "dotusdt@bookTicker")
    assert len(events) > 100
    for _, _, event in events[::25]:
        book = recording.depth_at("DOTUSDT", event["u"])
        assert book is not None
        assert wire.levels([book.bids[0], book.asks[0]]) == [
            (event["b"], event["B"]),
            (event["a"], event["A"]),
        ]


def test_the_slow_depth_stream_leads_to_the_same_book(aggregate_tapes: Tapes) -> None:
    recording = finished(aggregate_tapes)
    events = [event for _, _, event in emitted(recording, "btcusdt@depth")]
    assert all(after["U"] == before["u"] + 1 for before, after in pairwise(events))
    assert len(events) == 92
    start = recording.depth_at("BTCUSDT", events[3]["u"])
    assert start is not None
    book = ClientBook(start.last_update_id, start.bids, start.asks)
    for event in events:
        book.apply(event)
    truth = recording.depth_at("BTCUSDT", events[-1]["u"])
    assert truth is not None
    assert book.best() == (*truth.bids[0], *truth.asks[0])


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "DOTUSDT"])
def test_trades_made_from_aggregates_are_contiguous_and_add_up(aggregate_tapes: Tapes, symbol: str) -> None:
    recording = finished(aggregate_tapes)
    trades = [event for _, _, event in emitted(recording, f"{symbol.lower()}@trade")]
    assert all(after["t"] == before["t"] + 1 for before, after in pairwise(trades))
    assert all(Decimal(trade["q"]) > 0 for trade in trades)
    by_id = {trade["t"]: trade for trade in trades}
    for _, _, aggregate in emitted(recording, f"{symbol.lower()}@aggTrade"):
        members = [by_id[number] for number in range(aggregate["f"], aggregate["l"] + 1)]
        assert sum(Decimal(trade["q"]) for trade in members) == Decimal(aggregate["q"])
        for name in ("p", "T", "m"):
            assert {trade[name] for trade in members} == {aggregate[name]}


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_aggregates_made_from_trades_are_contiguous_and_add_up(spot_tapes: Tapes, symbol: str) -> None:
    recording = finished(spot_tapes)
    aggregates = [event for _, _, event in emitted(recording, f"{symbol.lower()}@aggTrade")]
    trades = [event for _, _, event in emitted(recording, f"{symbol.lower()}@trade")]
    for before, after in pairwise(aggregates):
        assert (after["a"], after["f"]) == (before["a"] + 1, before["l"] + 1)
        assert (before["T"], before["p"], before["m"]) != (after["T"], after["p"], after["m"])
    assert (aggregates[0]["f"], aggregates[-1]["l"]) == (trades[0]["t"], trades[-1]["t"])
    assert sum(Decimal(a["q"]) for a in aggregates) == sum(Decimal(t["q"]) for t in trades)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "DOTUSDT"])
def test_a_recorded_closed_kline_is_the_candle_even_before_coverage(
    aggregate_tapes: Tapes, symbol: str
) -> None:
    recording = finished(aggregate_tapes)
    closed = [
        event["k"] for _, _, event in emitted(recording, f"{symbol.lower()}@kline_1m") if event["k"]["x"]
    ]
    assert len(closed) == 1
    first, last = recording.candles(symbol, "1m", None, None, 10)
    assert wire.kline_row(first) == _row_of(closed[0])
    assert (first.closed, first.partial) == (True, False)
    assert (last.closed, last.partial) == (False, True)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "DOTUSDT"])
def test_candles_made_from_aggregates_equal_what_the_exchange_sent_meanwhile(
    aggregate_tapes: Tapes, symbol: str
) -> None:
    tape = aggregate_tapes[symbol]
    compared = 0
    for _, _, event in emitted(finished(aggregate_tapes), f"{symbol.lower()}@kline_1m"):
        k = event["k"]
        if k["t"] < tape.first_ms:
            continue
        known = next(n for n, trade in enumerate(tape.trades.trades) if trade.trade_id == k["L"])
        made = tape.trades.candle("1m", k["t"], MINUTE_MS, tape.trades.sent_ms[known])
        if made and made.trades == k["n"]:
            assert wire.kline_row(made) == _row_of(k)
            compared += 1
    assert compared > 5


def test_five_minute_candles_are_made_of_the_same_trades(spot_tapes: Tapes) -> None:
    recording = finished(spot_tapes)
    minutes = {c.open_time: c for c in recording.candles("BTCUSDT", "1m", None, None, 100)}
    for candle in recording.candles("BTCUSDT", "5m", None, None, 100):
        children = [
            minutes[time]
            for time in range(candle.open_time, candle.open_time + 5 * MINUTE_MS, MINUTE_MS)
            if time in minutes
        ]
        assert _folded(children) == (
            candle.open_e8,
            candle.high_e8,
            candle.low_e8,
            candle.close_e8,
            candle.volume_e8,
            candle.trades,
        )


def _folded(children: list[Candle]) -> tuple[int, ...]:
    return (
        children[0].open_e8,
        max(child.high_e8 for child in children),
        min(child.low_e8 for child in children),
        children[-1].close_e8,
        sum(child.volume_e8 for child in children),
        sum(child.trades for child in children),
    )
