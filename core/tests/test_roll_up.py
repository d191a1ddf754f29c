"""The roll-up rule as properties, judged by plain integers that share no code with it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS, Bar, Interval, roll_up

START = 1_775_001_600_000  # 2026-04-01 00:00 UTC
PARENTS = (Interval.M5, Interval.H1, Interval.H4, Interval.D1)
UNIT = Decimal("0.00000001")

# 28 digits, as in decimal(28,8): all that a stored amount may have.
UNITS = st.integers(min_value=0, max_value=10**28 - 1)


def amount(units: int) -> Decimal:
    """Return an integer of 10^-8 as a Decimal, by its text: arithmetic would round to the context."""
    return Decimal(f"{units // 10**8}.{units % 10**8:08d}")


def units(value: Decimal) -> int:
    """Return a Decimal as an integer of 10^-8, exactly."""
    with localcontext(prec=76):
        scaled = value / UNIT
        assert scaled == scaled.to_integral_value()
        return int(scaled)


@st.composite
def bars(draw: st.DrawFn, open_time: int) -> Bar:
    trades = draw(st.integers(0, 3))
    low, one, other, high = sorted(draw(st.lists(UNITS, min_size=4, max_size=4)))
    open_, close = draw(st.permutations([one, other]))
    volume, quote, taker, taker_quote = (draw(UNITS) if trades else 0 for _ in range(4))
    return Bar(
        open_time=open_time,
        open=amount(open_),
        high=amount(high),
        low=amount(low),
        close=amount(close),
        volume=amount(volume),
        quote_volume=amount(quote),
        trades=trades,
        taker_buy_volume=amount(taker),
        taker_buy_quote_volume=amount(taker_quote),
    )


@st.composite
def families(draw: st.DrawFn, parents: Sequence[Interval] = PARENTS) -> tuple[Interval, list[Bar]]:
    """Draw a parent interval and up to eight of its children, in their order."""
    parent = draw(st.sampled_from(parents))
    minutes = draw(st.sets(st.integers(0, parent.minutes - 1), min_size=1, max_size=8))
    return parent, [draw(bars(START + minute * MINUTE_MS)) for minute in sorted(minutes)]


def flat(minute: int, price: str, trades: int = 1) -> Bar:
    """Return a bar that never left its price."""
    value, nothing = Decimal(price), Decimal(0)
    volume = Decimal(trades)
    return Bar(
        START + minute * MINUTE_MS,
        value,
        value,
        value,
        value,
        volume,
        volume * value,
        trades,
        nothing,
        nothing,
    )


@given(families())
def test_sums_are_exact_with_28_digits(family: tuple[Interval, list[Bar]]) -> None:
    parent, children = family
    bar = roll_up(children, parent).bar
    for name in ("volume", "quote_volume", "taker_buy_volume", "taker_buy_quote_volume"):
        assert units(getattr(bar, name)) == sum(units(getattr(child, name)) for child in children)
    assert bar.trades == sum(child.trades for child in children)


@given(families())
def test_prices_come_from_the_children_with_trades(family: tuple[Interval, list[Bar]]) -> None:
    parent, children = family
    bar = roll_up(children, parent).bar
    traded = [child for child in children if child.trades > 0] or children
    assert bar.open == traded[0].open
    assert bar.close == traded[-1].close
    assert {child.high for child in traded} >= {bar.high}
    assert {child.low for child in traded} >= {bar.low}
    assert all(bar.low <= child.low and child.high <= bar.high for child in traded)
    assert bar.open_time == parent.open_time(children[-1].open_time)


@given(families(), st.randoms(use_true_random=False))
def test_the_order_of_the_children_does_not_matter(
    family: tuple[Interval, list[Bar]], shuffle: random.Random
) -> None:
    parent, children = family
    shuffled = list(children)
    shuffle.shuffle(shuffled)
    assert roll_up(shuffled, parent) == roll_up(children, parent)


@given(families())
def test_the_parent_does_not_depend_on_the_callers_decimal_context(
    family: tuple[Interval, list[Bar]],
) -> None:
    parent, children = family
    with localcontext(prec=3):
        coarse = roll_up(children, parent)
    assert coarse == roll_up(children, parent)


@given(families((Interval.H1, Interval.H4, Interval.D1)))
def test_rolling_up_in_steps_gives_the_same_figures(family: tuple[Interval, list[Bar]]) -> None:
    parent, children = family
    by_window: dict[int, list[Bar]] = {}
    for child in children:
        by_window.setdefault(Interval.M5.open_time(child.open_time), []).append(child)
    steps = [roll_up(window, Interval.M5).bar for window in by_window.values()]
    assert roll_up(steps, parent).bar == roll_up(children, parent).bar


@given(families())
def test_a_parent_is_complete_only_with_every_minute(family: tuple[Interval, list[Bar]]) -> None:
    parent, children = family
    rolled = roll_up(children, parent)
    assert (rolled.children, rolled.expected) == (len(children), parent.minutes)
    assert rolled.complete == (len(children) == parent.minutes)


@pytest.mark.parametrize("parent", PARENTS)
def test_all_minutes_make_a_complete_parent_and_one_fewer_a_partial_one(parent: Interval) -> None:
    children = [flat(minute, "2") for minute in range(parent.minutes)]
    assert roll_up(children, parent).complete
    without_one = children[:1] + children[2:]
    rolled = roll_up(without_one, parent)
    assert not rolled.complete
    assert rolled.children == parent.minutes - 1


def test_a_minute_without_trades_has_no_say_in_the_price() -> None:
    # The empty first minute repeats the close before it, the empty last one is no news either.
    children = [flat(0, "9", trades=0), flat(1, "5"), flat(2, "6"), flat(3, "4"), flat(4, "1", trades=0)]
    bar = roll_up(children, Interval.M5).bar
    assert (bar.open, bar.high, bar.low, bar.close) == tuple(map(Decimal, ("5", "6", "4", "4")))


def test_minutes_that_are_all_without_trades_keep_the_price_before_them() -> None:
    bar = roll_up([flat(minute, "7", trades=0) for minute in range(5)], Interval.M5).bar
    assert (bar.open, bar.high, bar.low, bar.close) == (Decimal(7),) * 4
    assert (bar.volume, bar.trades) == (Decimal(0), 0)


def test_a_halt_of_two_minutes_leaves_a_partial_parent_of_the_rest() -> None:
    rolled = roll_up([flat(0, "3"), flat(1, "5"), flat(4, "4")], Interval.M5)
    assert (rolled.bar.open, rolled.bar.high, rolled.bar.close) == (Decimal(3), Decimal(5), Decimal(4))
    assert (rolled.children, rolled.complete) == (3, False)


def test_a_sum_beyond_what_can_be_exact_fails_instead_of_being_rounded() -> None:
    huge = replace(flat(0, "1"), volume=Decimal(10) ** 70)
    tiny = replace(flat(1, "1"), volume=UNIT)
    with pytest.raises(ArithmeticError):
        roll_up([huge, tiny], Interval.M5)


def test_a_sixth_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one 5m window"):
        roll_up([flat(minute, "1") for minute in range(6)], Interval.M5)


def test_two_accounts_of_one_minute_are_refused() -> None:
    with pytest.raises(ValueError, match="share a minute"):
        roll_up([flat(1, "1"), flat(1, "2")], Interval.M5)


def test_a_child_that_does_not_start_on_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="start on a minute"):
        roll_up([flat(0, "1"), replace(flat(1, "1"), open_time=START + 30_000)], Interval.M5)


def test_no_children_make_no_parent() -> None:
    with pytest.raises(ValueError, match="at least one child"):
        roll_up([], Interval.M5)
