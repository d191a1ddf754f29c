"""Thin pairs: empty minutes, and halts that leave nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlestack_simulator.market import FIRST_DAY, SeededMarket
from candlestack_simulator.market.halts import DailyHalt, FixedHalt, HaltSchedule, trading_minutes
from candlestack_simulator.market.listing import LISTINGS, Listing
from candlestack_simulator.market.sequence import IDS_PER_SLOT, UpdateSequence
from candlestack_simulator.source import Candle, DepthDiff
from candlestack_simulator.testing import Clock

DAY_MS = 86_400_000
MINUTE_MS = 60_000
SLOT_MS = 100
THIN = [listing for listing in LISTINGS if not listing.sleepless]
EVERY_STREAM = ("trade", "aggTrade", "kline_1m", "bookTicker", "depth@100ms")


def utc_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


PAST_HALT = FixedHalt.between("2023-03-24T12:40", "2023-03-24T14:00")


def halts_of(listing: Listing) -> list[FixedHalt]:
    """The fixed halt and one occurrence of the daily one."""
    (daily,) = listing.halts.daily
    start = utc_ms("2026-02-11T00:00") + daily.start_minute * MINUTE_MS
    return [PAST_HALT, FixedHalt(start, start + daily.minutes * MINUTE_MS)]


HALTS = [
    pytest.param(listing, halt, id=f"{listing.symbol}-{halt.start_ms}")
    for listing in THIN
    for halt in halts_of(listing)
]


@pytest.mark.parametrize("listing", THIN, ids=lambda listing: listing.symbol)
def test_a_thin_pair_has_empty_minutes_with_the_previous_close(listing: Listing) -> None:
    market = SeededMarket(11, clock=Clock(utc_ms("2026-02-12T00:00")), listings=[listing])
    start, end = utc_ms("2026-02-11T00:00"), utc_ms("2026-02-11T23:59")
    candles = market.candles(listing.symbol, "1m", start, end, 2000)
    halted = sum(halt.minutes for halt in listing.halts.daily)
    assert len(candles) == 1440 - halted
    empty = [(before, candle) for before, candle in pairwise(candles) if candle.trades == 0]
    assert 300 < len(empty) < 1440
    for before, candle in empty:
        assert {candle.open_e8, candle.high_e8, candle.low_e8, candle.close_e8} == {before.close_e8}
        assert candle.volume_e8 == 0
        assert candle.first_trade_id == -1


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from(THIN), st.integers(FIRST_DAY + 1, 20_400))
def test_an_empty_first_minute_of_a_day_repeats_the_last_trade_of_the_day_before(
    seed: int, listing: Listing, day: int
) -> None:
    symbol = listing.symbol
    market = SeededMarket(seed, clock=Clock((day + 1) * DAY_MS), listings=[listing])
    last, first = market.trades_from_id(symbol, (day - FIRST_DAY) * listing.trades_per_day - 1, 2)
    assert last.time_ms < day * DAY_MS <= first.time_ms
    (candle,) = market.candles(symbol, "1m", day * DAY_MS, day * DAY_MS, 1)
    if candle.trades == 0:
        assert {candle.open_e8, candle.high_e8, candle.low_e8, candle.close_e8} == {last.price_e8}
    if first.time_ms >= day * DAY_MS + SLOT_MS:
        market.clock_offset_ms = -DAY_MS
        assert market.depth(symbol, 1).bids[0][0] == last.price_e8


@pytest.mark.parametrize(("listing", "halt"), HALTS)
def test_a_halt_leaves_no_candle_no_trade_and_no_update(listing: Listing, halt: FixedHalt) -> None:
    symbol = listing.symbol
    market = SeededMarket(11, clock=Clock(halt.end_ms + DAY_MS), listings=[listing])
    around = market.candles(symbol, "1m", halt.start_ms - MINUTE_MS, halt.end_ms, 1000)
    assert [candle.open_time for candle in around] == [halt.start_ms - MINUTE_MS, halt.end_ms]
    assert market.trades_between(symbol, halt.start_ms, halt.end_ms) == []
    streams = [f"{symbol.lower()}@{name}" for name in EVERY_STREAM]
    sent = list(market.emissions(streams, halt.start_ms - 1, halt.end_ms - 1))
    (last_close,) = [emission for emission in sent if isinstance(emission.record, Candle)]
    assert sent == [last_close]
    assert last_close.event_time <= halt.start_ms + 40


@pytest.mark.parametrize(("listing", "halt"), HALTS)
def test_a_halted_pair_says_so(listing: Listing, halt: FixedHalt) -> None:
    clock = Clock(halt.start_ms - 1)
    market = SeededMarket(11, clock=clock)

    def status() -> dict[str, str]:
        return {pair.symbol: pair.status for pair in market.pairs()}

    assert status()[listing.symbol] == "TRADING"
    clock.advance(1)
    assert status()[listing.symbol] == "BREAK"
    assert status()["BTCUSDT"] == "TRADING"
    clock.ms = halt.end_ms - 1
    assert status()[listing.symbol] == "BREAK"
    clock.advance(1)
    assert status()[listing.symbol] == "TRADING"


@pytest.mark.parametrize(("listing", "halt"), HALTS)
def test_the_book_stands_through_a_halt_and_its_ids_go_on_after(listing: Listing, halt: FixedHalt) -> None:
    symbol = listing.symbol
    clock = Clock(halt.start_ms - 1)
    market = SeededMarket(11, clock=clock, listings=[listing])
    before = market.depth(symbol, 5000)
    for moment in (halt.start_ms, (halt.start_ms + halt.end_ms) // 2, halt.end_ms - 1):
        clock.ms = moment
        assert market.depth(symbol, 5000) == before
    clock.ms = halt.end_ms
    (diff,) = [
        emission.record
        for emission in market.emissions([f"{symbol.lower()}@depth@100ms"], halt.start_ms - 1, clock.ms)
        if isinstance(emission.record, DepthDiff)
    ]
    assert diff.first_update_id == before.last_update_id + 1
    after = market.depth(symbol, 5000)
    assert after.last_update_id == diff.final_update_id
    for old, changes, new in ((before.bids, diff.bids, after.bids), (before.asks, diff.asks, after.asks)):
        levels = {**dict(old), **dict(changes)}
        assert {price: quantity for price, quantity in levels.items() if quantity} == dict(new)
    assert market.depth_at(symbol, diff.final_update_id) == after
    assert market.depth_at(symbol, before.last_update_id) == before


def test_an_hour_within_a_halt_has_no_candle_and_one_that_touches_it_has() -> None:
    market = SeededMarket(11, clock=Clock(utc_ms("2023-03-25T00:00")), listings=THIN)
    start, end = utc_ms("2023-03-24T11:00"), utc_ms("2023-03-24T15:00")
    for listing in THIN:
        opens = [candle.open_time for candle in market.candles(listing.symbol, "1h", start, end, 10)]
        assert opens == [utc_ms(f"2023-03-24T{hour}:00") for hour in (11, 12, 14, 15)]


starts = st.integers(1, 700)
schedules = st.builds(
    lambda daily_start, daily_length, day, fixed_start, fixed_length: HaltSchedule(
        fixed=(
            FixedHalt(
                day * DAY_MS + (800 + fixed_start) * MINUTE_MS,
                day * DAY_MS + (800 + fixed_start + fixed_length) * MINUTE_MS,
            ),
        ),
        daily=(DailyHalt(daily_start, daily_length),),
    ),
    starts,
    st.integers(1, 90),
    st.integers(100, 103),
    st.integers(0, 500),
    st.integers(1, 130),
)


@given(schedules, st.integers(100 * DAY_MS, 104 * DAY_MS))
def test_halted_time_is_counted_as_the_minutes_say(schedule: HaltSchedule, moment: int) -> None:
    def halted(minute: int) -> bool:
        return not trading_minutes(schedule, minute // 1440)[minute % 1440]

    first, last = 100 * 1440, moment // MINUTE_MS
    counted = sum(halted(minute) for minute in range(first, last)) * MINUTE_MS
    counted += moment % MINUTE_MS if halted(last) else 0
    assert schedule.halted_ms_before(moment) - schedule.halted_ms_before(100 * DAY_MS) == counted
    assert (schedule.halt_at(moment) is not None) == halted(last)


@given(schedules, st.integers(100 * DAY_MS // 100, 104 * DAY_MS // 100))
def test_update_ids_are_a_closed_form_of_the_slot_and_back(schedule: HaltSchedule, slot: int) -> None:
    sequence = UpdateSequence(schedule, 100 * DAY_MS)
    standing = sequence.standing_slot(slot)
    assert sequence.slot_of(sequence.final_id(standing)) == standing
    assert sequence.slot_of(sequence.final_id(standing) - 1) is None
    assert sequence.final_id(standing) - sequence.first_id(standing) == IDS_PER_SLOT - 1
    following = slot + 1
    if not sequence.is_halted(following):
        assert sequence.first_id(following) == sequence.final_id(standing) + 1


@pytest.mark.parametrize(
    ("fixed", "daily", "reason"),
    [
        ((), (DailyHalt(1_430, 20),), "does not lie inside a day"),
        ((FixedHalt(30_000, 90_000),), (), "does not begin and end with a minute"),
        ((FixedHalt(0, DAY_MS),), (DailyHalt(10, 1),), "overlaps a daily halt"),
    ],
)
def test_a_schedule_that_could_not_be_counted_is_refused(
    fixed: tuple[FixedHalt, ...], daily: tuple[DailyHalt, ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        HaltSchedule(fixed, daily)
