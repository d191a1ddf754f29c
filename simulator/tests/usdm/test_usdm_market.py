"""The seeded market of USD-M futures: near spot, with a book of its own and ids that are not contiguous."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.market.book import LEVELS_PER_SIDE
from candlestack_simulator.market.listing import LISTINGS, USDM_LISTINGS, Listing
from candlestack_simulator.market.usdm_sequence import IDS_PER_SLOT, UsdmSequence
from candlestack_simulator.source import AggTrade, Candle, Depth, DepthDiff
from candlestack_simulator.testing import Clock

NOW_MS = 1_772_323_200_000
THREE_YEARS_MS = 3 * 365 * 86_400_000

unhurried = settings(deadline=None, max_examples=6)
seeds = st.integers(0, 2**32)
listings = st.sampled_from(USDM_LISTINGS)
moments = st.integers(NOW_MS - THREE_YEARS_MS, NOW_MS)


def markets(seed: int, listing: Listing, moment: int) -> tuple[SeededMarket, SeededMarket]:
    """Return the spot and the futures market of one pair."""
    spot = next(other for other in LISTINGS if other.symbol == listing.symbol)
    market = SeededMarket(seed, clock=Clock(moment), listings=[spot])
    return market, market.usdm()


def bridged(book: Depth, diffs: list[DepthDiff]) -> list[DepthDiff] | None:
    """Return the diffs that go over a snapshot by the exchange's rule for futures; None where none bridges."""
    late = [diff for diff in diffs if diff.final_update_id >= book.last_update_id]
    if not late or late[0].first_update_id > book.last_update_id:
        return None
    return late


@unhurried
@given(seeds, listings, moments)
def test_a_snapshot_that_bridges_and_the_diffs_after_it_are_the_book(
    seed: int, listing: Listing, moment: int
) -> None:
    spot, usdm = markets(seed, listing, moment)
    book = usdm.depth(listing.symbol, LEVELS_PER_SIDE)
    spot.clock_offset_ms += 1_000
    stream = f"{listing.symbol.lower()}@depth@100ms"
    sent = [emission.record for emission in usdm.emissions([stream], moment - 300, usdm.now_ms())]
    diffs = bridged(book, [diff for diff in sent if isinstance(diff, DepthDiff)])
    truth = usdm.depth_at(listing.symbol, book.last_update_id)
    assert truth is not None
    assert (truth.bids, truth.asks) == (book.bids, book.asks)
    if diffs is None:
        return
    sides = dict(book.bids), dict(book.asks)
    previous = diffs[0].previous_final_update_id
    for diff in diffs:
        assert diff.previous_final_update_id == previous
        assert diff.first_update_id > (previous or 0)
        previous = diff.final_update_id
        for side, changes in zip(sides, (diff.bids, diff.asks), strict=True):
            for price, quantity in changes:
                side.pop(price, None)
                if quantity:
                    side[price] = quantity
    last = usdm.depth_at(listing.symbol, diffs[-1].final_update_id)
    assert last is not None
    assert sorted(sides[0].items(), reverse=True) == list(last.bids)
    assert sorted(sides[1].items()) == list(last.asks)
    assert last.bids[0][0] < last.asks[0][0]


@settings(deadline=None)
@given(seeds, st.integers(0, 10**9))
def test_every_id_of_a_snapshot_belongs_to_the_slot_it_was_taken_in(seed: int, time_ms: int) -> None:
    sequence = UsdmSequence(seed, "usdm:BTCUSDT", 0)
    assert sequence.slot_of(sequence.id_at(time_ms)) == time_ms // 100
    assert sequence.id_at(time_ms) <= sequence.id_at(time_ms + 1)


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(0, 10**9))
def test_ids_follow_each_other_and_some_belong_to_nothing(seed: int, first: int) -> None:
    sequence = UsdmSequence(seed, "usdm:BTCUSDT", 0)
    gaps = 0
    for slot in range(first, first + 100):
        assert sequence.previous_final_id(slot + 1) == sequence.final_id(slot)
        assert sequence.previous_final_id(slot) < sequence.first_id(slot) <= sequence.final_id(slot)
        gaps += sequence.first_id(slot) > sequence.previous_final_id(slot) + 1
    assert 20 < gaps < 80


def test_snapshots_are_taken_at_a_diffs_end_between_two_diffs_and_inside_of_one() -> None:
    sequence = UsdmSequence(7, "usdm:BTCUSDT", 0)
    where: dict[str, int] = {"end": 0, "between": 0, "inside": 0}
    for time_ms in range(1_000_000, 1_010_000):
        slot, taken = time_ms // 100, sequence.id_at(time_ms)
        if taken == sequence.final_id(slot):
            where["end"] += 1
        else:
            where["between" if taken < sequence.first_id(slot + 1) else "inside"] += 1
    assert sum(where.values()) == 10_000
    assert all(count > 50 for count in where.values()), where


@unhurried
@given(seeds, listings, moments)
def test_futures_trade_near_spot_and_not_on_its_book(seed: int, listing: Listing, moment: int) -> None:
    spot, usdm = markets(seed, listing, moment)
    near, far = spot.depth(listing.symbol, 20), usdm.depth(listing.symbol, 20)
    assert abs(far.bids[0][0] / near.bids[0][0] - 1) < 0.01
    assert near.bids != far.bids
    assert far.last_update_id % IDS_PER_SLOT != 0 or far.last_update_id != near.last_update_id


@unhurried
@given(seeds, listings, moments)
def test_futures_trades_print_at_their_own_touch_and_make_their_candles(
    seed: int, listing: Listing, moment: int
) -> None:
    spot, usdm = markets(seed, listing, moment // 60_000 * 60_000)
    start = usdm.now_ms()
    spot.clock_offset_ms += 60_100
    names = [f"{listing.symbol.lower()}@{kind}" for kind in ("aggTrade", "kline_1m")]
    sent = [emission.record for emission in usdm.emissions(names, start - 1, usdm.now_ms())]
    trades = [record for record in sent if isinstance(record, AggTrade) and record.time_ms < start + 60_000]
    for trade in trades[:20]:
        book = usdm.depth(listing.symbol, 1, age_ms=usdm.now_ms() - trade.time_ms)
        assert trade.price_e8 == (book.bids if trade.buyer_is_maker else book.asks)[0][0]
    closed = [record for record in sent if isinstance(record, Candle) and record.closed]
    candle = next(candle for candle in closed if candle.open_time == start)
    prices = [trade.price_e8 for trade in trades]
    shape = prices[0], max(prices), min(prices), prices[-1]
    assert (candle.open_e8, candle.high_e8, candle.low_e8, candle.close_e8) == shape
    assert candle.volume_e8 == sum(trade.quantity_e8 for trade in trades)


@pytest.mark.parametrize("listing", USDM_LISTINGS, ids=lambda listing: listing.symbol)
def test_a_day_ends_at_the_price_that_the_next_one_begins_with(listing: Listing) -> None:
    _, usdm = markets(7, listing, NOW_MS + 5)
    before = usdm.depth_at(listing.symbol, usdm.depth(listing.symbol, 1, age_ms=105).last_update_id)
    candles = usdm.candles(listing.symbol, "1m", NOW_MS - 60_000, NOW_MS - 1, 1)
    assert before is not None
    assert candles[-1].close_e8 == before.bids[0][0]
