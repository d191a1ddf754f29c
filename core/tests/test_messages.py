"""The values of the topics: what is written is read again, and what does not fit is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from candlestack_core import names
from candlestack_core.decimals import from_scaled
from candlestack_core.intervals import Interval
from candlestack_core.messages import (
    MAX_DEAD_LETTER_BYTES,
    Candle,
    DeadLetter,
    DepthDiff,
    KnownBook,
    MarketData,
    RankedPair,
    Ranking,
    Trade,
    decode_candle,
    decode_dead_letter,
    decode_depth_diff,
    decode_known_book,
    decode_listing,
    decode_market_data,
    decode_ranking,
    decode_trade,
    encode,
)

AMOUNTS = st.integers(0, 10**28 - 1).map(from_scaled)
TIMES = st.integers(0, 2**53 - 1)
IDS = st.integers(0, 2**63 - 1)
SYMBOLS = st.text(st.characters(categories=("Lu", "Lo", "Nd")), min_size=2, max_size=40)
SOURCES = st.sampled_from((names.SOURCE_BINANCE, names.SOURCE_SIMULATOR, names.SOURCE_REPLAY)).flatmap(
    lambda source: st.sampled_from((source, names.backfill_source(source)))
)
LEVELS = st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=3)

CANDLES = st.builds(
    Candle,
    symbol=SYMBOLS,
    interval=st.sampled_from([interval.value for interval in Interval]),
    open_time=TIMES,
    close_time=TIMES,
    open=AMOUNTS,
    high=AMOUNTS,
    low=AMOUNTS,
    close=AMOUNTS,
    volume=AMOUNTS,
    quote_volume=AMOUNTS,
    trades=IDS,
    taker_buy_volume=AMOUNTS,
    taker_buy_quote_volume=AMOUNTS,
    closed=st.booleans(),
    version=TIMES,
    source=SOURCES,
    completeness=st.sampled_from(("complete", "backfilled", "partial")),
)
TRADES = st.builds(
    Trade,
    symbol=SYMBOLS,
    trade_id=IDS,
    price=AMOUNTS,
    quantity=AMOUNTS,
    quote_quantity=AMOUNTS,
    time=TIMES,
    buyer_is_maker=st.booleans(),
    source=SOURCES,
)
DIFFS = st.builds(
    DepthDiff,
    market=st.sampled_from(("spot", "usdm")),
    symbol=SYMBOLS,
    first_update_id=IDS,
    final_update_id=IDS,
    previous_final_update_id=st.none() | IDS,
    bids=LEVELS,
    asks=LEVELS,
    event_time=TIMES,
    source=SOURCES,
)
CHANGES = st.builds(
    lambda amount, sign: sign + amount if amount != "0" else amount, AMOUNTS, st.sampled_from(("", "-"))
)
RANKINGS = st.builds(
    Ranking,
    time=TIMES,
    source=SOURCES,
    rows=st.lists(
        st.builds(
            RankedPair,
            rank=st.integers(1, 10**6),
            symbol=SYMBOLS,
            price=AMOUNTS,
            change_percent=CHANGES,
            volume=AMOUNTS,
            quote_volume=AMOUNTS,
            market_cap=st.none() | AMOUNTS,
        ),
        max_size=3,
    ),
    supply_time=st.none() | TIMES,
)

CANDLE: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "interval": "1m",
    "open_time": 1_775_001_600_000,
    "close_time": 1_775_001_659_999,
    "open": "65000.1",
    "high": "65010",
    "low": "64990",
    "close": "65005.5",
    "volume": "12.5",
    "quote_volume": "812568.75",
    "trades": 321,
    "taker_buy_volume": "6",
    "taker_buy_quote_volume": "390000",
    "closed": True,
    "version": 1_775_001_660_012,
    "source": "binance",
    "completeness": "complete",
}
TRADE: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "trade_id": 3_712_345_678,
    "price": "65000.1",
    "quantity": "0.002",
    "quote_quantity": "130.0002",
    "time": 1_775_001_600_123,
    "buyer_is_maker": False,
    "source": "simulator",
}
DIFF: dict[str, Any] = {
    "market": "spot",
    "symbol": "BTCUSDT",
    "first_update_id": 157,
    "final_update_id": 160,
    "previous_final_update_id": None,
    "bids": [["65000.1", "0"]],
    "asks": [],
    "event_time": 1_775_001_600_100,
    "source": "replay",
}
MARKET_DATA: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "timestamp": 1_775_001_600_000,
    "open": 65000.1,
    "high": 65010,
    "low": 64990.25,
    "close": 65005.5,
    "volume": 12.50000001,
    "source": "simulator",
}
LISTING: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "base_asset": "BTC",
    "quote_asset": "USDT",
    "base_precision": 8,
    "quote_precision": 8,
    "tick_size": "0.01",
    "step_size": "0.00001",
    "entry": {"symbol": "BTCUSDT", "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.01000000"}]},
    "time": 1_775_001_600_000,
    "source": "simulator",
}
RANKED: dict[str, Any] = {
    "rank": 1,
    "symbol": "ADAUSDT",
    "price": "0.7512",
    "change_percent": "-1.25",
    "volume": "1200000.5",
    "quote_volume": "901440.3756",
    "market_cap": None,
}
RANKING: dict[str, Any] = {
    "time": 1_775_001_600_000,
    "source": "simulator",
    "rows": [RANKED],
    "supply_time": 1_772_323_200_000,
}
LETTER: dict[str, Any] = {
    "origin": "stream:btcusdt@kline_1m",
    "reason": "not JSON",
    "payload": "e30=",
    "size": 2,
    "time": 1_775_001_600_100,
}
DECODERS: dict[str, tuple[dict[str, Any], Callable[[bytes], object]]] = {
    "candle": (CANDLE, decode_candle),
    "trade": (TRADE, decode_trade),
    "diff": (DIFF, decode_depth_diff),
    "market data": (MARKET_DATA, decode_market_data),
    "listing": (LISTING, decode_listing),
    "ranking": (RANKING, decode_ranking),
    "letter": (LETTER, decode_dead_letter),
}


@given(CANDLES)
def test_a_candle_comes_back_as_it_was_written(candle: Candle) -> None:
    assert decode_candle(encode(candle)) == candle


@given(TRADES)
def test_a_trade_comes_back_as_it_was_written(trade: Trade) -> None:
    assert decode_trade(encode(trade)) == trade


@given(DIFFS)
def test_a_depth_diff_comes_back_as_it_was_written(diff: DepthDiff) -> None:
    assert decode_depth_diff(encode(diff)) == diff


@given(RANKINGS)
def test_a_ranking_comes_back_as_it_was_written(ranking: Ranking) -> None:
    assert decode_ranking(encode(ranking)) == ranking


@given(st.tuples(*[AMOUNTS.map(Decimal)] * 5))
@example((Decimal("12345678901234567890.12345678"),) * 5)
@example((Decimal("0.00000001"),) * 5)
def test_market_data_carries_every_digit_as_numbers(amounts: tuple[Decimal, ...]) -> None:
    figures = dict(zip(("open", "high", "low", "close", "volume"), amounts, strict=True))
    data = MarketData(symbol="BTCUSDT", timestamp=1, source="simulator", **figures)
    assert decode_market_data(encode(data)) == data
    on_the_wire = json.loads(encode(data), parse_float=Decimal, parse_int=Decimal)
    assert {name: on_the_wire[name] for name in figures} == figures


@pytest.mark.parametrize("kind", DECODERS)
def test_the_wire_has_the_fields_of_the_design_and_no_other(kind: str) -> None:
    record, decode = DECODERS[kind]
    assert json.loads(encode(decode(msgspec.json.encode(record)))) == record


@pytest.mark.parametrize("kind", DECODERS)
def test_a_record_that_lacks_any_field_is_refused(kind: str) -> None:
    record, decode = DECODERS[kind]
    for missing in record:
        partial = {name: value for name, value in record.items() if name != missing}
        with pytest.raises(msgspec.ValidationError, match=f"`{missing}`"):
            decode(msgspec.json.encode(partial))


@pytest.mark.parametrize("kind", DECODERS)
def test_a_field_that_a_newer_writer_adds_does_not_stop_an_older_reader(kind: str) -> None:
    record, decode = DECODERS[kind]
    newer = {**record, "added_later": [1, 2]}
    assert decode(msgspec.json.encode(newer)) == decode(msgspec.json.encode(record))


NOT_AMOUNTS = ("1.50", "01", "1e5", "-1", "+1", ".5", "5.", "", " 1", "1\n", "NaN", "0.000000001", "\u0661")
NOT_AMOUNTS_ON_THE_WIRE = (*NOT_AMOUNTS, 65000.1, 65000, None, True, ["1"])
NOT_NUMBERS = (-1, 1e-9, 1e21, "NaN", "Infinity", "65,000", "", None, True, ["1"])
NOT_TIMES = (-1, 2**53, 1.5, "1775001600000", None, True)
NOT_IDS = (-1, 2**63, 0.5, "1", True)
NOT_SYMBOLS = ("", "B", "B" * 41, 7, None)
NOT_SOURCES = (
    "",
    "kraken",
    "Binance",
    "backfill:",
    "backfill:backfill:binance",
    "binance ",
    "binance\n",
    None,
)
NOT_BOOLEANS = (0, 1, "true", None)
NOT_LEVELS: tuple[Any, ...] = (
    "",
    None,
    {},
    ["1", "2"],
    [["1"]],
    [["1", "2", "3"]],
    [["1", "2.0"]],
    [["1", 2]],
    [["-1", "2"]],
)
NOT_INTERVALS = ("1M", "15m", "60", "", 1, None)

BAD: dict[str, dict[str, tuple[Any, ...]]] = {
    "candle": {
        "symbol": NOT_SYMBOLS,
        "interval": NOT_INTERVALS,
        **dict.fromkeys(("open_time", "close_time", "version"), NOT_TIMES),
        **dict.fromkeys(("open", "high", "low", "close", "volume", "quote_volume"), NOT_AMOUNTS_ON_THE_WIRE),
        **dict.fromkeys(("taker_buy_volume", "taker_buy_quote_volume"), NOT_AMOUNTS_ON_THE_WIRE),
        "trades": (*NOT_IDS, None),
        "closed": NOT_BOOLEANS,
        "source": NOT_SOURCES,
        "completeness": ("", "Complete", "unknown", None, True),
    },
    "trade": {
        "symbol": NOT_SYMBOLS,
        "trade_id": (*NOT_IDS, None),
        **dict.fromkeys(("price", "quantity", "quote_quantity"), NOT_AMOUNTS_ON_THE_WIRE),
        "time": NOT_TIMES,
        "buyer_is_maker": NOT_BOOLEANS,
        "source": NOT_SOURCES,
    },
    "diff": {
        "market": ("", "SPOT", "coinm", None),
        "symbol": NOT_SYMBOLS,
        **dict.fromkeys(("first_update_id", "final_update_id"), (*NOT_IDS, None)),
        "previous_final_update_id": NOT_IDS,
        **dict.fromkeys(("bids", "asks"), NOT_LEVELS),
        "event_time": NOT_TIMES,
        "source": NOT_SOURCES,
    },
    "market data": {
        "symbol": NOT_SYMBOLS,
        "timestamp": NOT_TIMES,
        **dict.fromkeys(("open", "high", "low", "close", "volume"), NOT_NUMBERS),
        "source": NOT_SOURCES,
    },
    "listing": {
        "symbol": NOT_SYMBOLS,
        **dict.fromkeys(("status", "base_asset", "quote_asset"), (None, 1, ["a"])),
        **dict.fromkeys(("base_precision", "quote_precision"), (-1, 9, "8", 0.5, None, True)),
        **dict.fromkeys(("tick_size", "step_size"), NOT_AMOUNTS_ON_THE_WIRE),
        "entry": (),
        "time": NOT_TIMES,
        "source": NOT_SOURCES,
    },
    "ranking": {
        "time": NOT_TIMES,
        "source": NOT_SOURCES,
        "rows": (None, {}, "", [None], [{}], [[]]),
        "supply_time": tuple(bad for bad in NOT_TIMES if bad is not None),
    },
    "letter": {
        **dict.fromkeys(("origin", "reason", "payload"), (None, 1, ["a"])),
        "size": (None, "2", 1.5, True),
        "time": NOT_TIMES,
    },
}


def test_bad_values_are_known_for_every_field_of_every_record() -> None:
    assert {kind: set(bad) for kind, bad in BAD.items()} == {
        kind: set(record) for kind, (record, _) in DECODERS.items()
    }


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind, fields in BAD.items() for field in fields]
)
def test_a_bad_value_is_refused_and_its_field_named(kind: str, field: str) -> None:
    record, decode = DECODERS[kind]
    for value in BAD[kind][field]:
        with pytest.raises(msgspec.ValidationError, match=rf"`\$\.{field}\b"):
            decode(msgspec.json.encode({**record, field: value}))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("rank", (0, -1, 1.5, "1", None)),
        ("symbol", NOT_SYMBOLS),
        ("change_percent", ("-0", "+1", "1.0", "-01", "--1", "", "-", "1%", "-1\n", "-0\n", None, -1.25)),
        ("market_cap", tuple(bad for bad in NOT_AMOUNTS_ON_THE_WIRE if bad is not None)),
        *((name, NOT_AMOUNTS_ON_THE_WIRE) for name in ("price", "volume", "quote_volume")),
    ],
)
def test_a_bad_value_in_a_row_of_a_ranking_is_refused(field: str, values: tuple[Any, ...]) -> None:
    for value in values:
        with pytest.raises(msgspec.ValidationError, match=rf"`\$\.rows\[0\]\.{field}`"):
            decode_ranking(msgspec.json.encode({**RANKING, "rows": [{**RANKED, field: value}]}))


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("wire", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"symbol":"BTCUSDT"', b"NaN"])
def test_what_is_no_record_at_all_is_refused(kind: str, wire: bytes) -> None:
    _, decode = DECODERS[kind]
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode(wire)


@given(st.binary(max_size=200))
@example(b"")
@example(b'\x00\xff\n"}')
def test_a_dead_letter_keeps_the_bytes_that_were_not_understood(payload: bytes) -> None:
    letter = DeadLetter.of(payload, origin="topic:t/0@7", reason="not JSON", time=1)
    read = decode_dead_letter(encode(letter))
    assert read.original() == payload
    assert (read.size, read.origin, read.reason, read.time) == (len(payload), "topic:t/0@7", "not JSON", 1)


KNOWN_BOOK = KnownBook(
    market="spot",
    symbol="BTCUSDT",
    bids=[("99.9", "1"), ("99.8", "0.5")],
    asks=[("100", "2"), ("100.1", "3")],
    last_update_id=7,
    state="synced",
    checksum=1,
    event_time=1,
    source="simulator",
    bid_limit="99.8",
    ask_limit=None,
)


def test_a_known_book_comes_back_as_it_was_written() -> None:
    assert decode_known_book(encode(KNOWN_BOOK)) == KNOWN_BOOK


@pytest.mark.parametrize("side", ["bids", "asks"])
@pytest.mark.parametrize(
    "bad", [("99.70", "1"), ("99.7", "-1"), ("99.7", ""), ("99.7\n1", "1"), ("NaN", "1")]
)
def test_a_known_book_with_one_bad_level_is_refused(side: str, bad: tuple[str, str]) -> None:
    levels = [*getattr(KNOWN_BOOK, side), bad]
    with pytest.raises(msgspec.ValidationError, match="not canonical"):
        decode_known_book(encode(msgspec.structs.replace(KNOWN_BOOK, **{side: levels})))


def test_a_dead_letter_too_large_for_the_topic_is_cut_off_and_says_how_long_it_was() -> None:
    payload = bytes(range(256)) * (MAX_DEAD_LETTER_BYTES // 256) + b"more"
    letter = DeadLetter.of(payload, origin="o" * 10_000, reason="r" * 10_000, time=1)
    assert letter.original() == payload[:MAX_DEAD_LETTER_BYTES]
    assert letter.size == MAX_DEAD_LETTER_BYTES + 4
    # A record of the broker's default topic holds 1 MiB.
    assert len(encode(letter)) < 1_000_000
