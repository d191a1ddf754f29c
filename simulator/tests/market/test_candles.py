"""Candles against trades added up one by one in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import FIRST_DAY, SeededMarket
from candlestack_simulator.market.listing import LISTINGS, Listing
from candlestack_simulator.source import E8, INTERVAL_MS, Candle, Trade
from candlestack_simulator.testing import Clock

NOW_MS = 1_772_323_200_000
DAY_MS = 86_400_000
THREE_YEARS_MS = 3 * 365 * DAY_MS

unhurried = settings(deadline=None, max_examples=20)
seeds = st.integers(0, 2**32)
listings = st.sampled_from(LISTINGS)
moments = st.integers(NOW_MS - THREE_YEARS_MS, NOW_MS)


def add_up(trades: Sequence[Trade]) -> dict[str, int]:
    """Aggregate trades the slow way; amounts in quote currency are exact in units of 10^-8."""
    total = {
        "open_e8": trades[0].price_e8,
        "high_e8": 0,
        "low_e8": 1 << 62,
        "close_e8": trades[-1].price_e8,
        "volume_e8": 0,
        "quote_volume_e8": 0,
        "trades": 0,
        "taker_buy_volume_e8": 0,
        "taker_buy_quote_volume_e8": 0,
        "first_trade_id": trades[0].trade_id,
        "last_trade_id": trades[-1].trade_id,
    }
    for trade in trades:
        quote, rest = divmod(trade.price_e8 * trade.quantity_e8, E8)
        assert rest == 0
        total["high_e8"] = max(total["high_e8"], trade.price_e8)
        total["low_e8"] = min(total["low_e8"], trade.price_e8)
        total["volume_e8"] += trade.quantity_e8
        total["quote_volume_e8"] += quote
        total["trades"] += 1
        if not trade.buyer_is_maker:
            total["taker_buy_volume_e8"] += trade.quantity_e8
            total["taker_buy_quote_volume_e8"] += quote
    return total


def fields(candle: Candle, names: dict[str, int]) -> dict[str, int]:
    return {name: getattr(candle, name) for name in names}


@pytest.mark.parametrize("interval", INTERVAL_MS)
@settings(unhurried, max_examples=12)
@given(seed=seeds, listing=listings.filter(lambda listing: listing.orders_per_day < 30_000), moment=moments)
def test_a_candle_of_any_interval_is_its_trades_added_up(
    interval: str, seed: int, listing: Listing, moment: int
) -> None:
    interval_ms = INTERVAL_MS[interval]
    open_time = moment // interval_ms * interval_ms - interval_ms
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    candles = market.candles(listing.symbol, interval, open_time, open_time, 10)
    trades = market.trades_between(listing.symbol, open_time, open_time + interval_ms)
    if not candles:
        assert listing.halts.halt_at(open_time) is not None
        assert not trades
        return
    (candle,) = candles
    assert (candle.open_time, candle.close_time) == (open_time, open_time + interval_ms - 1)
    assert candle.closed
    if trades:
        total = add_up(trades)
        assert fields(candle, total) == total
    else:
        assert_repeats_previous_close(market, listing.symbol, candle)


def assert_repeats_previous_close(market: SeededMarket, symbol: str, candle: Candle) -> None:
    (following,) = market.trades_between(symbol, candle.open_time, NOW_MS)[:1]
    (previous,) = market.trades_from_id(symbol, following.trade_id - 1, 1)
    assert previous.time_ms < candle.open_time
    assert {candle.open_e8, candle.high_e8, candle.low_e8, candle.close_e8} == {previous.price_e8}
    assert (candle.volume_e8, candle.quote_volume_e8, candle.trades) == (0, 0, 0)
    assert (candle.taker_buy_volume_e8, candle.taker_buy_quote_volume_e8) == (0, 0)
    assert (candle.first_trade_id, candle.last_trade_id) == (-1, -1)


@unhurried
@given(seed=seeds, listing=listings, moment=moments, interval=st.sampled_from(["1m", "5m", "1h"]))
def test_the_forming_candle_is_what_has_traded_until_now(
    seed: int, listing: Listing, moment: int, interval: str
) -> None:
    market = SeededMarket(seed, clock=Clock(moment), listings=[listing])
    open_time = moment // INTERVAL_MS[interval] * INTERVAL_MS[interval]
    candles = market.candles(listing.symbol, interval, None, None, 1)
    if not candles or candles[0].open_time != open_time:
        assert listing.halts.halt_at(open_time) is not None
        return
    (candle,) = candles
    assert not candle.closed
    trades = market.trades_between(listing.symbol, open_time, moment + 60_000)
    assert all(trade.time_ms <= moment for trade in trades)
    if trades:
        total = add_up(trades)
        assert fields(candle, total) == total
    else:
        assert candle.trades == 0


@unhurried
@given(seed=seeds, listing=listings, day=st.integers(FIRST_DAY, NOW_MS // DAY_MS - 1))
def test_columns_of_whole_days_are_the_candles_that_rest_answers(
    seed: int, listing: Listing, day: int
) -> None:
    market = SeededMarket(seed, clock=Clock(NOW_MS), listings=[listing])
    rows = market.candles_of_days(listing.symbol, day, 1)
    candles = market.candles(listing.symbol, "1m", day * DAY_MS, (day + 1) * DAY_MS - 1, 2000)
    assert rows["open_time"].tolist() == [candle.open_time for candle in candles]
    for name in rows.dtype.names or ():
        assert rows[name].tolist() == [getattr(candle, name) for candle in candles]


@unhurried
@given(
    listing=listings,
    now=moments,
    interval=st.sampled_from(["1m", "15m", "4h"]),
    back=st.integers(0, 500),
    span=st.integers(0, 400),
    limit=st.integers(1, 300),
)
def test_ranges_and_limits_choose_as_the_exchange_does(
    *, listing: Listing, now: int, interval: str, back: int, span: int, limit: int
) -> None:
    market = SeededMarket(3, clock=Clock(now), listings=[listing])
    interval_ms = INTERVAL_MS[interval]
    start = now - back * interval_ms - 7
    end = start + span * interval_ms
    every = market.candles(listing.symbol, interval, start, None, 5000)
    assert [candle.open_time for candle in every] == [
        time
        for time in range(-(-start // interval_ms) * interval_ms, now + 1, interval_ms)
        if interval != "1m" or listing.halts.halt_at(time) is None
    ]
    within = [candle for candle in every if candle.open_time <= end]
    assert market.candles(listing.symbol, interval, start, end, limit) == within[:limit]
    newest = market.candles(listing.symbol, interval, None, end, limit)
    assert newest[-len(within) :] == within[-limit:] or not within
    assert len(newest) == limit
    assert len(market.candles(listing.symbol, interval, None, None, limit)) == limit


def test_nothing_comes_from_before_the_market_opened() -> None:
    opening = FIRST_DAY * DAY_MS
    market = SeededMarket(1, clock=Clock(opening + 150_000))
    assert [candle.open_time - opening for candle in market.candles("BTCUSDT", "1m", None, None, 10)] == [
        0,
        60_000,
        120_000,
    ]
    assert market.candles("BTCUSDT", "1m", 0, opening - 1, 10) == []
    assert market.trades_from_id("BTCUSDT", 0, 1)[0].time_ms >= opening
    assert market.trades_between("BTCUSDT", 0, opening) == []
    assert market.coverage("BTCUSDT").start_ms == opening


def test_days_that_have_not_ended_are_refused() -> None:
    market = SeededMarket(1, clock=Clock(NOW_MS + 1))
    today = NOW_MS // DAY_MS
    with pytest.raises(ValueError, match=f"day {today} has not ended"):
        market.candles_of_days("BTCUSDT", today - 1, 2)
    with pytest.raises(IndexError):
        market.candles_of_days("BTCUSDT", FIRST_DAY - 1, 1)
