"""A side of a book against a plain dict, its depth limit, the checksum, and the reading of diffs."""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_core.decimals import canonical, from_scaled
from candlestack_core.messages import DepthDiff, Level, decode_depth_diff, encode
from candlestack_ingest.books.checksum import checksum
from candlestack_ingest.books.diffs import Diff, decode_diff
from candlestack_ingest.books.levels import LEAST_WINDOW, SLACK, WINDOW, WindowedSide

Side = Literal["bids", "asks"]

# Few prices around a power of ten, so that they meet and their texts have different lengths.
PRICES = st.integers(min_value=9_700, max_value=10_400).map(
    lambda cents: canonical(str(Decimal(cents) / 100))
)
POSITIVE = st.integers(min_value=1, max_value=10**12).map(from_scaled)
QUANTITIES = st.one_of(st.just("0"), POSITIVE)
LEVELS = st.lists(st.tuples(PRICES, QUANTITIES), max_size=60)


def best_first(side: Side, held: dict[str, str]) -> list[Level]:
    return sorted(held.items(), key=lambda level: Decimal(level[0]), reverse=side == "bids")


def set_levels(held: dict[str, str], levels: list[Level]) -> None:
    for price, quantity in levels:
        held[price] = quantity
        if quantity == "0":
            del held[price]


@settings(max_examples=100, deadline=None)
@given(
    side=st.sampled_from(["bids", "asks"]),
    first=st.dictionaries(PRICES, POSITIVE, max_size=200),
    changes=st.lists(LEVELS, max_size=30),
)
def test_a_whole_side_is_what_a_dict_of_its_levels_would_be(
    side: Side, first: dict[str, str], changes: list[list[Level]]
) -> None:
    held = dict(first)
    tested = WindowedSide(side, list(first.items()), cut_off=False, depth=1000)
    for levels in changes:
        set_levels(held, levels)
        tested.apply(levels)
        assert tested.best(LEAST_WINDOW) == best_first(side, held)[:LEAST_WINDOW]
        assert len(tested) == len(held)
    assert tested.known() == best_first(side, held)
    assert tested.limit is None


@settings(max_examples=100, deadline=None)
@given(
    side=st.sampled_from(["bids", "asks"]),
    truth=st.dictionaries(PRICES, POSITIVE, min_size=1, max_size=80),
    changes=st.lists(LEVELS, max_size=30),
    depth=st.integers(min_value=25, max_value=60),
)
def test_within_its_limit_a_side_that_was_cut_off_and_pruned_is_the_truth(
    side: Side, truth: dict[str, str], changes: list[list[Level]], depth: int
) -> None:
    tested = WindowedSide(side, best_first(side, truth)[:30], cut_off=True, depth=depth)
    for levels in changes:
        set_levels(truth, levels)
        tested.apply(levels)
        assert len(tested) <= depth * SLACK
    known = tested.known()
    assert tested.limit is not None
    limit = Decimal(tested.limit)
    within = [
        level
        for level in best_first(side, truth)
        if (Decimal(level[0]) >= limit if side == "bids" else Decimal(level[0]) <= limit)
    ]
    assert known == within
    assert len(known) <= depth
    assert tested.best(LEAST_WINDOW) == within[:LEAST_WINDOW]


def test_a_market_that_moves_through_the_whole_window_is_followed() -> None:
    levels = [(str(price), "1") for price in range(1000, 0, -1)]
    tested = WindowedSide("bids", levels, cut_off=True, depth=1000)
    for price in range(1000, 1, -1):
        tested.apply([(str(price), "0")])
        assert tested.best(2) == [(str(each), "1") for each in range(price - 1, max(price - 3, 0), -1)]
    for price in range(2, 1000):
        tested.apply([(str(price), "2")])
        assert tested.best(1) == [(str(price), "2")]
    assert len(tested) == 999 > 2 * WINDOW
    tested.apply([("0.5", "1")])
    assert len(tested) == 999, "a level beyond the snapshot's limit is not kept"


def test_the_checksum_is_the_crc32_of_the_best_ten_levels_side_by_side() -> None:
    bids, asks = [("99.5", "1"), ("99", "0.25")], [("101", "3")]
    assert checksum(bids, asks) == zlib.crc32(b"99.5:1:101:3:99:0.25")
    assert checksum(asks, bids) != checksum(bids, asks)
    many = [(str(price), "1") for price in range(100, 80, -1)]
    assert checksum(many, []) == zlib.crc32(":".join(f"{price}:1" for price in range(100, 90, -1)).encode())
    assert checksum([], []) == 0


def depth_diff(bids: list[Level], asks: list[Level]) -> DepthDiff:
    return DepthDiff(
        market="usdm",
        symbol="BTCUSDT",
        first_update_id=1,
        final_update_id=2,
        previous_final_update_id=None,
        bids=bids,
        asks=asks,
        event_time=3,
        source="backfill:binance",
    )


def test_a_diff_as_the_builder_reads_it_has_the_fields_that_core_gives_it() -> None:
    assert Diff.__struct_fields__ == DepthDiff.__struct_fields__


@given(LEVELS, LEVELS)
def test_a_diff_is_read_as_core_reads_it(bids: list[Level], asks: list[Level]) -> None:
    value = encode(depth_diff(bids, asks))
    assert msgspec.structs.asdict(decode_diff(value)) == msgspec.structs.asdict(decode_depth_diff(value))


@given(st.text(alphabet='0123456789.-e" ,[]', max_size=12))
def test_an_amount_that_core_refuses_is_refused(text: str) -> None:
    value = encode(depth_diff([("1", "2")], [])).replace(b'"2"', b'"' + text.encode() + b'"')
    try:
        expected = decode_depth_diff(value)
    except msgspec.DecodeError:
        with pytest.raises(msgspec.DecodeError):
            decode_diff(value)
    else:
        assert msgspec.structs.asdict(decode_diff(value)) == msgspec.structs.asdict(expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"bids":[["1","2"]]', b'"bids":[["1","2"],]'),
        (b'"bids":[["1","2"]]', b'"bids":[["1","2"]["3","4"]]'),
        (b'"bids":[["1","2"]]', b'"bids":[["1","2","3"]]'),
        (b'"bids":[["1","2"]]', b'"bids":[["01","2"]]'),
        (b'"market":"usdm"', b'"market":"margin"'),
        (b'"source":"backfill:binance"', b'"source":"elsewhere"'),
        (b'"final_update_id":2', b'"final_update_id":9223372036854775808'),
        (b'"event_time":3', b'"event_time":9007199254740992'),
        (b'"symbol":"BTCUSDT"', b'"symbol":"\xff\xfe"'),
    ],
)
def test_a_record_that_core_refuses_is_refused(old: bytes, new: bytes) -> None:
    value = encode(depth_diff([("1", "2")], []))
    assert old in value
    for decode in (decode_depth_diff, decode_diff):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            decode(value.replace(old, new))


def test_a_record_in_another_notation_is_read_the_long_way() -> None:
    value = (
        encode(depth_diff([("1", "2")], [("3", "4")]))
        .replace(b":", b": ")
        .replace(b"backfill: ", b"backfill:")
    )
    assert decode_diff(value) == Diff.of(depth_diff([("1", "2")], [("3", "4")]))
