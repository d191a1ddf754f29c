"""What streams send against what REST and the truth say about the same minutes."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import SeededMarket
from candlestack_simulator.market.listing import LISTINGS, Listing
from candlestack_simulator.source import AggTrade, Candle, Trade
from candlestack_simulator.testing import Clock

NOW_MS = 1_772_323_200_000
MINUTE_MS = 60_000
THREE_YEARS_MS = 3 * 365 * 86_400_000

unhurried = settings(deadline=None, max_examples=20)
seeds = st.integers(0, 2**32)
listings = st.sampled_from(LISTINGS)
minutes = st.integers((NOW_MS - THREE_YEARS_MS) // MINUTE_MS, NOW_MS // MINUTE_MS).map(
    lambda n: n * MINUTE_MS
)


@unhurried
@given(seeds, listings, minutes)
def test_streams_rest_and_truth_agree_about_a_minute(seed: int, listing: Listing, minute: int) -> None:
    symbol = listing.symbol
    market = SeededMarket(seed, clock=Clock(minute + 2 * MINUTE_MS), listings=[listing])
    streams = [f"{symbol.lower()}@{name}" for name in ("trade", "aggTrade", "kline_1m")]
    sent = list(market.emissions(streams, minute - 1, minute + MINUTE_MS + 40))
    truth = market.trades_between(symbol, minute, minute + MINUTE_MS)

    streamed = [emission.record for emission in sent if isinstance(emission.record, Trade)]
    assert [trade for trade in streamed if trade.time_ms < minute + MINUTE_MS] == truth
    if truth:
        assert market.trades_from_id(symbol, truth[0].trade_id, len(truth)) == truth

    orders = [emission.record for emission in sent if isinstance(emission.record, AggTrade)]
    within = market.agg_trades(
        symbol, from_id=None, start_ms=minute, end_ms=minute + MINUTE_MS - 1, limit=10**6
    )
    assert [order for order in orders if order.time_ms < minute + MINUTE_MS] == within

    closed = [
        emission.record
        for emission in sent
        if isinstance(emission.record, Candle) and emission.record.closed
        if emission.record.open_time == minute
    ]
    assert closed == market.candles(symbol, "1m", minute, minute, 1)
    assert [candle.trades for candle in closed] == [len(truth)] or listing.halts.halt_at(minute) is not None


@unhurried
@given(seeds, listings, minutes)
def test_a_forming_candle_holds_what_had_traded_when_it_was_sent(
    seed: int, listing: Listing, minute: int
) -> None:
    symbol = listing.symbol
    clock = Clock(minute + MINUTE_MS)
    market = SeededMarket(seed, clock=clock, listings=[listing])
    stream = f"{symbol.lower()}@kline_1m"
    forming = [
        (emission.event_time, emission.record)
        for emission in market.emissions([stream], minute + 40, minute + MINUTE_MS)
        if isinstance(emission.record, Candle)
    ]
    trades = market.trades_between(symbol, minute, minute + MINUTE_MS)
    sent = 0
    for event_time, candle in forming:
        assert not candle.closed
        assert candle.open_time == minute
        assert candle.trades == sum(trade.time_ms <= event_time for trade in trades)
        assert candle.trades > sent
        clock.ms = event_time
        assert market.candles(symbol, "1m", None, None, 1) == [candle]
        sent = candle.trades
    times = [event_time for event_time, _ in forming]
    assert all((later - earlier) % 1000 == 0 for earlier, later in pairwise(times))


@unhurried
@given(seeds, listings, minutes, st.integers(1, 4_000))
def test_time_cut_into_pieces_sends_the_same_messages(
    seed: int, listing: Listing, minute: int, piece: int
) -> None:
    symbol = listing.symbol
    end = minute + 4_000
    market = SeededMarket(seed, clock=Clock(end), listings=[listing])
    streams = [
        f"{symbol.lower()}@{name}"
        for name in ("trade", "aggTrade", "kline_1m", "kline_5m", "bookTicker", "depth@100ms")
    ]
    whole = list(market.emissions(streams, minute - 2_000, end))
    pieces = [
        emission
        for start in range(minute - 2_000, end, piece)
        for emission in market.emissions(streams, start, min(start + piece, end))
    ]
    assert pieces == whole
    times = [emission.event_time for emission in whole]
    assert times == sorted(times)


@unhurried
@given(seeds, listings, minutes)
def test_a_candle_closes_within_40_ms_and_before_the_next_one_forms(
    seed: int, listing: Listing, minute: int
) -> None:
    symbol = listing.symbol
    market = SeededMarket(seed, clock=Clock(minute + 10_000), listings=[listing])
    sent = [
        (emission.event_time, emission.record)
        for emission in market.emissions([f"{symbol.lower()}@kline_1m"], minute, minute + 10_000)
        if isinstance(emission.record, Candle)
    ]
    if listing.halts.halt_at(minute - 1) is None:
        event_time, first = sent[0]
        assert first.closed
        assert first.open_time == minute - MINUTE_MS
        assert first.close_time < event_time <= minute + 40
        sent = sent[1:]
    assert not any(candle.closed for _, candle in sent)


def test_all_pairs_stream_together_in_order_of_time(market: SeededMarket, clock: Clock) -> None:
    names = ("trade", "aggTrade", "kline_1m", "bookTicker", "depth@100ms")
    streams = [f"{pair.symbol.lower()}@{name}" for pair in market.pairs() for name in names]
    sent = list(market.emissions(streams, clock.ms - 5_000, clock.ms))
    times = [emission.event_time for emission in sent]
    assert times == sorted(times)
    counts = Counter(emission.stream.partition("@")[2] for emission in sent)
    assert counts["depth@100ms"] == 50 * 17
    assert counts["bookTicker"] > 100
    assert min(counts[name] for name in names) > 0


@pytest.mark.parametrize(
    "stream", ["nobodyusdt@trade", "btcusdt@depth20", "btcusdt@kline_7m", "btcusdt", "!miniTicker@arr"]
)
def test_a_stream_that_does_not_exist_is_silent(market: SeededMarket, clock: Clock, stream: str) -> None:
    assert list(market.emissions([stream], clock.ms - 1_000, clock.ms)) == []
