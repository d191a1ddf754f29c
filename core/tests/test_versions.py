"""Which account of a candle wins: a strict order, so the order of arrival decides nothing."""

from __future__ import annotations

import itertools
import random
from functools import reduce

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import Interval
from candlestack_core.messages import Candle
from candlestack_core.versions import REST_CLOSED_AFTER_MS, closed_by_rest, is_newer, supersedes

OPEN_TIME = 1_775_001_600_000
CANDLE = Candle(
    symbol="BTCUSDT",
    interval="1m",
    open_time=OPEN_TIME,
    close_time=OPEN_TIME + 59_999,
    open="65000.1",
    high="65010",
    low="64990",
    close="65005.5",
    volume="12.5",
    quote_volume="812568.75",
    trades=321,
    taker_buy_volume="6",
    taker_buy_quote_volume="390000",
    closed=False,
    version=OPEN_TIME,
    source="simulator",
    completeness="complete",
)


def account(closed: bool, version: int, minute: int = 0, close: str = "65005.5") -> Candle:
    return msgspec.structs.replace(
        CANDLE,
        open_time=OPEN_TIME + minute * 60_000,
        close_time=OPEN_TIME + minute * 60_000 + 59_999,
        closed=closed,
        version=version,
        close=close,
    )


# Few versions and minutes, so that equal ones meet often.
ACCOUNTS = st.builds(account, st.booleans(), st.integers(0, 4))
OF_ANY_MINUTE = st.builds(account, st.booleans(), st.integers(0, 2), st.integers(0, 2))


def kept(stored: Candle, arriving: Candle) -> Candle:
    """Keep one account, as every store does."""
    return arriving if supersedes(arriving, stored) else stored


@given(OF_ANY_MINUTE, OF_ANY_MINUTE)
def test_no_two_accounts_supersede_each_other(one: Candle, other: Candle) -> None:
    assert not (supersedes(one, other) and supersedes(other, one))
    assert not (is_newer(one, other) and is_newer(other, one))


@given(ACCOUNTS)
def test_a_record_delivered_twice_is_written_once(candle: Candle) -> None:
    assert not supersedes(candle, candle)
    assert not is_newer(candle, candle)


@given(OF_ANY_MINUTE, OF_ANY_MINUTE, OF_ANY_MINUTE)
def test_what_beats_the_winner_beats_the_loser(one: Candle, two: Candle, three: Candle) -> None:
    for relation in (supersedes, is_newer):
        if relation(one, two) and relation(two, three):
            assert relation(one, three)


@given(OF_ANY_MINUTE, OF_ANY_MINUTE)
def test_only_accounts_of_equal_rank_are_undecided(one: Candle, other: Candle) -> None:
    undecided = not is_newer(one, other) and not is_newer(other, one)
    assert undecided == (
        (one.open_time, one.closed, one.version) == (other.open_time, other.closed, other.version)
    )


@given(
    st.lists(ACCOUNTS, min_size=1, max_size=8, unique_by=lambda candle: (candle.closed, candle.version)),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_leaves_the_same_account(accounts: list[Candle], shuffle: random.Random) -> None:
    best = max(accounts, key=lambda candle: (candle.closed, candle.version))
    redelivered = [*accounts, *shuffle.sample(accounts, k=len(accounts) // 2)]
    shuffle.shuffle(redelivered)
    assert reduce(kept, redelivered) == best


def test_every_permutation_of_five_accounts_leaves_the_same_one() -> None:
    accounts = [account(closed, version) for closed, version in itertools.product((False, True), (1, 2))]
    accounts.append(account(False, 9))
    winners = {reduce(kept, permutation) for permutation in itertools.permutations(accounts)}
    assert winners == {account(True, 2)}


def test_a_forming_account_never_replaces_a_closed_one_however_late_it_comes() -> None:
    assert not supersedes(account(False, 10**12), account(True, 0))
    assert supersedes(account(True, 0), account(False, 10**12))


def test_a_restated_candle_replaces_the_closed_one_before_it() -> None:
    assert supersedes(account(True, 2, close="65001"), account(True, 1))


def test_the_first_of_two_accounts_of_equal_rank_stays() -> None:
    first, second = account(True, 1, close="65001"), account(True, 1, close="65002")
    assert kept(first, second) == first


def test_the_forming_candle_of_the_next_minute_is_the_latest() -> None:
    assert is_newer(account(False, 1, minute=1), account(True, 99, minute=0))
    assert not is_newer(account(True, 99, minute=0), account(False, 1, minute=1))


def test_a_rest_candle_is_closed_only_two_seconds_after_its_end() -> None:
    close_time = Interval.M1.close_time(OPEN_TIME)
    assert not closed_by_rest(OPEN_TIME, close_time + REST_CLOSED_AFTER_MS)
    assert closed_by_rest(OPEN_TIME, close_time + 1 + REST_CLOSED_AFTER_MS)
    assert not closed_by_rest(OPEN_TIME, OPEN_TIME)
