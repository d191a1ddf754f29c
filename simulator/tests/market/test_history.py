"""Ids, prices and time over the whole history, and what a seed means."""

from __future__ import annotations

import hashlib

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import FIRST_DAY, SeededMarket
from candlestack_simulator.market.listing import LISTINGS, Listing
from candlestack_simulator.source import E8, Source
from candlestack_simulator.testing import Clock

NOW_MS = 1_772_323_200_000
DAY_MS = 86_400_000
THREE_YEARS_MS = 3 * 365 * DAY_MS

unhurried = settings(deadline=None, max_examples=20)
seeds = st.integers(0, 2**32)
listings = st.sampled_from(LISTINGS)
moments = st.integers(NOW_MS - THREE_YEARS_MS, NOW_MS)
days = st.integers(FIRST_DAY + 1, NOW_MS // DAY_MS - 1)


@unhurried
@given(seeds, listings, days)
def test_ids_and_times_run_on_over_midnight(seed: int, listing: Listing, day: int) -> None:
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    first_id = (day - FIRST_DAY) * listing.trades_per_day
    trades = market.trades_from_id(listing.symbol, first_id - 20, 40)
    assert [trade.trade_id for trade in trades] == list(range(first_id - 20, first_id + 20))
    times = [trade.time_ms for trade in trades]
    assert times == sorted(times)
    assert times[19] < day * DAY_MS <= times[20]
    around = market.trades_between(listing.symbol, times[0], times[-1] + 1)
    assert [trade for trade in around if first_id - 20 <= trade.trade_id < first_id + 20] == trades


@unhurried
@given(seeds, listings, days)
def test_no_price_jumps_at_midnight(seed: int, listing: Listing, day: int) -> None:
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    first_id = (day - FIRST_DAY) * listing.trades_per_day
    before, after = market.trades_from_id(listing.symbol, first_id - 1, 2)
    # A step has at most some 14 standard deviations, and the bridge adds its share of a day's move.
    largest_step = 20 * listing.daily_move / listing.orders_per_day**0.5 * before.price_e8
    spread = (listing.spread_ticks + 1) * listing.pair.tick_e8
    assert abs(after.price_e8 - before.price_e8) <= largest_step + spread


@unhurried
@given(seeds, listings)
def test_prices_stay_plausible_for_decades(seed: int, listing: Listing) -> None:
    end_of_2090 = 3_818_361_600_000
    market = SeededMarket(seed, clock=Clock(end_of_2090), listings=[listing])
    anchor = listing.anchor_ticks * listing.pair.tick_e8
    for candle in market.candles(listing.symbol, "1d", None, None, 3):
        assert anchor / 4 < candle.low_e8 <= candle.high_e8 < anchor * 4


@unhurried
@given(listings.filter(lambda listing: listing.sleepless), seeds, days)
def test_a_sleepless_pair_trades_in_every_minute(listing: Listing, seed: int, day: int) -> None:
    rows = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing]).candles_of_days(listing.symbol, day, 1)
    assert len(rows) == 1440
    assert rows["trades"].min() >= 1
    assert rows["trades"].sum() == listing.trades_per_day


@unhurried
@given(seeds, listings, moments)
def test_two_starts_with_one_seed_are_the_same_market(seed: int, listing: Listing, moment: int) -> None:
    one, two = (
        SeededMarket(seed, clock=Clock(moment), listings=[listing]),
        SeededMarket(seed, clock=Clock(moment)),
    )
    symbol = listing.symbol
    assert one.last_trades(symbol, 50) == two.last_trades(symbol, 50)
    assert one.depth(symbol, 1000) == two.depth(symbol, 1000)
    assert one.candles(symbol, "1m", None, None, 100) == two.candles(symbol, "1m", None, None, 100)


@unhurried
@given(seeds, seeds, listings, moments)
def test_another_seed_is_another_market(seed: int, other: int, listing: Listing, moment: int) -> None:
    assume(seed != other)
    one, two = (SeededMarket(chosen, clock=Clock(moment), listings=[listing]) for chosen in (seed, other))
    ours, theirs = (
        [candle.close_e8 for candle in market.candles(listing.symbol, "1h", None, None, 24)]
        for market in (one, two)
    )
    assert ours != theirs


@unhurried
@given(seeds, listings, moments)
def test_nothing_is_told_before_its_time(seed: int, listing: Listing, moment: int) -> None:
    symbol = listing.symbol
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    later = SeededMarket(seed, clock=Clock(moment + 120_000), listings=[listing])
    known = later.trades_between(symbol, moment - 60_000, moment + 1)
    ahead = later.trades_between(symbol, moment + 1, moment + 120_001)
    assert market.trades_between(symbol, moment - 60_000, moment + 120_000) == known
    if ahead:
        assert market.trades_from_id(symbol, ahead[0].trade_id, 10) == []
        assert market.last_trades(symbol, 1)[0].trade_id == ahead[0].trade_id - 1
    newest = market.agg_trades(symbol, from_id=None, start_ms=None, end_ms=moment + 120_000, limit=5)
    assert newest[-1].last_trade_id == market.last_trades(symbol, 1)[0].trade_id
    assert all(
        candle.open_time <= moment for candle in market.candles(symbol, "1m", moment - 120_000, None, 9)
    )
    streams = [f"{symbol.lower()}@{name}" for name in ("trade", "kline_1m", "depth@100ms")]
    sent = list(market.emissions(streams, moment - 500, moment + 5_000))
    assert all(emission.event_time <= moment for emission in sent)


@unhurried
@given(seeds, listings, days, st.data())
def test_aggregate_trades_are_taker_orders_whose_trades_follow_each_other(
    seed: int, listing: Listing, day: int, data: st.DataObject
) -> None:
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    symbol = listing.symbol
    at_midnight = (day - FIRST_DAY) * listing.orders_per_day
    first = at_midnight - data.draw(st.integers(0, 30))
    orders = market.agg_trades(symbol, from_id=first, start_ms=None, end_ms=None, limit=40)
    assert [order.agg_id for order in orders] == list(range(first, first + 40))
    trades = market.trades_from_id(symbol, orders[0].first_trade_id, 500)
    for order in orders:
        fills = trades[: order.last_trade_id - order.first_trade_id + 1]
        trades = trades[len(fills) :]
        assert [fill.trade_id for fill in fills] == list(range(order.first_trade_id, order.last_trade_id + 1))
        assert {(fill.price_e8, fill.time_ms, fill.buyer_is_maker) for fill in fills} == {
            (order.price_e8, order.time_ms, order.buyer_is_maker)
        }
        assert sum(fill.quantity_e8 for fill in fills) == order.quantity_e8


@unhurried
@given(listings, moments, st.integers(0, 3_600_000), st.integers(1, 50))
def test_aggregate_trades_are_chosen_by_time_as_the_exchange_does(
    listing: Listing, start: int, span: int, limit: int
) -> None:
    market = SeededMarket(5, clock=Clock(NOW_MS), listings=[listing])
    every = market.agg_trades(listing.symbol, from_id=None, start_ms=start, end_ms=start + span, limit=10**6)
    assert all(start <= order.time_ms <= start + span for order in every)
    chosen = market.agg_trades(listing.symbol, from_id=None, start_ms=start, end_ms=start + span, limit=limit)
    assert chosen == every[:limit]
    newest = market.agg_trades(listing.symbol, from_id=None, start_ms=None, end_ms=start + span, limit=limit)
    assert len(newest) == limit
    if every:
        assert newest[-1] == every[-1]


def test_every_trade_belongs_to_one_aggregate_trade() -> None:
    market = SeededMarket(2, clock=Clock(NOW_MS))
    start, end = NOW_MS - 3_600_000, NOW_MS - 1
    orders = market.agg_trades("NEARUSDT", from_id=None, start_ms=start, end_ms=end, limit=10**6)
    trades = market.trades_between("NEARUSDT", start, end + 1)
    covered = [number for order in orders for number in range(order.first_trade_id, order.last_trade_id + 1)]
    assert covered == [trade.trade_id for trade in trades]
    assert len(orders) < len(trades)


def test_quote_amounts_of_every_pair_have_at_most_8_decimals() -> None:
    assert len([listing for listing in LISTINGS if listing.sleepless]) == 15
    assert len(LISTINGS) == 17
    for listing in LISTINGS:
        assert listing.quote_unit_e8 * E8 == listing.pair.tick_e8 * listing.pair.lot_e8


def test_a_clock_that_is_ahead_moves_all_answers(market: SeededMarket, clock: Clock) -> None:
    market.clock_offset_ms = 1_300
    ahead = market.last_trades("BTCUSDT", 5), market.depth("BTCUSDT", 100)
    market.clock_offset_ms = 0
    clock.advance(1_300)
    assert (market.last_trades("BTCUSDT", 5), market.depth("BTCUSDT", 100)) == ahead


def test_the_market_is_a_source(market: SeededMarket) -> None:
    source: Source = market
    assert source.name == "simulator"
    assert not source.ended()
    assert source.coverage("BTCUSDT").end_ms is None
    assert NOW_MS - source.coverage("BTCUSDT").start_ms > THREE_YEARS_MS


def test_a_seed_means_the_same_market_on_every_machine_and_with_every_numpy() -> None:
    """Whoever changes this digest changes every simulated history, and everything that was noted about it."""
    market = SeededMarket(7, clock=Clock(NOW_MS))
    digest = hashlib.blake2b(digest_size=16)
    for listing in LISTINGS:
        digest.update(market.candles_of_days(listing.symbol, 20_000, 2, "15m").tobytes())
        digest.update(repr(market.depth(listing.symbol, 1000)).encode())
    assert digest.hexdigest() == "9311f14d7c3253b8bacb15ff76e8dab5"
