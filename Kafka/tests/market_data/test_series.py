"""What is owed of a pair's candles: whatever fails or dies in between, every final figure is sent."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from candlestack_ingest.market_data.series import HOLE_PATIENCE_MS, Ohlcv, Series

MINUTE_MS = 60_000
START = 1_700_000_040_000


def row(minute: int, volume: int) -> Ohlcv:
    """Return a candle that grows with its volume."""
    price = Decimal(minute + 1)
    return Ohlcv(START + minute * MINUTE_MS, price, price, price, price, Decimal(volume))


def truth(minute: int, now: int) -> Ohlcv:
    """Return what the exchange says of a minute: a trade every 10 s, the last one told a second late."""
    age = max(0, min(MINUTE_MS + 1_000, now - START - minute * MINUTE_MS))
    return row(minute, age // 10_000)


def answer(since: int, now: int, missing: frozenset[int] = frozenset()) -> list[Ohlcv]:
    first, last = (since - START) // MINUTE_MS, (now - START) // MINUTE_MS
    return [truth(minute, now) for minute in range(first, last + 1) if minute not in missing]


def test_the_forming_candle_is_sent_whenever_it_changed_and_only_then() -> None:
    series = Series("BTCUSDT", MINUTE_MS, START)
    assert series.take([row(0, 1)], START + 5_000) == [row(0, 1)]
    assert series.take([row(0, 1)], START + 10_000) == []
    assert series.take([row(0, 2)], START + 15_000) == [row(0, 2)]
    assert series.owed_from == START


def test_a_candle_is_owed_until_an_answer_from_two_seconds_after_its_end() -> None:
    series = Series("BTCUSDT", MINUTE_MS, START)
    series.take([row(0, 5), row(1, 0)], START + MINUTE_MS + 1_999)
    assert series.owed_from == START
    assert series.take([row(0, 6), row(1, 0)], START + MINUTE_MS + 2_000) == [row(0, 6)]
    assert series.owed_from == START + MINUTE_MS


def test_a_candle_that_is_left_out_is_waited_for_and_then_taken_for_a_halt() -> None:
    series = Series("BTCUSDT", MINUTE_MS, START)
    rows = [row(0, 1), row(2, 1)]
    series.take(rows, START + 3 * MINUTE_MS + 2_000)
    assert series.owed_from == START + MINUTE_MS
    series.take(rows, START + 2 * MINUTE_MS + HOLE_PATIENCE_MS)
    assert series.owed_from == START + 3 * MINUTE_MS


def test_what_kafka_refused_is_sent_again() -> None:
    series = Series("BTCUSDT", MINUTE_MS, START)
    rows = [row(0, 1), row(1, 1)]
    series.take(rows, START + 3 * MINUTE_MS)
    series.lost(START)
    assert row(0, 1) in series.take(rows, START + 3 * MINUTE_MS)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 400), st.sampled_from(("poll", "late row", "failure", "kill")), st.integers(0, 9)
        ),
        max_size=40,
    )
)
def test_after_failures_and_kills_the_topic_holds_the_final_figures_of_every_closed_candle(
    steps: list[tuple[int, str, int]],
) -> None:
    """A kill loses what Kafka had not acknowledged: some of the last records of the last answer."""
    now, sent = START, list[Ohlcv]()
    series = Series("BTCUSDT", MINUTE_MS, START)
    for seconds, event, amount in [*steps, (600, "poll", 0)]:
        now += seconds * 1_000
        if event == "failure":
            continue
        newest = (now - START) // MINUTE_MS
        # The exchange's history may be a little behind: the newest closed candle is not in it yet.
        late = frozenset({newest - 1}) if event == "late row" else frozenset[int]()
        fresh = series.take(answer(series.owed_from, now, late), now)
        if event != "kill":
            sent += fresh
            continue
        sent += fresh[: max(0, len(fresh) - amount)]
        held = {each.open_time: each for each in sent}
        series = Series.resumed("BTCUSDT", MINUTE_MS, held) if held else Series("BTCUSDT", MINUTE_MS, START)
    held = {each.open_time: each for each in sent}
    closed = range((now - 2_000 - START) // MINUTE_MS)
    assert [held.get(START + minute * MINUTE_MS) for minute in closed] == [
        truth(minute, now) for minute in closed
    ]
