"""The roll-up on columns against the pure rule of core, on whatever candles there may be."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch_candles import DAY, bar, bars_of, minutes
from candlestack_core.decimals import canonical_decimal
from candlestack_core.intervals import DAY_MS, MINUTE_MS, Bar, Interval
from candlestack_core.intervals import roll_up as rule
from candlestack_spark.columns import canonical_texts, decimals_of
from candlestack_spark.rollups.kernel import roll_up
from candlestack_spark.rollups.spans import PARENT_INTERVALS

amounts = st.decimals(min_value=0, max_value=Decimal(10) ** 19, places=8, allow_nan=False)


@st.composite
def histories(draw: st.DrawFn) -> list[Bar]:
    """Some of the minutes of two days, a few of them with trades."""
    opened = sorted(draw(st.sets(st.integers(0, 2 * DAY_MS // MINUTE_MS - 1), min_size=1, max_size=40)))
    return [
        bar(
            DAY + minute * MINUTE_MS,
            draw(st.tuples(*[amounts] * 5)),
            draw(st.sampled_from([0, 0, 1, 7])),
            draw(st.tuples(*[amounts] * 3)),
        )
        for minute in opened
    ]


def by_the_rule(children: list[Bar], interval: Interval) -> list[tuple[Bar, int, str]]:
    windows = groupby(children, lambda child: interval.open_time(child.open_time))
    rolled = (rule(list(window), interval) for _, window in windows)
    return [(each.bar, each.children, "complete" if each.complete else "partial") for each in rolled]


def by_the_kernel(table: pa.Table) -> list[tuple[Bar, int, str]]:
    counts, states = table["children"].to_pylist(), table["completeness"].to_pylist()
    return list(zip(bars_of(table), counts, states, strict=True))


@settings(max_examples=40)
@given(children=histories())
def test_the_kernel_and_the_rule_agree_on_every_parent(children: list[Bar]) -> None:
    for interval in PARENT_INTERVALS:
        assert by_the_kernel(roll_up(minutes(children), interval.ms)) == by_the_rule(children, interval)


@settings(max_examples=40)
@given(children=histories())
def test_parents_of_parents_are_the_same_as_parents_of_minutes(children: list[Bar]) -> None:
    table = minutes(children)
    cascaded = table
    for interval in PARENT_INTERVALS:
        cascaded = roll_up(cascaded, interval.ms)
        assert cascaded.equals(roll_up(table, interval.ms))


def flat(minute: int, price: str, trades: int, volume: str = "1") -> Bar:
    return bar(
        DAY + minute * MINUTE_MS, [Decimal(price)] * 4 + [Decimal(volume)], trades, [Decimal(volume)] * 3
    )


def test_a_minute_without_trades_lends_its_price_to_nobody_but_counts() -> None:
    [parent] = by_the_kernel(
        roll_up(minutes([flat(0, "1", 0), flat(1, "5", 2), flat(2, "9", 0)]), Interval.M5.ms)
    )
    assert (parent[0].open, parent[0].high, parent[0].low, parent[0].close) == (Decimal(5),) * 4
    assert parent[1:] == (3, "partial")


def test_where_no_minute_has_trades_all_count() -> None:
    [parent] = by_the_kernel(
        roll_up(minutes([flat(n, str(n + 1), 0, "0") for n in range(5)]), Interval.M5.ms)
    )
    assert (parent[0].open, parent[0].high, parent[0].low, parent[0].close) == tuple(
        map(Decimal, (1, 5, 1, 5))
    )
    assert parent[1:] == (5, "complete")


def test_a_sum_of_a_whole_day_of_the_largest_amounts_is_exact() -> None:
    largest = Decimal("99999999999999999999.99999999")
    day = [bar(DAY + n * MINUTE_MS, [largest] * 5, 1, [largest] * 3) for n in range(1440)]
    [parent] = bars_of(roll_up(minutes(day), DAY_MS))
    assert parent.volume == Decimal("143999999999999999999999.99998560")


def test_a_parent_tells_how_its_minutes_came() -> None:
    table = minutes([flat(n, "1", 1) for n in range(10)], versions=[9, 3, 5, 1, 2, 30, 10, 20, 40, 25])
    sources = ["simulator", "backfill:simulator", *["simulator"] * 7, "binance"]
    states = [*["complete"] * 4, "backfilled", "partial", *["complete"] * 4]
    for name, values in (("source", sources), ("completeness", states)):
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    parents = roll_up(table, Interval.M5.ms)
    assert parents["version"].to_pylist() == [9, 40]
    assert parents["source"].to_pylist() == ["backfill:simulator", "binance"]
    assert parents["completeness"].to_pylist() == ["complete", "partial"]


@pytest.mark.parametrize("opened", [[1, 0], [0, 0]])
def test_minutes_out_of_order_or_doubled_are_refused(opened: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        roll_up(minutes([flat(minute, "1", 1) for minute in opened]), Interval.M5.ms)


def test_no_minutes_have_no_parents() -> None:
    assert roll_up(minutes([]), Interval.H1.ms).num_rows == 0


@given(
    values=st.lists(
        amounts | st.sampled_from([Decimal("0.00000001"), Decimal("1E-7"), Decimal(0)]), max_size=8
    )
)
def test_decimals_are_written_as_core_writes_them_and_read_back(values: list[Decimal]) -> None:
    texts = canonical_texts(decimals_of(pa.array([format(value, "f") for value in values], pa.string())))
    assert texts.to_pylist() == [canonical_decimal(value) for value in values]
