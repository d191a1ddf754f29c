"""The book as a client sees it: a snapshot, the diffs after it, and the trades that print at its touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.market.book import LEVELS_PER_SIDE
from candlestack_simulator.market.listing import LISTINGS, Listing
from candlestack_simulator.source import BookTicker, Depth, DepthDiff, Emission, Trade
from candlestack_simulator.testing import Clock

NOW_MS = 1_772_323_200_000
THREE_YEARS_MS = 3 * 365 * 86_400_000
STREAMS = ("depth@100ms", "bookTicker", "trade")

unhurried = settings(deadline=None, max_examples=20)
seeds = st.integers(0, 2**32)
listings = st.sampled_from(LISTINGS)
moments = st.integers(NOW_MS - THREE_YEARS_MS, NOW_MS)


class ClientBook:
    """A book as a client of the exchange keeps it: one mapping a side, levels of quantity 0 removed."""

    def __init__(self, snapshot: Depth) -> None:
        self.bids = dict(snapshot.bids)
        self.asks = dict(snapshot.asks)
        self.last_update_id = snapshot.last_update_id

    def apply(self, diff: DepthDiff) -> None:
        assert diff.first_update_id == self.last_update_id + 1
        for side, changes in ((self.bids, diff.bids), (self.asks, diff.asks)):
            for price, quantity in changes:
                if quantity:
                    side[price] = quantity
                else:
                    side.pop(price, None)
        self.last_update_id = diff.final_update_id

    @property
    def touch(self) -> tuple[int, int]:
        return max(self.bids), min(self.asks)

    def levels(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        return sorted(self.bids.items(), reverse=True), sorted(self.asks.items())


def emissions(market: SeededMarket, symbol: str, ms: int) -> Iterator[Emission]:
    """Let time pass, and return what the pair's streams send meanwhile."""
    start = market.now_ms()
    market.clock_offset_ms += ms
    return market.emissions([f"{symbol.lower()}@{name}" for name in STREAMS], start, market.now_ms())


def follow(book: ClientBook, sent: Iterator[Emission], check: Callable[[Emission], None]) -> None:
    """Apply every diff to a client's book and hand each message to a check."""
    for emission in sent:
        if isinstance(emission.record, DepthDiff):
            book.apply(emission.record)
        check(emission)


def no_check(emission: Emission) -> None:
    """Look at no message by itself."""


@unhurried
@given(seeds, listings.filter(lambda listing: listing.sleepless), moments)
def test_every_trade_prints_at_the_touch_of_the_book_that_the_diffs_have_built(
    seed: int, listing: Listing, moment: int
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    book = ClientBook(market.depth(listing.symbol, LEVELS_PER_SIDE))

    def check(emission: Emission) -> None:
        if isinstance(emission.record, Trade):
            bid, ask = book.touch
            assert emission.record.price_e8 == (bid if emission.record.buyer_is_maker else ask)

    follow(book, emissions(market, listing.symbol, 5_000), check)


@unhurried
@given(seeds, listings, st.integers(0, 1000 * 360))
def test_a_trade_of_a_thin_or_a_busy_pair_prints_at_the_touch_of_its_slot(
    seed: int, listing: Listing, nth: int
) -> None:
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    (trade,) = market.trades_from_id(listing.symbol, nth, 1)
    market.clock_offset_ms = trade.time_ms - NOW_MS
    book = market.depth(listing.symbol, 5)
    assert trade.price_e8 == (book.bids if trade.buyer_is_maker else book.asks)[0][0]
    market.clock_offset_ms -= trade.time_ms % 100
    assert market.depth(listing.symbol, 5) == book


@unhurried
@given(seeds, listings, moments)
def test_diffs_applied_to_a_snapshot_give_the_book_at_every_slot(
    seed: int, listing: Listing, moment: int
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    book = ClientBook(market.depth(listing.symbol, LEVELS_PER_SIDE))

    def check(emission: Emission) -> None:
        if isinstance(emission.record, DepthDiff):
            truth = market.depth_at(listing.symbol, book.last_update_id)
            assert truth is not None
            assert book.levels() == (truth.bids, truth.asks)

    follow(book, emissions(market, listing.symbol, 800), check)
    assert book.levels() == (
        market.depth(listing.symbol, LEVELS_PER_SIDE).bids,
        market.depth(listing.symbol, LEVELS_PER_SIDE).asks,
    )


@unhurried
@given(seeds, listings, moments)
def test_a_book_begun_with_fewer_levels_stays_true_as_deep_as_its_snapshot(
    seed: int, listing: Listing, moment: int
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    snapshot = market.depth(listing.symbol, 100)
    book = ClientBook(snapshot)
    follow(book, emissions(market, listing.symbol, 3_000), check=no_check)
    truth = market.depth(listing.symbol, LEVELS_PER_SIDE)
    lowest, highest = snapshot.bids[-1][0], snapshot.asks[-1][0]
    bids, asks = book.levels()
    assert [level for level in bids if level[0] >= lowest] == [
        level for level in truth.bids if level[0] >= lowest
    ]
    assert [level for level in asks if level[0] <= highest] == [
        level for level in truth.asks if level[0] <= highest
    ]


@unhurried
@given(seeds, listings, moments)
def test_a_book_is_sorted_uncrossed_and_holds_no_empty_level(
    seed: int, listing: Listing, moment: int
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    depth = market.depth(listing.symbol, LEVELS_PER_SIDE)
    bids, asks = [price for price, _ in depth.bids], [price for price, _ in depth.asks]
    assert bids == sorted(set(bids), reverse=True)
    assert asks == sorted(set(asks))
    assert 0 < bids[-1] <= bids[0] < asks[0]
    assert len(asks) == LEVELS_PER_SIDE
    assert len(bids) == LEVELS_PER_SIDE or bids[-1] < 2 * listing.level_ticks * listing.pair.tick_e8
    assert all(quantity > 0 for _, quantity in [*depth.bids, *depth.asks])
    assert all(price % listing.pair.tick_e8 == 0 for price in [*bids, *asks])
    assert all(quantity % listing.pair.lot_e8 == 0 for _, quantity in [*depth.bids, *depth.asks])


@unhurried
@given(seeds, listings.filter(lambda listing: listing.sleepless), moments)
def test_a_book_ticker_tells_the_best_prices_of_the_book_with_its_update_id(
    seed: int, listing: Listing, moment: int
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    book = ClientBook(market.depth(listing.symbol, LEVELS_PER_SIDE))
    best = None

    def check(emission: Emission) -> None:
        nonlocal best
        if isinstance(emission.record, BookTicker):
            best = emission.record
            bid, ask = book.touch
            assert best.update_id == book.last_update_id
            assert (best.bid_e8, best.bid_quantity_e8) == (bid, book.bids[bid])
            assert (best.ask_e8, best.ask_quantity_e8) == (ask, book.asks[ask])

    follow(book, emissions(market, listing.symbol, 3_000), check)
    assert best is not None
    bid, ask = book.touch
    assert (best.bid_e8, best.bid_quantity_e8, best.ask_e8, best.ask_quantity_e8) == (
        bid,
        book.bids[bid],
        ask,
        book.asks[ask],
    )


@pytest.mark.parametrize("limit", [5, 100, 1000, 5000])
def test_a_smaller_snapshot_is_the_top_of_the_whole_book(market: SeededMarket, limit: int) -> None:
    whole = market.depth("BTCUSDT", LEVELS_PER_SIDE)
    top = market.depth("BTCUSDT", limit)
    assert top.last_update_id == whole.last_update_id
    assert (top.bids, top.asks) == (whole.bids[:limit], whole.asks[:limit])
    assert len(top.bids) == limit


def test_the_book_of_an_id_inside_a_diff_or_of_the_future_is_not_known(market: SeededMarket) -> None:
    current = market.depth("ETHUSDT", 5).last_update_id
    assert market.depth_at("ETHUSDT", current) is not None
    assert market.depth_at("ETHUSDT", current - 1) is None
    following = next(
        emission.record
        for emission in emissions(market, "ETHUSDT", 100)
        if isinstance(emission.record, DepthDiff)
    )
    market.clock_offset_ms -= 100
    assert market.depth_at("ETHUSDT", following.final_update_id) is None
    assert market.depth_at("ETHUSDT", 0) is None
